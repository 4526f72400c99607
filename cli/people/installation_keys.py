"""The keys of the installation on this machine, for `planswitch keys` (docs/keys.md), without a console."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING

from cli.text.output import fields, note, print_json, print_lines, wrapped
from cli.text.tables import table
from domain.kernel.errors import InvalidInput

if TYPE_CHECKING:
    from ops.keys.rotation import Rotation

#: As in ops/keys/kinds.py and ops/keys/rotation.py, which are heavy; a test compares them.
KINDS = ("master", "command", "seal", "callback", "operator")
STEPS = ("prepare", "switch", "finish")
_SEAL, _OPERATOR, _CALLBACK = "seal", "operator", "callback"
_OVERLAP_DAYS = 30
_VARIABLES = {_CALLBACK: "PLANSWITCH_CREDIT_SECRET_FILE", _OPERATOR: "PLANSWITCH_API_KEY_FILE"}
_NEXT = {
    "prepare": "Let every process that uses this key have {second} too. Restart console and worker, unless "
    "it is the master key, which they read by themselves. Then: planswitch keys rotate {kind} --step switch "
    "--reason TEXT",
    "switch": "Exchange the two files on every other machine as well, and restart console and worker, unless "
    "it is the master key. When nothing needs the earlier key any more (docs/keys.md#{anchor}): planswitch "
    "keys rotate {kind} --step finish --reason TEXT",
    "finish": "The earlier key is removed here. Remove it from every other machine, and keep a copy of the "
    "new one where you keep your keys.",
}
_ANCHORS = {"master": "master-key", "command": "command-key", "callback": "callback-secret"}


def is_kind(text: str) -> bool:
    """Return whether a text names a key of the installation: no id of an API key is spelled so."""
    return text in KINDS


def create(kind: str, *, as_json: bool) -> None:
    """Make the first key of a kind, and say where it is; the callback secret is printed for the bureau.

    Raises:
        InvalidInput: There is no such kind, or the key is there.
    """
    from ops.base.settings import load_settings  # noqa: PLC0415 - heavy
    from ops.keys.kinds import KeyKind  # noqa: PLC0415 - heavy
    from ops.keys.rotation import create_key  # noqa: PLC0415 - heavy

    if not is_kind(kind):
        raise InvalidInput(field="KEY", value=kind, allowed=", ".join(KINDS))
    made = create_key(load_settings(), KeyKind(kind))
    secret = made.path.read_text(encoding="utf-8") if kind == _CALLBACK else ""
    if as_json:
        shown = {"key": kind, "key_file": str(made.path), "key_id": made.key_id}
        print_json({**shown, "secret": secret} if secret else shown)
        return
    if kind in _VARIABLES:
        note(f"Set {_VARIABLES[kind]}={made.path} for the processes that use it.")
    if secret:
        note("Give the credit bureau this secret. It is shown this once:")
        print_lines([secret])
        return
    print_lines(fields({"key": kind, "id": made.key_id, "key file": made.path}))


def rotate(kind: str, *, step: str, compromised: bool, reason: str, as_json: bool) -> None:
    """Do a step of rolling a key of the installation, and say what comes next.

    Raises:
        InvalidInput: There is no such step, or it is not its turn; the kind is not rolled here.
    """
    if kind == _OPERATOR:
        raise InvalidInput(
            field="KEY",
            value=kind,
            allowed="master, command, seal, callback, or the id of an API key",
            remedy="Make API keys for people and programs (planswitch keys make); to exchange api.key, put"
            " another secret into its file and restart the consoles.",
        )
    if step and step not in STEPS:
        raise InvalidInput(field="--step", value=step, allowed=", ".join(STEPS))
    if kind == _SEAL:
        _rotate_seals(compromised=compromised, reason=reason, as_json=as_json)
        return
    _tell(kind, _rotated(kind, step or STEPS[0], reason), as_json=as_json)


def _rotated(kind: str, step: str, reason: str) -> Rotation:
    from ops.base.settings import load_settings  # noqa: PLC0415 - heavy
    from ops.keys.kinds import KeyKind, outside_source  # noqa: PLC0415 - heavy
    from ops.keys.rotation import RotationStep, rewrap_by_given_key, rotate_key  # noqa: PLC0415 - heavy

    settings, key = load_settings(), KeyKind(kind)
    is_given = key is KeyKind.MASTER and bool(outside_source(settings, key))
    if is_given and step == RotationStep.SWITCH:
        return rewrap_by_given_key(settings, reason=reason)
    return rotate_key(settings, key, step=RotationStep(step), reason=reason)


def _rotate_seals(*, compromised: bool, reason: str, as_json: bool) -> None:
    from ops.base.settings import load_settings  # noqa: PLC0415 - heavy
    from ops.keys.rotation import rotate_seal_keys  # noqa: PLC0415 - heavy

    overlap, settings = timedelta(days=_OVERLAP_DAYS), load_settings()
    ring = rotate_seal_keys(settings, overlap=overlap, is_compromised=compromised, reason=reason)
    ids = [key.key_id.hex() for key in ring.pairs[-1].verifier_keys]
    if as_json:
        print_json({"key": _SEAL, "origin": ring.origin, "key_ids": ids})
        return
    print_lines(fields({"key": _SEAL, "log": ring.origin, "new keys": ", ".join(ids)}))
    note("The sealer signs with them from its next seal on: docs/keys.md#seal-keys says what auditors get.")


def _tell(kind: str, done: Rotation, *, as_json: bool) -> None:
    # Made for the bureau, which needs it before it is used here.
    is_for_bureau = kind == _CALLBACK and done.step == STEPS[0]
    secret = done.second_file.read_text(encoding="utf-8") if is_for_bureau else ""
    if as_json:
        facts = {**asdict(done), "second_file": str(done.second_file)}
        print_json({**facts, "secret": secret} if secret else facts)
        return
    shown = {"key": kind, "step": done.step, "id": done.key_id, "second id": done.second_key_id or "-"}
    counts = ", ".join(f"{count:,} {name}" for name, count in done.rewrapped.items() if count)
    print_lines(fields({**shown, "recorded by": done.recorded_by, "wrapped anew": counts or "-"}))
    if secret:
        note("Give the credit bureau this secret: it signs with both from now on. It is shown this once:")
        print_lines([secret])
    text = _NEXT[done.step].format(kind=kind, second=done.second_file, anchor=_ANCHORS[kind])
    for line in wrapped(text, 0):
        note(line)


def list_installation(*, as_json: bool) -> None:
    """List the keys of this machine with their last recorded act."""
    from ops.base.settings import load_settings  # noqa: PLC0415 - heavy
    from ops.keys.kinds import installation_keys  # noqa: PLC0415 - heavy

    rows = installation_keys(load_settings())
    if as_json:
        print_json({"keys": [asdict(each) for each in rows]})
        return
    head = ("KEY", "ID", "SECOND", "STATE", "FROM")
    lines = [
        (each.kind, each.key_id or "-", each.second_key_id or "-", each.state, each.source) for each in rows
    ]
    print_lines(table(head, lines))
    for each in rows:
        if each.remedy:
            note(f"what to do: {each.kind}: {each.remedy}")
    note("API keys of people and programs: planswitch keys list")
