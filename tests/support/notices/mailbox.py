"""The mail server of the tests, from outside: started, told how to answer, and read."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_string
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from domain.notices.delivery import MailAnswer
from providers.mail.smtp import MailSecurity, MailServer

SENDER = "planswitch@example.com"
START_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """A message that the server took."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage
    is_encrypted: bool
    user: str | None

    @property
    def message_id(self) -> str:
        """Return its header Message-ID."""
        return str(self.message["Message-ID"])

    def body(self, kind: str) -> str:
        """Return the plain or the HTML part."""
        part = self.message.get_body((kind,))
        assert part is not None
        return str(part.get_content())


@dataclass(frozen=True, kw_only=True)
class Mailbox:
    """A running mail server."""

    port: int
    folder: Path

    @property
    def server(self) -> MailServer:
        """Return it as the product's settings name it."""
        return MailServer(host="127.0.0.1", port=self.port, security=MailSecurity.PLAIN, sender=SENDER)

    def answer(self, *answers: str) -> None:
        """Say how the next messages are answered."""
        (self.folder / "answers").write_text("\n".join(answers), encoding="utf-8")

    def delivered(self) -> list[Delivered]:
        """Return every message that was taken, in order."""
        return [_read(path) for path in sorted(self.folder.glob("*.json"))]


def _read(path: Path) -> Delivered:
    facts = json.loads(path.read_text(encoding="utf-8"))
    message = message_from_string(facts.pop("message"), policy=default)
    assert isinstance(message, EmailMessage)
    return Delivered(**{**facts, "recipients": tuple(facts["recipients"]), "message": message})


@contextmanager
def running_mailbox(folder: Path, *options: str) -> Iterator[Mailbox]:
    """Run a mail server as a process of its own until the block ends.

    Args:
        folder: Where it keeps messages.
        options: Those of `mail_process`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "tests.support.notices.mail_process", str(folder), *options]
    process = subprocess.Popen(command)
    try:
        yield Mailbox(port=_port(folder / "port", process), folder=folder)
    finally:
        process.kill()
        process.wait()


def _port(path: Path, process: subprocess.Popen[bytes]) -> int:
    deadline = time.monotonic() + START_SECONDS
    while not path.exists():
        assert process.poll() is None, "the mail server ended"
        assert time.monotonic() < deadline, "the mail server does not start"
        time.sleep(0.02)
    return int(path.read_text(encoding="utf-8"))


def outcomes(answers: Sequence[MailAnswer]) -> list[tuple[str, int]]:
    """Return what answers mean, with their codes."""
    return [(each.outcome.value, each.code) for each in answers]
