"""Answers about notices by mail, their recipients and the mail server."""

from __future__ import annotations

from console.models.base import Answer
from projections.reads.shown_rows import InstantText


class NoticeAnswer(Answer):
    """A notice, and where it stands."""

    #: Its place in the list; the newest has the highest.
    number: int
    notice_id: str
    #: Header Message-ID, the same whenever it is sent.
    message_id: str
    switch_id: str
    organization_id: str
    kind: str
    #: Opaque key of the recipient.
    recipient_key: str
    #: "" where the address was deleted, or the caller may not see it.
    address: str
    #: waiting, sent, refused, failed, unconfirmed or withdrawn.
    state: str
    tries: int
    #: Last reply of the mail server; 0 without one.
    code: int
    text: str
    #: When the event that caused it was recorded.
    caused_at: InstantText
    derived_at: InstantText
    #: When it is tried next; null: it is not.
    due_at: InstantText | None
    #: null while it waits.
    ended_at: InstantText | None


class NoticeTryAnswer(Answer):
    """One try to send a notice."""

    number: int
    #: 0 at first; one more each time that somebody sent the notice again.
    round: int
    begun_at: InstantText
    #: null: no answer was recorded.
    outcome: str | None
    code: int
    text: str
    answered_at: InstantText | None


class NoticeDetail(Answer):
    """A notice with its tries."""

    notice: NoticeAnswer
    tries: tuple[NoticeTryAnswer, ...]


class NoticeList(Answer):
    """Notices, the newest first."""

    notices: tuple[NoticeAnswer, ...]
    #: Give it as `after` for the next page; null: there is none.
    next: int | None
    #: Whether the console has a mail server.
    has_mail_server: bool


class RecipientAnswer(Answer):
    """A subscription of a recipient."""

    subscription_id: str
    recipient_key: str
    #: "" where it was deleted, or the caller may not see it.
    address: str
    #: "" is every organization.
    organization_id: str
    kinds: tuple[str, ...]
    subscribed_by: str
    reason: str
    subscribed_at: InstantText


class RecipientList(Answer):
    """Every live subscription, the oldest first."""

    recipients: tuple[RecipientAnswer, ...]
    #: Every kind of notice that there is.
    kinds: tuple[str, ...]


class MailTaken(Answer):
    """What the mail server answered to a test."""

    code: int
    text: str
