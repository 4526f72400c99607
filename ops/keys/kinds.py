"""The kinds of keys of an installation: where each one lies, and how it is told apart without being shown."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from activities.signing.signatures import key_id as command_key_id
from audit.seals.keys import read_key_ring
from domain.kernel.errors import PlanSwitchError
from ops.base.settings import Settings
from store.vault.keys import KEY_BYTES, second_file

_TEXT_BYTES = 32
_ID_CHARACTERS = 12


class KeyKind(StrEnum):
    """A key that the processes of an installation share."""

    MASTER = "master"
    COMMAND = "command"
    SEAL = "seal"
    CALLBACK = "callback"
    OPERATOR = "operator"


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyRow:
    """One key as `keys list --installation` shows it; nothing of it can be told from that.

    Args:
        kind: What it is for.
        source: The file, variable or command that gives it.
        key_id: Digest by which two copies are compared; "" where it can't be read.
        second_key_id: Of the key that is valid beside it; "" where there is none.
        state: usable, rolling or missing, or the code of what is wrong.
        remedy: What to do; "" where nothing is to be done.
    """

    kind: KeyKind
    source: str
    key_id: str
    second_key_id: str
    state: str
    remedy: str


def key_file(settings: Settings, kind: KeyKind) -> Path:
    """Return the file of a key, its usual one where no setting names one."""
    usual = settings.data_dir / "keys"
    files: dict[KeyKind, Callable[[], Path]] = {
        KeyKind.MASTER: settings.master_key_path,
        KeyKind.COMMAND: settings.command_key_path,
        KeyKind.SEAL: settings.seal_key_path,
        KeyKind.CALLBACK: lambda: settings.credit_secret_file or usual / "credit.secret",
        KeyKind.OPERATOR: lambda: settings.api_key_file or usual / "api.key",
    }
    return files[kind]()


def second_key_file(settings: Settings, kind: KeyKind) -> Path:
    """Return the file of the key that is valid beside another while it is rolled."""
    named = {
        KeyKind.MASTER: settings.master_second_key_file,
        KeyKind.COMMAND: settings.command_second_key_file,
        KeyKind.CALLBACK: settings.credit_second_secret_file,
    }.get(kind)
    if kind is KeyKind.COMMAND:
        return named or key_file(settings, kind).with_name("command.second.key")
    return named or second_file(key_file(settings, kind))


def outside_source(settings: Settings, kind: KeyKind) -> str:
    """Return the variable or command that gives a key; "" where it comes from a file.

    Raises:
        InvalidInput: Several settings name one.
    """
    names = {KeyKind.MASTER: "master_key", KeyKind.COMMAND: "command_key", KeyKind.CALLBACK: "credit_secret"}
    source = settings.source_of(names[kind]) if kind in names else ""
    return "" if source.endswith("_FILE") else source


def new_key(kind: KeyKind) -> bytes:
    """Return fresh random bytes of a kind: raw for the master key, a line of text for the others."""
    if kind is KeyKind.MASTER:
        return secrets.token_bytes(KEY_BYTES)
    return secrets.token_urlsafe(_TEXT_BYTES).encode()


def key_id(kind: KeyKind, content: bytes) -> str:
    """Return a digest by which copies of a key are compared, and nothing can be told of it."""
    if kind is KeyKind.COMMAND:
        return command_key_id(content.strip())
    name = f"planswitch {kind} key id".encode()
    return hmac.digest(content if kind is KeyKind.MASTER else content.strip(), name, "sha256").hex()[
        :_ID_CHARACTERS
    ]


def id_of_file(kind: KeyKind, path: Path) -> str:
    """Return the id of the key in a file; "" where there is none.

    Raises:
        OSError: It can't be read.
        SealKeyUnusable: It holds no keys of seals.
    """
    if not path.exists():
        return ""
    if kind is KeyKind.SEAL:
        return read_key_ring(path).pairs[-1].verifier_keys[0].key_id.hex()
    return key_id(kind, path.read_bytes())


def installation_keys(settings: Settings) -> list[KeyRow]:
    """Return every key of this machine, the ones that can't be used with the cause."""
    return [_row(settings, kind) for kind in KeyKind]


def _row(settings: Settings, kind: KeyKind) -> KeyRow:
    path, second = key_file(settings, kind), second_key_file(settings, kind)
    own, other, state, remedy = "", "", "missing", f"planswitch keys create {kind}"
    source = str(path)
    try:
        source = outside_source(settings, kind) or source
        own, other = id_of_file(kind, path), id_of_file(kind, second)
        if source != str(path) or own:
            _require_usable(settings, kind)
            state, remedy = ("rolling" if other else "usable"), ""
    except PlanSwitchError as error:
        state, remedy = error.code, error.remedy
    except OSError as error:
        state, remedy = "SECRET_UNUSABLE", f"Let this account read {path}: {error.strerror}."
    return KeyRow(kind=kind, source=source, key_id=own, second_key_id=other, state=state, remedy=remedy)


def _require_usable(settings: Settings, kind: KeyKind) -> None:
    """Read a key as a process does at its start.

    Raises:
        PlanSwitchError: It can't be used.
    """
    readers: dict[KeyKind, Callable[[], object]] = {
        KeyKind.MASTER: settings.key_provider,
        KeyKind.COMMAND: settings.command_keys,
        KeyKind.CALLBACK: settings.callback_secrets,
        KeyKind.OPERATOR: settings.operator_key,
        KeyKind.SEAL: lambda: None,
    }
    readers[kind]()
