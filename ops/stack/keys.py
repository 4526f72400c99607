"""Keys that the embedded stack makes for itself on first use."""

from __future__ import annotations

import secrets
from pathlib import Path

from ops.processes.private_files import make_private_folder, write_private
from store.vault.keys import FileKeyProvider
from store.vault.secret_files import read_secret

MASTER_KEY_BYTES = 32
_API_KEY_BYTES = 32
KEYS_FOLDER = "keys"
COMMAND_KEY = "command.key"
#: Valid beside it while it is rolled.
SECOND_COMMAND_KEY = "command.second.key"


def master_key_file(data_dir: Path) -> Path:
    """Return the file with the 32 random bytes that wrap the data keys; make it on first use."""
    return _kept(data_dir, "master.key", secrets.token_bytes(MASTER_KEY_BYTES))


def api_key_file(data_dir: Path) -> Path:
    """Return the file with the local operator's API key; make it on first use."""
    return _kept(data_dir, "api.key", secrets.token_urlsafe(_API_KEY_BYTES).encode())


def credit_secret_file(data_dir: Path) -> Path:
    """Return the file with the secret that signs the credit bureau's callbacks; make it on first use."""
    return _kept(data_dir, "credit.secret", secrets.token_urlsafe(_API_KEY_BYTES).encode())


def command_key_file(data_dir: Path) -> Path:
    """Return the file with the key that signs what goes over Temporal; make it on first use."""
    return _kept(data_dir, COMMAND_KEY, secrets.token_urlsafe(_API_KEY_BYTES).encode())


def make_command_key(path: Path) -> bool:
    """Make the command key of processes that are started by themselves, and tell whether there was none."""
    if path.exists():
        return False
    make_private_folder(path.parent)
    write_private(path, secrets.token_urlsafe(_API_KEY_BYTES).encode())
    return True


def check_keys(data_dir: Path) -> None:
    """Make the keys that are missing, and refuse ones that a part could not work with, before any is started.

    Raises:
        SecretUnusable: A secret is too short, or others may read it.
        VaultLocked: Others may read the master key.
        InvalidInput: The master key is none.
    """
    read_secret(api_key_file(data_dir), name="the operator's API key")
    read_secret(credit_secret_file(data_dir), name="the secret of the credit bureau's callbacks")
    read_secret(command_key_file(data_dir), name="the key that signs commands")
    second = data_dir / KEYS_FOLDER / SECOND_COMMAND_KEY
    if second.exists():
        read_secret(second, name="the second key that signs commands")
    FileKeyProvider(master_key_file(data_dir))


def _kept(data_dir: Path, name: str, fresh: bytes) -> Path:
    """Return the key file, written with fresh bytes only when there is none: a lost key is lost data."""
    folder = data_dir / KEYS_FOLDER
    make_private_folder(folder)
    path = folder / name
    if not path.exists():
        temporary = folder / f"{name}.new"
        write_private(temporary, fresh)
        temporary.rename(path)
    return path
