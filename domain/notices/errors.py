"""Refusals about notices."""

from __future__ import annotations

from domain.kernel.errors import PlanSwitchError


class UnknownNotice(PlanSwitchError):
    """No notice has this id."""

    code = "UNKNOWN_NOTICE"


class UnknownSubscriber(PlanSwitchError):
    """No subscription to notices has this id."""

    code = "UNKNOWN_SUBSCRIBER"


class MailServerAbsent(PlanSwitchError):
    """No mail server is set, so no mail goes out."""

    code = "MAIL_SERVER_ABSENT"


class MailUndelivered(PlanSwitchError):
    """The mail server did not take a message."""

    code = "MAIL_UNDELIVERED"
