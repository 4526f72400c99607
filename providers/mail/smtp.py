"""One message to one recipient by SMTP (RFC 5321), with a known answer wherever there is one.

The caller opens a session up to the point at which the server is ready for the message, records its intent,
and sends. What ended before that point was not sent; what ended after it may have been.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from enum import StrEnum
from pathlib import Path

from domain.notices.delivery import MailAnswer, Outcome
from domain.notices.mail_addresses import without_addresses
from domain.notices.notice_text import NoticeText
from domain.text.plain_text import cleaned_text

#: Longest wait for one reply of the server.
REPLY_SECONDS_MAX = 30.0
#: Longest text of a reply that is kept.
_TEXT_MAX = 300
_READY, _TAKEN, _REFUSED_FROM = 354, 2, 500
_FULL_STOP = re.compile(rb"(?m)^\.")
_LOST = (OSError, smtplib.SMTPException)


class MailSecurity(StrEnum):
    """How the connection to a mail server is protected."""

    #: TLS begins after the greeting; a server that does not offer it is refused.
    STARTTLS = "starttls"
    #: TLS from the first byte.
    TLS = "tls"
    PLAIN = "plain"


@dataclass(frozen=True, kw_only=True, slots=True)
class MailServer:
    """Where mail goes out.

    Args:
        host: Name or address.
        port: TCP port.
        security: How the connection is protected.
        sender: Mail address in the header From and in the envelope.
        user: Who signs in; "" signs in nobody.
        password: Password of the user.
        ca_file: Certificates that are trusted beside none other; None trusts those of the machine.
        reply_seconds: Longest wait for one reply.
    """

    host: str
    port: int
    security: MailSecurity
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: Path | None = None
    reply_seconds: float = REPLY_SECONDS_MAX

    @property
    def sender_domain(self) -> str:
        """Return the domain of the sender's address."""
        return self.sender.rpartition("@")[2]


def mail_message(
    server: MailServer, *, recipient: str, message_id: str, sent_at: datetime, text: NoticeText
) -> bytes:
    """Return a message as it is sent: plain text with an HTML alternative.

    Args:
        server: Its sender stands in the header From.
        recipient: Mail address.
        message_id: Header Message-ID with its brackets.
        sent_at: Header Date.
        text: What the message says.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = Address("planswitch", addr_spec=server.sender)
    message["To"] = Address(addr_spec=recipient)
    message["Subject"] = text.subject
    message["Date"] = format_datetime(sent_at)
    message["Message-ID"] = message_id
    message["Content-Language"] = "en"
    # No program answers it (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text.plain, cte="quoted-printable")
    message.add_alternative(text.html, subtype="html", cte="quoted-printable")
    return message.as_bytes()


class MailSession:
    """A session in which the server has taken sender and recipient, and waits for the message."""

    def __init__(self, smtp: smtplib.SMTP) -> None:
        self._smtp = smtp

    def send(self, message: bytes) -> MailAnswer:
        """Send the message and return what the server answered.

        Args:
            message: Lines that end with CRLF.
        """
        try:
            code, words = self._smtp.docmd("DATA")
        except _LOST as error:
            # Not a byte of the message was sent.
            return _postponed(error)
        if code != _READY:
            return _answered(code, words)
        try:
            ending = b"" if message.endswith(b"\r\n") else b"\r\n"
            self._smtp.send(_FULL_STOP.sub(b"..", message) + ending + b".\r\n")
            return _answered(*self._smtp.getreply())
        except _LOST as error:
            return MailAnswer(outcome=Outcome.UNANSWERED, text=_error_words(error))

    def close(self) -> None:
        """Say goodbye and hang up."""
        with suppress(*_LOST):
            self._smtp.quit()
        self._smtp.close()


def open_mail(server: MailServer, recipient: str) -> MailSession | MailAnswer:
    """Return a session that waits for the message, or why there is none; nothing was sent.

    Args:
        server: Where to.
        recipient: Mail address.
    """
    try:
        smtp = _connected(server)
    except _LOST as error:
        # It says nothing of the message: another try may get through.
        return _postponed(error)
    session = MailSession(smtp)
    steps: tuple[Callable[[], tuple[int, bytes]], ...] = (
        lambda: smtp.mail(server.sender),
        lambda: smtp.rcpt(recipient),
    )
    for step in steps:
        try:
            code, words = step()
        except _LOST as error:
            session.close()
            return _postponed(error)
        if code // 100 != _TAKEN:
            session.close()
            return _answered(code, words)
    return session


def _connected(server: MailServer) -> smtplib.SMTP:
    """Return a connection that is protected, greeted and signed in."""
    context = ssl.create_default_context(cafile=server.ca_file)
    # A name of its own: the machine's full name would be asked for, which may take long.
    name, seconds = server.sender_domain, server.reply_seconds
    smtp: smtplib.SMTP
    if server.security is MailSecurity.TLS:
        smtp = smtplib.SMTP_SSL(server.host, server.port, name, context=context, timeout=seconds)
    else:
        smtp = smtplib.SMTP(server.host, server.port, name, timeout=seconds)
    try:
        smtp.ehlo_or_helo_if_needed()
        if server.security is MailSecurity.STARTTLS:
            smtp.starttls(context=context)
            smtp.ehlo_or_helo_if_needed()
        if server.user:
            smtp.login(server.user, server.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _answered(code: int, words: bytes) -> MailAnswer:
    outcome = Outcome.POSTPONED
    if code // 100 == _TAKEN:
        outcome = Outcome.SENT
    elif code >= _REFUSED_FROM:
        outcome = Outcome.REFUSED
    return MailAnswer(outcome=outcome, code=max(code, 0), text=_kept(words.decode("utf-8", errors="replace")))


def _postponed(error: Exception) -> MailAnswer:
    code = error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else 0
    return MailAnswer(outcome=Outcome.POSTPONED, code=max(code, 0), text=_error_words(error))


def _error_words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        return _kept(words.decode("utf-8", errors="replace") if isinstance(words, bytes) else str(words))
    return _kept(f"{type(error).__name__}: {error}")


def _kept(text: str) -> str:
    """Return a reply's words as they may be recorded: one short line without anybody's address."""
    return without_addresses(" ".join(cleaned_text(text).split()))[:_TEXT_MAX]
