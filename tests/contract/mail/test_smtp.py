"""What the client of mail servers promises, against a real server (notices#mail-server, notices#delivery)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.notices.delivery import MailAnswer, Outcome
from domain.notices.notice_text import NoticeText
from ops.processes.processes import free_port
from providers.mail.smtp import MailSecurity, MailServer, mail_message, open_mail
from tests.support.notices.certificates import server_certificate
from tests.support.notices.mail_process import HANG_UP
from tests.support.notices.mailbox import SENDER, Mailbox, running_mailbox

ADDRESS = "ann@example.com"
MESSAGE_ID = "<4b1c9d3e@example.com>"
TEXT = NoticeText(subject="Täglich: done", plain=".first\nsecond: ü\n", html="<p>ü</p>")


def sent(server: MailServer, *, address: str = ADDRESS, text: NoticeText = TEXT) -> MailAnswer:
    """Send a message and return what that came to."""
    message = mail_message(
        server, recipient=address, message_id=MESSAGE_ID, sent_at=datetime.now(tz=UTC), text=text
    )
    session = open_mail(server, address)
    if isinstance(session, MailAnswer):
        return session
    answer = session.send(message)
    session.close()
    return answer


def test_a_message_arrives_whole(tmp_path: Path) -> None:
    """Headers, both texts and lines that begin with a full stop are what was sent (RFC 5321, 4.5.2)."""
    with running_mailbox(tmp_path) as mailbox:
        answer = sent(mailbox.server)
        (got,) = mailbox.delivered()

    assert (answer.outcome, answer.code) == (Outcome.SENT, 250)
    assert (got.sender, got.recipients) == (SENDER, (ADDRESS,))
    assert got.message["Subject"] == "Täglich: done"
    assert got.message["To"] == ADDRESS
    assert got.message["Auto-Submitted"] == "auto-generated"
    assert got.message_id == MESSAGE_ID
    assert got.body("plain").splitlines() == [".first", "second: ü"]
    assert "<p>ü</p>" in got.body("html")


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ("451 4.3.0 try later", (Outcome.POSTPONED, 451)),
        ("554 5.7.1 no spam", (Outcome.REFUSED, 554)),
        (HANG_UP, (Outcome.UNANSWERED, 0)),
    ],
)
def test_an_answer_means_one_thing(tmp_path: Path, said: str, outcome: tuple[Outcome, int]) -> None:
    """4xx is for now, 5xx for good, and a connection that ends after the message leaves it unknown."""
    with running_mailbox(tmp_path) as mailbox:
        mailbox.answer(said)
        answer = sent(mailbox.server)
        count = len(mailbox.delivered())

    assert (answer.outcome, answer.code) == outcome
    assert count == (1 if said == HANG_UP else 0)


def test_a_recipient_is_refused_without_being_named(tmp_path: Path) -> None:
    """What is recorded of an answer holds nobody's address; nothing was sent."""
    with running_mailbox(tmp_path) as mailbox:
        refused = sent(mailbox.server, address="nobody@example.com")
        full = sent(mailbox.server, address="full@example.com")
        count = len(mailbox.delivered())

    assert (refused.outcome, refused.code) == (Outcome.REFUSED, 550)
    assert "nobody@example.com" not in refused.text
    assert "[address]" in refused.text
    assert (full.outcome, full.code, count) == (Outcome.POSTPONED, 452, 0)


def test_a_server_that_is_away_is_tried_again() -> None:
    """No connection says nothing of the message."""
    server = MailServer(host="127.0.0.1", port=free_port(), security=MailSecurity.PLAIN, sender=SENDER)

    answer = sent(server)

    assert (answer.outcome, answer.code) == (Outcome.POSTPONED, 0)
    assert "refused" in answer.text


def test_no_text_adds_a_header() -> None:
    """A line end in a subject can't begin a header of its own: it is refused (header injection)."""
    server = MailServer(host="127.0.0.1", port=25, security=MailSecurity.PLAIN, sender=SENDER)

    with pytest.raises(ValueError, match=r"linefeed|carriage"):
        sent(server, text=replace(TEXT, subject="done\r\nBcc: eve@example.com"))


@pytest.mark.parametrize("security", [MailSecurity.TLS, MailSecurity.STARTTLS])
def test_tls_is_checked(tmp_path: Path, security: MailSecurity) -> None:
    """A certificate that nobody trusts ends the session before anybody signs in; with its file it works."""
    certificate = server_certificate(tmp_path / "mail.pem")
    options = ["--certificate", str(certificate), "--user", "ada", "secret"]
    options += ["--tls"] if security is MailSecurity.TLS else []
    with running_mailbox(tmp_path / "mail", *options) as mailbox:
        secure = replace(
            mailbox.server, security=security, ca_file=certificate, user="ada", password="secret"
        )
        untrusted = sent(replace(secure, ca_file=None))
        other_name = sent(replace(secure, host="localhost"))
        stranger = sent(replace(secure, password="wrong"))
        nobody = sent(replace(secure, user="", password=""))
        answer = sent(secure)
        messages = mailbox.delivered()

    assert [each.outcome for each in (untrusted, other_name, stranger)] == [Outcome.POSTPONED] * 3
    assert "certificate" in untrusted.text.lower()
    assert stranger.code == 535
    assert nobody.outcome is not Outcome.SENT
    assert answer.outcome is Outcome.SENT
    assert [(each.is_encrypted, each.user) for each in messages] == [(True, "ada")]


def test_a_server_without_tls_gets_no_message(tmp_path: Path) -> None:
    """STARTTLS that is not offered ends the session: nothing falls back to plain."""
    with running_mailbox(tmp_path) as mailbox:
        answer = sent(replace(mailbox.server, security=MailSecurity.STARTTLS))
        count = len(mailbox.delivered())

    assert (answer.outcome, count) == (Outcome.POSTPONED, 0)
    assert "STARTTLS" in answer.text


def test_a_password_is_shown_nowhere(tmp_path: Path) -> None:
    """The settings in a log or a traceback hold no password."""
    mailbox = Mailbox(port=25, folder=tmp_path)

    assert "secret" not in repr(replace(mailbox.server, user="ada", password="secret"))
