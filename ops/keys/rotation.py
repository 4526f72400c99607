"""Makes keys of the installation and rolls them in three steps, each recorded before it is done.

A key is valid beside another for as long as processes with the one and with the other run: prepare makes the
second one, switch exchanges the two, finish takes the earlier one away.
"""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from audit.seals.keys import KeyRing, new_key_ring, read_key_ring, write_key_ring
from domain.kernel.errors import InvalidInput
from domain.kernel.shown_values import Words
from ops.base.recovery import MACHINE
from ops.base.settings import Settings
from ops.keys.kinds import (
    KeyKind,
    id_of_file,
    key_file,
    key_id,
    new_key,
    outside_source,
    second_key_file,
)
from store.rewrapping import rewrap
from store.roles.role import DatabaseRole
from store.vault.key_changes import KeyAct, KeyChange, newest_key_changes, record_key_change
from store.vault.keys import write_once


class RotationStep(StrEnum):
    """A step of rolling a key."""

    PREPARE = "prepare"
    SWITCH = "switch"
    FINISH = "finish"


_ACTS: Mapping[RotationStep, KeyAct] = {
    RotationStep.PREPARE: KeyAct.PREPARED,
    RotationStep.SWITCH: KeyAct.SWITCHED,
    RotationStep.FINISH: KeyAct.FINISHED,
}
_NEXT: Mapping[KeyAct | None, RotationStep] = {
    KeyAct.PREPARED: RotationStep.SWITCH,
    KeyAct.SWITCHED: RotationStep.FINISH,
}
#: Kinds that are rolled in steps; the sealer's keys have an overlap of their own.
ROLLED = (KeyKind.MASTER, KeyKind.COMMAND, KeyKind.CALLBACK)


@dataclass(frozen=True, kw_only=True, slots=True)
class MadeKey:
    """A key that was made."""

    kind: KeyKind
    path: Path
    key_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Rotation:
    """A step that was done.

    Args:
        kind: Of the key.
        step: What was done.
        key_id: Id of the key that is used now.
        second_key_id: Of the key that is valid beside it; "" where none is.
        recorded_by: Actor of the record.
        second_file: Where the second key lies, or lay.
        rewrapped: Table -> rows whose keys the master key has wrapped anew.
    """

    kind: KeyKind
    step: RotationStep
    key_id: str
    second_key_id: str
    recorded_by: str
    second_file: Path
    rewrapped: Mapping[str, int] = field(default_factory=dict)


def create_key(settings: Settings, kind: KeyKind) -> MadeKey:
    """Make the first key of a kind, in its file; nobody else may read it.

    Args:
        settings: Name the file.
        kind: Of the key.

    Raises:
        InvalidInput: There is one already, or it comes from elsewhere than a file.
    """
    _require_file(settings, kind)
    path = key_file(settings, kind)
    if path.exists():
        raise InvalidInput(
            field="KEY",
            value=Words(f"{kind}, and {path} is there"),
            allowed="a key that is not there yet",
            remedy=f"Use the one that is there, or roll it: planswitch keys rotate {kind} --reason TEXT",
        )
    if kind is KeyKind.SEAL:
        write_key_ring(path, new_key_ring(datetime.now(tz=UTC)))
    else:
        write_once(path, new_key(kind))
    return MadeKey(kind=kind, path=path, key_id=id_of_file(kind, path))


def rotate_key(settings: Settings, kind: KeyKind, *, step: RotationStep, reason: str) -> Rotation:
    """Do one step of rolling a key, after it is recorded.

    Args:
        settings: Name the files and the database.
        kind: One of ROLLED.
        step: What to do.
        reason: Why, for the record.

    Raises:
        InvalidInput: It is not the turn of this step, or the key comes from elsewhere than a file.
        VaultLocked: The master keys at hand do not open what is wrapped.
        StoreUnavailable, SchemaOutdated, DatabaseRightMissing: It can't be recorded; nothing was done.
    """
    _require_file(settings, kind)
    files = _Files(kind=kind, own=key_file(settings, kind), second=second_key_file(settings, kind))
    url, owner_url = _recording_url(settings), ""
    if kind is KeyKind.MASTER:
        owner_url = settings.required_database_url_of(DatabaseRole.OWNER)
    _require_turn(files, step, newest_key_changes(url).get(kind))
    fresh, actor = new_key(kind), f"{MACHINE}{getpass.getuser()}"
    now, beside = files.ids_after(step, fresh)
    change = KeyChange(
        key=kind, act=_ACTS[step], key_id=now, previous_key_id=beside, actor=actor, reason=reason
    )
    record_key_change(url, change)
    files.do(step, fresh)
    # The files first: whoever wraps from here on does it by the new key.
    is_due = kind is KeyKind.MASTER and step is not RotationStep.PREPARE
    rewrapped = rewrap(owner_url, settings.key_provider()) if is_due else {}
    if step is RotationStep.FINISH:
        files.second.unlink(missing_ok=True)
    return Rotation(
        kind=kind,
        step=step,
        key_id=id_of_file(kind, files.own),
        second_key_id=id_of_file(kind, files.second),
        recorded_by=actor,
        second_file=files.second,
        rewrapped=rewrapped,
    )


def rewrap_by_given_key(settings: Settings, *, reason: str) -> Rotation:
    """Wrap all keys by a master key that comes from a variable or a program, after it is recorded.

    Args:
        settings: Give the new key, and as the second one the key before.
        reason: Why, for the record.

    Raises:
        VaultLocked: Neither key opens what is wrapped.
        StoreUnavailable, SchemaOutdated, DatabaseRightMissing: It can't be recorded; nothing was done.
    """
    url, actor = _recording_url(settings), f"{MACHINE}{getpass.getuser()}"
    owner_url, provider = settings.required_database_url_of(DatabaseRole.OWNER), settings.key_provider()
    change = KeyChange(
        key=KeyKind.MASTER, act=KeyAct.ROTATED, key_id="", previous_key_id="", actor=actor, reason=reason
    )
    record_key_change(url, change)
    return Rotation(
        kind=KeyKind.MASTER,
        step=RotationStep.SWITCH,
        key_id="",
        second_key_id="",
        recorded_by=actor,
        second_file=Path(),
        rewrapped=rewrap(owner_url, provider),
    )


def rotate_seal_keys(settings: Settings, *, overlap: timedelta, is_compromised: bool, reason: str) -> KeyRing:
    """Make a new pair of keys of seals, after it is recorded; the sealer signs with it from its next seal on.

    Args:
        settings: Name the file and the database.
        overlap: How long the earlier pairs go on signing.
        is_compromised: They stop at once, and nobody believes them.
        reason: Why, for the record.

    Raises:
        SealKeyUnusable: There is no file of keys, or it can't be used.
        StoreUnavailable, SchemaOutdated, DatabaseRightMissing: It can't be recorded; nothing was done.
    """
    path, now = settings.seal_key_path(), datetime.now(tz=UTC)
    before = read_key_ring(path)
    after = before.rotated(now, overlap=overlap, is_compromised=is_compromised)
    change = KeyChange(
        key=KeyKind.SEAL,
        act=KeyAct.WITHDRAWN if is_compromised else KeyAct.ROTATED,
        key_id=_ring_id(after),
        previous_key_id=_ring_id(before),
        actor=f"{MACHINE}{getpass.getuser()}",
        reason=reason,
    )
    record_key_change(_recording_url(settings), change)
    write_key_ring(path, after)
    return after


@dataclass(frozen=True, kw_only=True, slots=True)
class _Files:
    """The two files of a key that is rolled."""

    kind: KeyKind
    own: Path
    second: Path

    def ids_after(self, step: RotationStep, fresh: bytes) -> tuple[str, str]:
        """Return the ids of the key that a step is about, and of the one beside it."""
        own, second = id_of_file(self.kind, self.own), id_of_file(self.kind, self.second)
        if step is RotationStep.PREPARE:
            return key_id(self.kind, fresh), own
        return (second, own) if step is RotationStep.SWITCH else (own, second)

    def do(self, step: RotationStep, fresh: bytes) -> None:
        """Change the files as a step does; the end of the earlier key is the caller's."""
        if step is RotationStep.PREPARE:
            write_once(self.second, fresh)
        elif step is RotationStep.SWITCH:
            kept = self.second.with_name(f"{self.second.name}.old")
            kept.unlink(missing_ok=True)
            kept.hardlink_to(self.own)
            self.second.replace(self.own)
            kept.replace(self.second)


def _require_turn(files: _Files, step: RotationStep, last: KeyChange | None) -> None:
    """Refuse a step out of order; one that was recorded and not done can be repeated.

    Raises:
        InvalidInput: Another step is due.
    """
    has_own, has_second = files.own.exists(), files.second.exists()
    if not has_own:
        raise InvalidInput(
            field="KEY",
            value=Words(f"{files.kind}, and there is no {files.own}"),
            allowed="a key that is there",
            remedy=f"Make it first: planswitch keys create {files.kind}",
        )
    due = _NEXT.get(None if last is None else last.act, RotationStep.PREPARE)
    if not has_second:
        due = RotationStep.PREPARE
    elif last is not None and last.act is KeyAct.SWITCHED:
        is_undone = id_of_file(files.kind, files.own) == last.previous_key_id
        due = RotationStep.SWITCH if is_undone else due
    elif last is None or last.act is KeyAct.FINISHED:
        # Somebody put the second one there by hand, or its end was recorded and not done.
        due = RotationStep.SWITCH if last is None else RotationStep.FINISH
    if step is not due:
        raise InvalidInput(
            field="--step",
            value=step.value,
            allowed=f"{due.value}, which comes next for the {files.kind} key",
            remedy=f"planswitch keys rotate {files.kind} --step {due} --reason TEXT"
            " (docs/keys.md says what must be restarted before).",
        )


def _require_file(settings: Settings, kind: KeyKind) -> None:
    """Refuse to make or exchange a key that does not come from a file.

    Raises:
        InvalidInput: A variable or a program gives it.
    """
    source = outside_source(settings, kind)
    if source:
        raise InvalidInput(
            field=source,
            value=Words("set"),
            allowed="no setting but that of a file",
            remedy=f"Make and exchange the {kind} key where {source} gets it from (docs/keys.md#sources).",
        )


def _recording_url(settings: Settings) -> str:
    """Return where an act is recorded: as worker or console, else as the owner."""
    if settings.database_url.get_secret_value():
        return settings.required_database_url()
    return settings.required_database_url_of(DatabaseRole.OWNER)


def _ring_id(ring: KeyRing) -> str:
    return ring.pairs[-1].verifier_keys[0].key_id.hex()
