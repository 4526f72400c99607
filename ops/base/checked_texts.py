"""Texts of settings with a form of their own: each is as it was written, or refused with what is allowed."""

from __future__ import annotations

import re
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
DEPLOYMENT_NAME, BUILD_NAME = "deployment_name", "build_name"
FINDINGS = frozenset(
    {MAIL_ADDRESS, QUIET_WINDOW, APPROVAL_AMOUNTS, APPROVAL_COMMANDS, DEPLOYMENT_NAME, BUILD_NAME}
)
#: Temporal joins both names with a dot or a colon, and queries hold them in quotes.
_DEPLOYMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_BUILD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,99}")


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


def deployment_name(text: str) -> str:
    """Return the name of a worker deployment as it is; "" is none.

    Args:
        text: The setting.

    Raises:
        PydanticCustomError: Temporal takes no such name.
    """
    if text and not _DEPLOYMENT.fullmatch(text):
        raise PydanticCustomError(DEPLOYMENT_NAME, "up to 100 letters, digits, - and _, such as planswitch")
    return text


def build_name(text: str) -> str:
    """Return the version of a worker as it is; "" is none.

    Args:
        text: The setting.

    Raises:
        PydanticCustomError: It can't be named in a query.
    """
    if text and not _BUILD.fullmatch(text):
        raise PydanticCustomError(BUILD_NAME, "up to 100 letters, digits and . _ + -, such as 1.4.0+1f2e3d4c")
    return text


def _checked(read: Callable[[str], object], text: str, kind: LiteralString) -> str:
    try:
        read(text)
    except InvalidInput as error:
        allowed = str(error.details["allowed"])
        raise PydanticCustomError(kind, "{allowed}", {"allowed": allowed}) from None
    return text
