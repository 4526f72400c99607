"""The settings of the mail server are refused together where they do not suffice (notices#mail-server)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from domain.kernel.errors import InvalidInput
from ops.base.settings import load_settings
from providers.mail.smtp import MailSecurity
from store.vault.secret_files import SecretUnusable

SET: dict[str, Any] = {"smtp_host": "mail.example.com", "smtp_from": "planswitch@example.com"}


def test_without_a_host_there_is_no_mail_server(tmp_path: Path) -> None:
    """Nothing is sent by mail, and nothing else needs to be set."""
    assert load_settings(data_dir=tmp_path).mail_server() is None


def test_a_mail_server_is_read(tmp_path: Path) -> None:
    """The password comes from a file, however short somebody made it; TLS is the default."""
    file = tmp_path / "password"
    file.write_text("short\n")
    file.chmod(0o600)
    settings = load_settings(data_dir=tmp_path, smtp_user="ada", smtp_password_file=file, **SET)

    server = settings.mail_server()

    assert server is not None
    assert (server.port, server.security, server.password) == (587, MailSecurity.STARTTLS, "short")
    assert "short" not in str(settings.masked())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"smtp_from": ""}, "PLANSWITCH_SMTP_FROM"),
        ({"smtp_user": "ada"}, "PLANSWITCH_SMTP_PASSWORD_FILE"),
        ({"smtp_security": "plain"}, "starttls or tls for mail.example.com"),
        ({"smtp_security": "plain", "smtp_host": "192.0.2.7"}, "starttls or tls"),
        ({"smtp_ca_file": Path("/no/such/file")}, "a file of certificates"),
    ],
)
def test_what_does_not_suffice_is_refused(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    """The refusal names the variable and what to do."""
    settings = load_settings(data_dir=tmp_path, **{**SET, **changes})

    with pytest.raises(InvalidInput, match=words):
        settings.mail_server()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_plain_mail_stays_on_this_machine(tmp_path: Path, host: str) -> None:
    """To loopback it is allowed; elsewhere a setting of its own allows it."""
    own = {**SET, "smtp_security": "plain"}

    assert load_settings(data_dir=tmp_path, **{**own, "smtp_host": host}).mail_server() is not None
    assert load_settings(data_dir=tmp_path, smtp_plain_elsewhere=True, **own).mail_server() is not None


def test_a_password_that_others_read_is_refused(tmp_path: Path) -> None:
    """Its file is as private as that of any secret."""
    file = tmp_path / "password"
    file.write_text("short")
    file.chmod(0o644)
    settings = load_settings(data_dir=tmp_path, smtp_user="ada", smtp_password_file=file, **SET)

    with pytest.raises(SecretUnusable) as refused:
        settings.mail_server()

    assert "chmod 600" in refused.value.remedy


@pytest.mark.parametrize("url", ["switch.example.com", "javascript:alert(1)", "https://a b", "ftp://a"])
def test_an_address_of_the_console_is_one(tmp_path: Path, url: str) -> None:
    """A link in a mail leads to a web server or is not there."""
    with pytest.raises(InvalidInput, match="PLANSWITCH_PUBLIC_URL"):
        load_settings(data_dir=tmp_path, public_url=url)
