"""Unusable secrets: an empty, short, missing or open one never lets anybody in, and stops whoever uses it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from activities.signing.signatures import CommandKeys
from domain.kernel.errors import InvalidInput, PlanSwitchError
from ops.base.settings import Settings, load_settings
from ops.processes.errors import FolderUnusable
from ops.processes.private_files import write_private
from ops.stack.embedded import check_keys, make_command_key
from providers.reference.callback_signatures import BadSignature, require_signed, sign
from store.core.errors import VaultLocked
from store.vault.keys import FileKeyProvider
from store.vault.secret_files import SecretUnusable, open_to_others, read_secret

_ROOT = Path(__file__).parents[3]
_GOOD = "a-secret-of-the-tests"
_WEAK = ["", " \n", "x", "fifteen letters", "a" * 64, "abab" * 16]
#: What is left when a master key, or a key cut by a crash, lies where a secret is read.
_NO_TEXT = [
    b"k",
    bytes(32),
    bytes(range(32)),
    b"\xff\xfe" + bytes(range(65, 95)),
    b"good-secret\0of-the-tests",
]
_STRANGER = 64_999
#: Each secret that a process reads from a file: its setting, and how it is read.
_FILES: dict[str, Callable[[Settings], object]] = {
    "api_key_file": Settings.operator_key,
    "credit_secret_file": lambda settings: b"".join(settings.callback_secrets()),
    "command_key_file": lambda settings: settings.command_keys().signing,
}


@pytest.mark.parametrize("text", _WEAK)
def test_a_weak_key_in_the_environment_is_refused(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key that is empty or too short is no key: the setting is named, and what to do."""
    monkeypatch.setenv("PLANSWITCH_API_KEY", text)

    with pytest.raises(SecretUnusable, match=r"PLANSWITCH_API_KEY .*at least (16|5)") as refused:
        load_settings(data_dir=tmp_path).required_operator_key()

    assert "openssl rand" in refused.value.remedy


@pytest.mark.parametrize("text", _WEAK)
@pytest.mark.parametrize("setting", _FILES)
def test_a_weak_secret_in_a_file_is_refused(setting: str, text: str, tmp_path: Path) -> None:
    """The same from a file, for the key and for the secret of callbacks."""
    write_private(tmp_path / "secret", text.encode())
    settings = load_settings(data_dir=tmp_path, **{setting: tmp_path / "secret"})

    with pytest.raises(SecretUnusable, match=f"PLANSWITCH_{setting.upper()}"):
        _FILES[setting](settings)


@pytest.mark.parametrize("content", _NO_TEXT)
@pytest.mark.parametrize("setting", _FILES)
def test_a_file_of_bytes_is_no_secret(setting: str, content: bytes, tmp_path: Path) -> None:
    """What is no text is refused by every part, and never read with other characters in its place."""
    write_private(tmp_path / "secret", content)

    with pytest.raises(SecretUnusable, match=f"PLANSWITCH_{setting.upper()}") as refused:
        _FILES[setting](load_settings(data_dir=tmp_path, **{setting: tmp_path / "secret"}))

    assert "openssl rand" in refused.value.remedy


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o602])
@pytest.mark.parametrize("setting", _FILES)
def test_a_secret_that_others_may_read_is_refused(setting: str, mode: int, tmp_path: Path) -> None:
    """A file that anybody but its owner may read or change is refused, with the command that closes it."""
    path = tmp_path / "secret"
    write_private(path, _GOOD.encode())
    path.chmod(mode)

    with pytest.raises(SecretUnusable, match="besides the owner") as refused:
        _FILES[setting](load_settings(data_dir=tmp_path, **{setting: path}))
    path.chmod(0o600)

    assert f"chmod 600 {path}" in refused.value.remedy
    assert _FILES[setting](load_settings(data_dir=tmp_path, **{setting: path})) in {_GOOD, _GOOD.encode()}


@pytest.mark.parametrize("named", ["", "absent"])
@pytest.mark.parametrize("setting", _FILES)
def test_a_named_file_that_is_missing_is_no_missing_setting(
    setting: str, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A setting that leads to no file (an unresolved variable) is refused and not taken as left out."""
    monkeypatch.setenv(f"PLANSWITCH_{setting.upper()}", str(tmp_path / named) if named else "")

    with pytest.raises(SecretUnusable, match="can't be read"):
        _FILES[setting](load_settings(data_dir=tmp_path))


def test_a_console_without_any_key_does_not_start(tmp_path: Path) -> None:
    """A client may have no key; who lets people in by one must."""
    settings = load_settings(data_dir=tmp_path)

    assert settings.operator_key() is None
    with pytest.raises(SecretUnusable, match="nobody could sign in"):
        settings.required_operator_key()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes files of other accounts")
@pytest.mark.parametrize(
    ("owner", "mode", "found"),
    [
        (_STRANGER, 0o440, "closed"),
        (_STRANGER, 0o460, "open"),
        (_STRANGER, 0o444, "open"),
        (0, 0o440, "open"),
        (0, 0o400, "closed"),
    ],
)
def test_a_mounted_secret_is_read_by_its_group(owner: int, mode: int, found: str, tmp_path: Path) -> None:
    """Mode 0440 of another owner is how orchestrators mount secrets; of our own file it is a door."""
    path = tmp_path / "master.key"
    write_private(path, os.urandom(32))
    path.chmod(mode)
    os.chown(path, owner, owner)

    assert open_to_others(path) is (found == "open")
    if found == "open":
        with pytest.raises(VaultLocked, match="Others may read"):
            FileKeyProvider(path)
    else:
        FileKeyProvider(path)


@pytest.mark.parametrize("content", [b"", b"1", b"short", bytes(32), b"k" * 32, b"ab" * 16, b"x" * 33])
def test_a_master_key_that_is_none_is_refused(content: bytes, tmp_path: Path) -> None:
    """A cut, empty or zeroed file, as a crash leaves it, is no master key."""
    write_private(tmp_path / "master.key", content)

    with pytest.raises(InvalidInput, match="32") as refused:
        FileKeyProvider(tmp_path / "master.key")

    assert "backup" in refused.value.remedy


@pytest.mark.parametrize(
    ("name", "content", "mode"),
    [
        ("api.key", b"", 0o600),
        ("api.key", _GOOD.encode(), 0o644),
        ("credit.secret", b"short", 0o600),
        ("command.key", b"k" * 43, 0o600),
        ("command.second.key", bytes(range(32)), 0o600),
        ("master.key", b"", 0o600),
    ],
)
def test_a_stack_does_not_start_on_a_bad_key(name: str, content: bytes, mode: int, tmp_path: Path) -> None:
    """The keys of a folder are looked at before any part is started; good ones are made where none are."""
    check_keys(tmp_path)
    write_private(tmp_path / "keys" / name, content)
    (tmp_path / "keys" / name).chmod(mode)

    with pytest.raises(PlanSwitchError) as refused:
        check_keys(tmp_path)

    assert refused.value.remedy


def test_an_empty_secret_signs_for_nobody() -> None:
    """A callback that is signed with nothing is refused where nothing is the secret."""
    now = datetime(2026, 5, 4, tzinfo=UTC)

    with pytest.raises(BadSignature, match="no secret"):
        require_signed(b"", sign(b"", b"{}", now), b"{}", now)


def test_a_process_says_what_is_wrong_and_ends(tmp_path: Path) -> None:
    """`serve` with an empty key ends with the code of bad settings, and tells setting and remedy."""
    ran = _ran(tmp_path, "serve", PLANSWITCH_API_KEY="", DATABASE_URL="postgresql://u@127.0.0.1:9/x")

    assert ran.returncode == 2, ran.stderr
    assert "SECRET_UNUSABLE" in ran.stderr
    assert "PLANSWITCH_API_KEY" in ran.stderr
    assert "what to do" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("command", [["up", "--free-ports"], ["switch", "list"], ["demo"]])
def test_no_command_goes_on_with_an_empty_key(command: list[str], tmp_path: Path) -> None:
    """Neither the stack nor a client takes an empty key for none."""
    ran = _ran(tmp_path, *command, PLANSWITCH_API_KEY="")

    assert ran.returncode == 2, ran.stderr
    assert "SECRET_UNUSABLE" in ran.stderr


def _ran(folder: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command on a folder."""
    environment = {**os.environ, "PLANSWITCH_DATA_DIR": str(folder), **variables}
    return subprocess.run(
        [sys.executable, "-m", "cli.main", *command],
        cwd=_ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_the_password_of_the_database_is_looked_at_as_well(tmp_path: Path) -> None:
    """The embedded database's password is a secret like the others."""
    write_private(tmp_path / "password", _GOOD.encode())
    (tmp_path / "password").chmod(0o644)

    with pytest.raises((SecretUnusable, FolderUnusable), match="besides the owner"):
        read_secret(tmp_path / "password", name="the database's password")


@pytest.mark.parametrize("text", _WEAK)
def test_a_weak_second_key_of_commands_is_refused(text: str, tmp_path: Path) -> None:
    """It is believed as the first one is, so it is looked at as well, wherever it lies (ADR 19)."""
    (tmp_path / "keys").mkdir(mode=0o700)
    write_private(tmp_path / "keys" / "command.key", _GOOD.encode())
    before = load_settings(data_dir=tmp_path).command_keys()
    write_private(tmp_path / "keys" / "command.second.key", text.encode())

    with pytest.raises(SecretUnusable, match="PLANSWITCH_COMMAND_SECOND_KEY_FILE"):
        load_settings(data_dir=tmp_path).command_keys()

    assert before == CommandKeys(signing=_GOOD.encode())


def test_a_command_key_is_made_once_for_processes_by_themselves(tmp_path: Path) -> None:
    """`planswitch migrate` makes it where there is none, its owner's alone, and leaves one that is there."""
    settings = load_settings(data_dir=tmp_path)
    with pytest.raises(SecretUnusable, match="planswitch migrate"):
        settings.command_keys()

    made = make_command_key(settings.command_key_path())
    key = settings.command_keys().signing

    assert (made, len(key) >= 43) == (True, True)
    assert settings.command_key_path().stat().st_mode & 0o777 == 0o600
    assert not make_command_key(settings.command_key_path())
    assert settings.command_keys().signing == key


@pytest.mark.parametrize("actor", ["system:worker", "temporal", "credit-bureau"])
def test_nobody_acts_under_a_name_of_the_product(actor: str, tmp_path: Path) -> None:
    """Who acts by the local key is a person; the names of the product's own parts are no person's."""
    with pytest.raises(InvalidInput, match="PLANSWITCH_LOCAL_ACTOR"):
        load_settings(data_dir=tmp_path, local_actor=actor)


@pytest.mark.parametrize("content", [b"k", b"k" * 43, bytes(range(32))])
def test_no_tables_are_made_beside_a_key_that_is_none(content: bytes, tmp_path: Path) -> None:
    """`migrate` leaves a command key that is there, so it looks at it, as worker and console will."""
    (tmp_path / "keys").mkdir(mode=0o700)
    write_private(tmp_path / "keys" / "command.key", content)

    ran = _ran(tmp_path, "migrate", DATABASE_URL="postgresql://u@127.0.0.1:9/x")

    assert ran.returncode == 2, ran.stderr
    assert "SECRET_UNUSABLE: PLANSWITCH_COMMAND_KEY_FILE" in " ".join(ran.stderr.split())
    assert "what to do" in ran.stderr
    assert (tmp_path / "keys" / "command.key").read_bytes() == content


@pytest.mark.parametrize("name", ["SEAL_KEY", "OIDC_CLIENT_SECRET", "SMTP_PASSWORD"])
def test_a_secret_that_nothing_reads_is_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A secret of a file that is set in the environment would be passed over for another one in silence."""
    monkeypatch.setenv(f"PLANSWITCH_{name}", "a-secret-that-is-told-to-nobody")

    with pytest.raises(InvalidInput, match=f"PLANSWITCH_{name} is set, and nothing reads it") as refused:
        load_settings(data_dir=tmp_path)

    assert f"PLANSWITCH_{name}_FILE" in refused.value.remedy
    assert "told-to-nobody" not in f"{refused.value} {refused.value.remedy} {refused.value.details}"


def test_a_variable_that_is_no_setting_is_named(tmp_path: Path) -> None:
    """A process says which variables begin as settings do and are none; it goes on."""
    ran = _ran(tmp_path, "migrate", PLANSWITCH_API_KEYFILE="x", DATABASE_URL="postgresql://u@127.0.0.1:9/x")

    assert "PLANSWITCH_API_KEYFILE is no setting" in ran.stderr
    assert "PLANSWITCH_DATA_DIR" not in ran.stderr
