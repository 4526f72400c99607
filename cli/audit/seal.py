"""`planswitch seal`: how the seals stand, new keys for them, and a new log after a restore."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from cli.base.client import console_client
from cli.base.options import Reason
from cli.text import answers
from cli.text.output import JsonOption, ago, fields, note, print_json, print_lines, wrapped
from cli.text.tables import table
from client.api import seals as seals_api
from domain.kernel.errors import InvalidInput
from domain.kernel.shown_values import Words

if TYPE_CHECKING:
    from pathlib import Path

    from audit.seals.keys import KeyRing
    from audit.seals.successor import NewLog

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Look after the seals of the record.")

#: As in audit/seals/keys.py, which is heavy; a test compares them.
OVERLAP_DAYS, OVERLAP_DAYS_MAX = 30, 3_650
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_FOLDER_WORDS = {
    "whole": "has this seal",
    "behind": "has an older seal: the sealer completes it, or does not work",
    "diverged": "HAS ANOTHER HISTORY: see docs/audit.md#seals, and change nothing",
    "absent": "can't be read at the console: nothing is published there",
}


@app.callback()
def seal() -> None:
    """Look after the seals of the record."""


@app.command()
def show(as_json: JsonOption = False) -> None:
    """Show the newest seal, its age, what no seal covers yet, and the keys that sign."""
    with console_client() as console:
        answer = console.ask(answers.seals.Seals, seals_api.show_seals.request())
    print_json(answer) if as_json else print_lines(_lines(answer))


@app.command()
def new_origin(
    reason: Reason,
    as_json: JsonOption = False,
) -> None:
    """Begin a new log of seals after the restore of an older database; auditors see what was lost."""
    from audit.seals.places import SealPlaces  # noqa: PLC0415 - heavy
    from ops.base.recovery import machine_actor  # noqa: PLC0415 - heavy
    from ops.base.seal_origin import begin_new_log  # noqa: PLC0415 - heavy
    from ops.base.settings import load_settings  # noqa: PLC0415 - heavy
    from ops.stack.accounts import leave_root  # noqa: PLC0415 - heavy
    from store.roles.role import DatabaseRole  # noqa: PLC0415 - beside the settings, which are heavy

    operator, settings = machine_actor(), load_settings()
    # What root writes into the folder of seals the sealer's account could not go on with.
    account = "" if settings.keep_account else leave_root(settings.data_dir, is_root_allowed=False)
    if account:
        note(account)
    places = SealPlaces(
        database_url=settings.required_database_url_of(DatabaseRole.SEALER),
        folder=settings.seals_path(),
        key_file=settings.seal_key_path(),
    )
    begun = begin_new_log(places, operator=operator, reason=reason)
    if as_json:
        print_json({"key_file": str(places.key_file), **_origin_data(begun)})
        return
    print_lines(fields(_origin_facts(begun)))
    for line in wrapped(_next_steps(places.folder, is_compromised=False), 0):
        note(line)


def _origin_data(begun: NewLog) -> dict[str, object]:
    from audit.transparency.encoding import base64_text  # noqa: PLC0415 - heavy

    leaf = begun.leaf
    former = {
        "origin": leaf.former.origin,
        "tree_size": leaf.former.size,
        "root": base64_text(leaf.former.root),
    }
    return {
        "origin": begun.origin,
        "follows": former,
        "last_event_id": leaf.last_event_id,
        "last_call_id": leaf.last_call_id,
        "operator": leaf.operator,
        "reason": leaf.reason,
        "verifier_keys": list(leaf.keys),
        "gap": None if begun.gap is None else asdict(begun.gap),
    }


def _origin_facts(begun: NewLog) -> dict[str, object]:
    former, gap = begun.leaf.former, begun.gap
    facts: dict[str, object] = {
        "new log": begun.origin,
        "follows": f"{former.origin}, {former.size:,} leaves",
        "kept": f"events up to {begun.leaf.last_event_id:,}, calls up to {begun.leaf.last_call_id:,}",
    }
    if gap is not None:
        facts["lost"] = f"{gap.lost_events:,} events, {gap.lost_calls:,} provider calls"
        if gap.first_recorded:
            facts["recorded"] = f"{gap.first_recorded} to {gap.last_recorded}"
    return facts


@app.command()
def rotate(
    *,
    overlap_days: Annotated[
        int, typer.Option(min=0, max=OVERLAP_DAYS_MAX, help="Days for which the old keys go on signing.")
    ] = OVERLAP_DAYS,
    compromised: Annotated[
        bool,
        typer.Option("--compromised", help="The old keys are known to others: nobody believes them now."),
    ] = False,
    lost: Annotated[
        bool, typer.Option("--lost", help="All copies of the key file are lost: begin a new one.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Make a new pair of keys in the key file of this machine; the sealer signs with it at once."""
    from audit.seals.keys import read_key_ring, write_key_ring  # noqa: PLC0415 - heavy
    from ops.base.settings import load_settings  # noqa: PLC0415 - heavy

    settings, now = load_settings(), datetime.now(tz=UTC)
    path = settings.seal_key_path()
    if lost:
        ring = _successor(path, settings.seals_path(), now)
    else:
        overlap = timedelta(days=overlap_days)
        ring = read_key_ring(path).rotated(now, overlap=overlap, is_compromised=compromised)
    write_key_ring(path, ring)
    pair = ring.pairs[-1]
    if as_json:
        keys = [key.text() for key in pair.verifier_keys]
        print_json({"key_file": str(path), "origin": ring.origin, "verifier_keys": keys})
        return
    ids = ", ".join(key.key_id.hex() for key in pair.verifier_keys)
    print_lines(fields({"log": ring.origin, "new keys": ids, "key file": path}))
    for line in wrapped(_next_steps(settings.seals_path(), is_compromised=compromised), 0):
        note(line)


def _successor(path: Path, folder: Path, now: datetime) -> KeyRing:
    """Return the keys that go on where others were lost.

    Raises:
        InvalidInput: The keys are not lost, or there is no log to go on with.
    """
    from audit.seals.folder import POLICY_PATH, SealFolder  # noqa: PLC0415 - heavy
    from audit.seals.keys import successor_ring  # noqa: PLC0415 - heavy
    from audit.transparency.policies import parse_policy  # noqa: PLC0415 - heavy

    policy = SealFolder(folder).read(POLICY_PATH)
    if path.exists():
        raise InvalidInput(
            field="--lost",
            value=Words(f"given, and {path} is there"),
            allowed="a place without a key file",
            remedy="Leave --lost out to rotate the keys that are there.",
        )
    if policy is None:
        raise InvalidInput(
            field="the folder of seals",
            value=folder,
            allowed="the folder with the policy of the log",
            remedy="Bring the folder back first (PLANSWITCH_SEALS_FOLDER).",
        )
    return successor_ring(parse_policy(policy), now)


def _next_steps(folder: Path, *, is_compromised: bool) -> str:
    at_once = "The old keys sign nothing more, and are erased. " if is_compromised else ""
    return (
        f"{at_once}Give auditors the new policy, {folder / 'policy'}, once the sealer has written it, and "
        "copy the key file to where you keep your keys."
    )


def _lines(answer: answers.seals.Seals) -> list[str]:
    unsealed = f"{answer.unsealed_events:,} events, {answer.unsealed_calls:,} provider calls"
    newest = answer.newest
    if newest is None:
        is_late = answer.unsealed_events + answer.unsealed_calls > 0
        remedy = "what to do: `planswitch doctor` says whether the sealer works"
        return [
            *fields({"seals": "none yet", "unsealed": unsealed}),
            *(wrapped(remedy, 0) if is_late else []),
        ]
    facts = {
        "log": newest.origin,
        "newest seal": f"{ago(newest.sealed_at)}, {_age(newest.age_seconds)} ago",
        "leaves": f"{newest.tree_size:,}",
        "root": newest.root,
        "unsealed": unsealed,
        "folder": _FOLDER_WORDS[answer.folder],
    }
    rows = [(key.key_id, key.kind, "yes" if key.signs else "no") for key in answer.keys]
    keys = ["", *table(["KEY", "KIND", "SIGNS"], rows)] if rows else []
    return [*fields(facts), *keys]


def _age(seconds: float) -> str:
    if seconds < 2 * _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < 2 * _HOUR:
        return f"{seconds / _MINUTE:.0f} min"
    return f"{seconds / _HOUR:.0f} h" if seconds < 2 * _DAY else f"{seconds / _DAY:.0f} days"
