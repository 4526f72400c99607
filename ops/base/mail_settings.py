"""The settings of the mail server, taken together (notices#mail-server)."""

from __future__ import annotations

import re
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from domain.kernel.errors import InvalidInput
from domain.kernel.shown_values import Words
from providers.mail.smtp import MailSecurity, MailServer
from store.vault.secret_files import read_password

#: Type of the finding, whose words say what is allowed.
CONSOLE_ADDRESS = "console_address"
_URL = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?/?|https?://\[[0-9a-fA-F:.]+\](:[0-9]{1,5})?/?")
_URL_CHARACTERS_MAX = 500
_LOOPBACK_NAME = "localhost"
_VARIABLE = "PLANSWITCH_SMTP_"


def console_address(text: str) -> str:
    """Return an address of the console as it is; "" is none.

    Args:
        text: The setting.

    Raises:
        PydanticCustomError: It is no address of a web server.
    """
    if text and (len(text) > _URL_CHARACTERS_MAX or not _URL.fullmatch(text)):
        raise PydanticCustomError(CONSOLE_ADDRESS, "an address, such as https://switch.example.com")
    return text


ConsoleAddress = Annotated[str, AfterValidator(console_address)]


def complete_server(
    server: MailServer, *, password_file: Path | None, is_plain_allowed: bool
) -> MailServer | None:
    """Return where notices go out, with the password; None without a host.

    Args:
        server: What is set, without a password.
        password_file: File of the password.
        is_plain_allowed: Mail may leave this machine readable.

    Raises:
        InvalidInput: What is set does not suffice, or mail would leave this machine readable.
        SecretUnusable: The file of the password can't be used.
    """
    if not server.host:
        return None
    if not server.sender:
        raise _missing("FROM", "a mail address, such as planswitch@example.com")
    if bool(server.user) != (password_file is not None):
        name = "PASSWORD_FILE" if server.user else "USER"
        raise _missing(name, "both USER and PASSWORD_FILE, or neither")
    if server.security is MailSecurity.PLAIN and not is_plain_allowed and not _is_loopback(server.host):
        raise InvalidInput(
            field=f"{_VARIABLE}SECURITY",
            value=server.security.value,
            allowed=f"starttls or tls for {server.host}",
            remedy=f"Set it to starttls or tls. {_VARIABLE}PLAIN_ELSEWHERE=true lets mail leave this machine "
            "readable.",
        )
    if server.ca_file is not None and not server.ca_file.is_file():
        raise InvalidInput(
            field=f"{_VARIABLE}CA_FILE", value=str(server.ca_file), allowed="a file of certificates"
        )
    if password_file is None:
        return server
    return replace(server, password=read_password(password_file, name=f"{_VARIABLE}PASSWORD_FILE"))


def _missing(name: str, allowed: str) -> InvalidInput:
    return InvalidInput(
        field=f"{_VARIABLE}{name}",
        value=Words("not set"),
        allowed=allowed,
        remedy=f"Set {_VARIABLE}{name} and start again.",
    )


def _is_loopback(host: str) -> bool:
    if host.lower() == _LOOPBACK_NAME:
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
