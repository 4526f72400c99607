"""Texts of settings with a form of their own: each is as it was written, or refused with what is allowed."""

from __future__ import annotations

from collections.abc import Callable
from typing import LiteralString

from pydantic_core import PydanticCustomError

from domain.approvals.approval_policy import amounts_of, commands_of
from domain.kernel.errors import InvalidInput
from domain.notices.mail_addresses import is_mail_address
from domain.requests.start_times import QuietHours

#: Types of the findings, whose words say what is allowed.
MAIL_ADDRESS, QUIET_WINDOW = "mail_address", "quiet_window"
APPROVAL_AMOUNTS: LiteralString = "approval_amounts"
APPROVAL_COMMANDS: LiteralString = "approval_commands"
FINDINGS = frozenset({MAIL_ADDRESS, QUIET_WINDOW, APPROVAL_AMOUNTS, APPROVAL_COMMANDS})


def mail_address(text: str) -> str:
    """Return a mail address as it is; "" is none.

    Args:
        text: The setting.

    Raises:
        PydanticCustomError: It is no single complete address.
    """
    if text and not is_mail_address(text):
        raise PydanticCustomError(MAIL_ADDRESS, "one mail address, such as operations@example.com")
    return text


def quiet_window(text: str) -> str:
    """Return a window of quiet hours as it is; "" is none.

    Args:
        text: The setting.

    Raises:
        PydanticCustomError: It is no window.
    """
    if text:
        try:
            QuietHours.parse(text)
        except InvalidInput:
            raise PydanticCustomError(QUIET_WINDOW, "two different times, such as 22:00-06:00") from None
    return text


def approval_amounts(text: str) -> str:
    """Return thresholds of amounts as they are; "" is none.

    Args:
        text: The setting.

    Raises:
        PydanticCustomError: A part is no currency with minor units.
    """
    return _checked(amounts_of, text, APPROVAL_AMOUNTS)


def approval_names(text: str) -> str:
    """Return names of commands as they are; "" is none.

    Args:
        text: The setting.

    Raises:
        PydanticCustomError: No command has one of the names.
    """
    return _checked(commands_of, text, APPROVAL_COMMANDS)


def _checked(read: Callable[[str], object], text: str, kind: LiteralString) -> str:
    try:
        read(text)
    except InvalidInput as error:
        allowed = str(error.details["allowed"])
        raise PydanticCustomError(kind, "{allowed}", {"allowed": allowed}) from None
    return text
