"""What proves a profile's application: programs that fail or hang, certificates that are none, file modes."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import load_pem_x509_certificate

from domain.kernel.errors import AccessLost
from providers.access import credentials
from providers.access.credentials import Credentials
from providers.access.profiles import CloudProfile, CloudProfiles
from store.vault.secret_files import open_to_others
from tests.support.access.authority import client_certificate

HOME = "11111111-1111-4111-8111-111111111111"
SECRET = "hidden-secret"
END_SECONDS_MAX = 10.0


def _profile(folder: Path, field: str) -> CloudProfile:
    file = folder / "cloud.toml"
    file.write_text(f'[profiles.one]\ntenant_id = "{HOME}"\nclient_id = "{HOME}"\n{field}\n')
    return CloudProfiles.load(file).named("one")


def _credential(folder: Path, field: str) -> credentials.Credential | None:
    return Credentials(open_to_others).credential(_profile(folder, field))


def _program(folder: Path, text: str) -> Path:
    file = folder / "print-secret"
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o700)
    return file


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"echo {SECRET}; exit 3", "ended with code 3"),
        ("true", "it printed nothing"),
        ("echo", "it printed nothing"),
        (f"echo {SECRET}; echo {SECRET}", "not one line"),
        (f"printf '{SECRET}\\033[2J'", "not one line"),
        (r"printf '\377\376'", "printed no text"),
        (f"kill -9 $$; echo {SECRET}", "ended with code -9"),
    ],
)
def test_a_program_that_gives_no_secret_is_named_and_its_words_are_not(
    tmp_path: Path, text: str, words: str
) -> None:
    """Whatever it prints, also beside a failure, is in no message."""
    _program(tmp_path, text)
    with pytest.raises(AccessLost, match=words) as caught:
        _credential(tmp_path, 'secret_command = ["./print-secret"]')

    assert SECRET not in f"{caught.value.message}{caught.value.details}"
    assert "secret_command of the profile one" in caught.value.message
    assert caught.value.handling.is_retryable


def test_a_program_that_hangs_ends_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is given up after its time, and leaves no process behind, whoever holds its output."""
    monkeypatch.setattr(credentials, "COMMAND_SECONDS_MAX", 0.5)
    _program(tmp_path, f"sleep 600 & echo $! > {tmp_path}/child\necho {SECRET}\nwait")
    with pytest.raises(AccessLost, match="did not end within") as caught:
        _credential(tmp_path, 'secret_command = ["./print-secret"]')

    child = int((tmp_path / "child").read_text())
    _wait_until_over(child)
    assert SECRET not in f"{caught.value.message}{caught.value.details}"


def _wait_until_over(process_id: int) -> None:
    """Wait for the end of a process: a kill is accepted at once, and carried out when its turn comes."""
    deadline = time.monotonic() + END_SECONDS_MAX
    while not _is_over(process_id):
        assert time.monotonic() < deadline, f"the process {process_id} lives"
        time.sleep(0.01)


def _is_over(process_id: int) -> bool:
    """Return whether a process has ended; one that nobody has fetched yet has."""
    try:
        return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] in {"Z", "X"}
    except OSError:
        return True


def test_a_program_is_run_without_a_shell_and_a_terminal(tmp_path: Path) -> None:
    """A relative path begins in the file's folder; arguments stay as they are; it can ask nobody."""
    _program(tmp_path, '[ "$(cat)" = "" ] && printf %s "$1"')
    assert _credential(tmp_path, "secret_command = ['./print-secret', '$HOME;id']") == "$HOME;id"

    words = "import os; print('session' if os.getsid(0) == os.getpid() else 'shared')"
    assert _credential(tmp_path, f'secret_command = ["{sys.executable}", "-c", "{words}"]') == "session"


@pytest.mark.parametrize("field", ["secret_file", "certificate_file", "interfaces_token_file"])
def test_a_file_that_others_may_read_is_refused_with_the_command_that_closes_it(
    tmp_path: Path, field: str
) -> None:
    """A secret that somebody may have read is one no more; a file that is closed is taken at once."""
    file = client_certificate(tmp_path, "app").file if field == "certificate_file" else tmp_path / "secret"
    if field != "certificate_file":
        file.write_text(SECRET)
    other = 'certificate_file = "x"\n' if field == "interfaces_token_file" else ""
    profile = _profile(tmp_path, f'{other}{field} = "{file.name}"')
    kept = Credentials(open_to_others)
    ask = kept.interfaces_token if other else kept.credential
    for mode in (0o640, 0o604, 0o660, 0o666):
        file.chmod(mode)
        with pytest.raises(AccessLost, match="other accounts may read") as caught:
            ask(profile)
        assert f"chmod 600 {file}" in caught.value.remedy

    file.chmod(0o400)
    assert ask(profile)


def test_the_certificate_of_the_key_is_the_one_that_signs(tmp_path: Path) -> None:
    """A file may begin with those who vouch for it, and have the key anywhere."""
    own, other = client_certificate(tmp_path, "own"), client_certificate(tmp_path, "other")
    file = tmp_path / "chain.pem"
    file.write_text(f"Bag Attributes\n{own.key}{other.certificate}\n{own.certificate}")
    file.chmod(0o600)
    found = _credential(tmp_path, 'certificate_file = "chain.pem"')

    assert isinstance(found, dict)
    chosen = load_pem_x509_certificate(found["public_certificate"].encode())
    assert chosen == load_pem_x509_certificate(own.certificate.encode())
    assert "PRIVATE KEY" not in found["public_certificate"]


def test_a_key_that_can_not_sign_for_its_certificate_is_refused(tmp_path: Path) -> None:
    """A key of another certificate, and one of a kind that the vendor takes no signature of."""
    own, other = client_certificate(tmp_path, "own"), client_certificate(tmp_path, "other")
    curve = ec.generate_private_key(ec.SECP256R1())
    text = curve.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    for key, words in ((other.key, "not that of its certificate"), (text, "no RSA key")):
        own.file.write_text(own.certificate + key)
        with pytest.raises(AccessLost, match=words):
            _credential(tmp_path, 'certificate_file = "own.pem"')
