"""Where the installation's keys come from: a file, a variable or a program (docs/keys.md#sources)."""

from __future__ import annotations

import base64
import os
import shlex
import sys
from pathlib import Path

import pytest

from cli.people import installation_keys
from domain.kernel.errors import InvalidInput
from ops.base.settings import load_settings
from ops.keys.kinds import KeyKind
from ops.keys.rotation import RotationStep
from store.core.errors import VaultLocked
from store.vault.keys import FileKeyProvider
from store.vault.secret_files import SecretUnusable

_KEY = bytes(range(100, 132))
_OTHER = bytes(range(50, 82))
_TEXT = "a-secret-of-the-tests-0123456789"
_CONTEXT = b"of a test"


def _program(tmp_path: Path, body: str) -> str:
    file = tmp_path / "program.py"
    file.write_text(body, encoding="utf-8")
    return shlex.join([sys.executable, str(file)])


@pytest.mark.parametrize("text", [_KEY.hex(), base64.b64encode(_KEY).decode()])
def test_a_master_key_comes_from_a_variable_or_a_program(text: str, tmp_path: Path) -> None:
    """Both spell the 32 bytes in text, and open what a file with the same bytes has wrapped."""
    file = tmp_path / "master.key"
    file.write_bytes(_KEY)
    file.chmod(0o600)
    wrapped = FileKeyProvider(file).wrap(b"k" * 32, _CONTEXT)
    command = _program(tmp_path, f"print({text!r})")
    for name, setting in (
        ("environment", {"master_key": text}),
        ("command", {"master_key_command": command}),
    ):
        provider = load_settings(data_dir=tmp_path, **setting).key_provider()
        assert provider.name == name
        assert provider.unwrap(wrapped, _CONTEXT) == b"k" * 32


def test_a_second_key_opens_what_it_has_wrapped(tmp_path: Path) -> None:
    """While a key is rolled, both open; the first one wraps."""
    old = load_settings(data_dir=tmp_path, master_key=_KEY.hex()).key_provider()
    both = load_settings(
        data_dir=tmp_path, master_key=_OTHER.hex(), master_second_key=_KEY.hex()
    ).key_provider()
    assert both.unwrap(old.wrap(b"k" * 32, _CONTEXT), _CONTEXT) == b"k" * 32
    with pytest.raises(VaultLocked):
        old.unwrap(both.wrap(b"k" * 32, _CONTEXT), _CONTEXT)


def test_several_sources_of_one_key_are_refused(tmp_path: Path) -> None:
    """Nobody would know which one is used."""
    settings = load_settings(data_dir=tmp_path, command_key=_TEXT, command_key_command="true")
    with pytest.raises(
        InvalidInput, match="PLANSWITCH_COMMAND_KEY is set, and PLANSWITCH_COMMAND_KEY_COMMAND"
    ):
        settings.command_keys()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("raise SystemExit(3)", "ended with code 3"),
        ("print('short')", "at least 16"),
        ("", "is empty"),
        ("import sys; sys.stdout.buffer.write(bytes([255, 254]) * 20)", "printed no text"),
    ],
)
def test_a_program_that_gives_no_secret_is_one_clear_error(body: str, words: str, tmp_path: Path) -> None:
    """The setting is named, and nothing that was printed."""
    settings = load_settings(data_dir=tmp_path, command_key_command=_program(tmp_path, body))
    with pytest.raises(SecretUnusable, match=words) as refused:
        settings.command_keys()
    assert "PLANSWITCH_COMMAND_KEY_COMMAND" in refused.value.message
    assert "short" not in refused.value.message


def test_secrets_of_variables_are_shown_to_nobody(tmp_path: Path) -> None:
    """Settings that are printed hide them."""
    shown = load_settings(data_dir=tmp_path, command_key=_TEXT, master_key=_KEY.hex()).masked()
    assert _TEXT not in str(shown)
    assert _KEY.hex() not in str(shown)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another account")
@pytest.mark.parametrize(("mode", "is_taken"), [(0o440, True), (0o444, False), (0o460, False)])
def test_a_mounted_key_of_mode_0440_is_taken(mode: int, *, is_taken: bool, tmp_path: Path) -> None:
    """An orchestrator's volume belongs to another account, and the group lets the process in."""
    file = tmp_path / "master.key"
    file.write_bytes(_KEY)
    os.chown(file, 65_534, os.getegid())
    file.chmod(mode)
    settings = load_settings(data_dir=tmp_path, master_key_file=file)
    if is_taken:
        assert settings.key_provider().name == "file"
    else:
        with pytest.raises(VaultLocked):
            settings.key_provider()


def test_the_command_line_names_the_same_kinds_and_steps() -> None:
    """The command line does not import what is heavy."""
    assert tuple(KeyKind) == installation_keys.KINDS
    assert tuple(RotationStep) == installation_keys.STEPS
