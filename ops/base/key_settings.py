"""Settings of the installation's own keys: each from a file, a variable or a program (docs/keys.md)."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from activities.signing.signatures import CommandKeys
from domain.kernel.errors import InvalidInput
from domain.kernel.shown_values import Words
from store.vault.keys import KEY_BYTES, FileKeyProvider, GivenKeyProvider, KeyProvider, second_file
from store.vault.secret_commands import printed_secret
from store.vault.secret_files import read_secret, required_secret

#: Fields that hold a secret itself.
KEY_FIELDS = frozenset(
    {
        "master_key",
        "master_second_key",
        "command_key",
        "command_second_key",
        "credit_secret",
        "credit_second_secret",
    }
)
_PREFIX = "PLANSWITCH_"
_COMMAND_MAX = 4_096


class KeySettings(BaseSettings):
    """The part of the settings of a process that is about keys which it shares with others."""

    model_config = SettingsConfigDict(frozen=True, populate_by_name=True)

    #: Folder of the embedded stack, whose `keys/` holds what no setting names.
    data_dir: Path = Path()
    #: 32 random bytes that wrap the organizations' data keys; `data_dir/keys/master.key` when None.
    master_key_file: Path | None = None
    #: The same bytes as 64 hexadecimal digits or in Base64; a file or a command goes before a variable.
    master_key: SecretStr | None = None
    #: Program that prints them so, with its arguments; "": none.
    master_key_command: str = Field(default="", max_length=_COMMAND_MAX)
    #: Opens what it wrapped while the master key is rolled; `master.second.key` beside the first, if it is
    #: there, when None.
    master_second_key_file: Path | None = None
    #: The same key in a variable.
    master_second_key: SecretStr | None = None
    #: Program that prints it; "": none.
    master_second_key_command: str = Field(default="", max_length=_COMMAND_MAX)
    #: Secret that signs what goes over Temporal; `data_dir/keys/command.key` when None.
    command_key_file: Path | None = None
    #: The same secret in a variable.
    command_key: SecretStr | None = None
    #: Program that prints it; "": none.
    command_key_command: str = Field(default="", max_length=_COMMAND_MAX)
    #: Valid beside it while it is rolled; `data_dir/keys/command.second.key`, if there is one, when None.
    command_second_key_file: Path | None = None
    #: The same secret in a variable.
    command_second_key: SecretStr | None = None
    #: Program that prints it; "": none.
    command_second_key_command: str = Field(default="", max_length=_COMMAND_MAX)
    #: Secret that signs the credit bureau's callbacks; without it none is taken.
    credit_secret_file: Path | None = None
    #: The same secret in a variable.
    credit_secret: SecretStr | None = None
    #: Program that prints it; "": none.
    credit_secret_command: str = Field(default="", max_length=_COMMAND_MAX)
    #: Valid beside it while it is rolled; `NAME.second.EXTENSION` beside its file, if it is there, when None.
    credit_second_secret_file: Path | None = None
    #: The same secret in a variable.
    credit_second_secret: SecretStr | None = None
    #: Program that prints it; "": none.
    credit_second_secret_command: str = Field(default="", max_length=_COMMAND_MAX)

    def master_key_path(self) -> Path:
        """Return the file of the key that wraps the organizations' data keys."""
        return self.master_key_file or self.data_dir / "keys" / "master.key"

    def command_key_path(self) -> Path:
        """Return the file of the key that signs commands."""
        return self.command_key_file or self.data_dir / "keys" / "command.key"

    def source_of(self, name: str) -> str:
        """Return the variable that a key comes from; "" where its usual file is taken.

        Args:
            name: Field of the key, such as `master_key`.

        Raises:
            InvalidInput: Several name one.
        """
        kinds = {name: name, f"{name}_file": f"{name}_file", f"{name}_command": f"{name}_command"}
        named = [f"{_PREFIX}{each.upper()}" for each in kinds if getattr(self, each) not in {None, ""}]
        if len(named) > 1:
            raise InvalidInput(
                field=named[0],
                value=Words(f"set, and {' and '.join(named[1:])} too"),
                allowed="one of them",
                remedy="Unset all but the one from which the key is to come.",
            )
        return named[0] if named else ""

    def key_provider(self) -> KeyProvider:
        """Return who wraps and unwraps by the master key.

        Raises:
            VaultLocked: Its file can't be read, or others may read it.
            SecretUnusable: Its program or its variable gives none.
            InvalidInput: It is none, or several settings name one.
        """
        source = self.source_of("master_key")
        if source in {"", f"{_PREFIX}MASTER_KEY_FILE"}:
            self.source_of("master_second_key")
            return FileKeyProvider(self.master_key_path(), self.master_second_key_file)
        name = "command" if source.endswith("_COMMAND") else "environment"
        return GivenKeyProvider(name, self._given_master_keys)

    def command_keys(self) -> CommandKeys:
        """Return the keys by which commands that come over Temporal are believed (ADR 19).

        Raises:
            SecretUnusable: A file is missing or too short, or others may read it; a program fails.
            InvalidInput: Several settings name one.
        """
        path = self.command_key_path()
        signing = self._secret("command_key", path, note=" (made by `planswitch migrate`)")
        second = self._secret("command_second_key", _if_there(path.with_name("command.second.key")))
        other = None if second is None else second.encode()
        return CommandKeys(signing=(signing or "").encode(), second=other)

    def callback_secrets(self) -> tuple[bytes, ...]:
        """Return the secrets of the credit bureau's callbacks, the one of today first; () when none is set.

        Raises:
            SecretUnusable: A file is missing or too short, or others may read it; a program fails.
            InvalidInput: Several settings name one.
        """
        file = self.credit_secret_file
        first = self._secret("credit_secret", file)
        second = self._secret("credit_second_secret", None if file is None else _if_there(second_file(file)))
        return tuple(each.encode() for each in (first, second) if each is not None)

    def _given_master_keys(self) -> tuple[bytes, ...]:
        texts = (self._text("master_key"), self._text("master_second_key"))
        return tuple(_key_bytes(text, variable) for text, variable in texts if text)

    def _text(self, name: str) -> tuple[str, str]:
        """Return what a variable, a file or a program gives, and its setting; "" where none is set."""
        source = self.source_of(name)
        inline: SecretStr | None = getattr(self, name)
        command: str = getattr(self, f"{name}_command")
        file: Path | None = getattr(self, f"{name}_file")
        if inline is not None:
            return required_secret(inline.get_secret_value(), name=source), source
        if command:
            return required_secret(printed_secret(command, name=source), name=source), source
        return ("", "") if file is None else (read_secret(file, name=source), source)

    def _secret(self, name: str, usual: Path | None, *, note: str = "") -> str | None:
        """Return a secret from where the settings say, else from its usual file; None where there is none."""
        text, source = self._text(name) if self.source_of(name) else ("", "")
        if source or usual is None:
            return text or None
        return read_secret(usual, name=f"{_PREFIX}{name.upper()}_FILE{note}")


def _if_there(path: Path) -> Path | None:
    return path if path.exists() else None


def _key_bytes(text: str, variable: str) -> bytes:
    """Return the bytes of a master key that stands in text.

    Raises:
        InvalidInput: They are not KEY_BYTES.
    """
    try:
        key = bytes.fromhex(text) if len(text) == 2 * KEY_BYTES else base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        key = b""
    if len(key) != KEY_BYTES:
        allowed = f"{KEY_BYTES} random bytes as {2 * KEY_BYTES} hexadecimal digits or in Base64"
        raise InvalidInput(field=variable, value=Words("something else"), allowed=allowed)
    return key
