"""What changed in a switch between two moments, part by part (audit#differences)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import StrEnum

from pydantic import JsonValue

from audit.asof.state_facts import Flat, flat_facts
from audit.asof.states import Role, SwitchAt, state_at
from audit.asof.switch_record import SwitchRecord
from audit.asof.users import UserMove, moves_between
from store.switch_store import SwitchStore


class Part(StrEnum):
    """Part of a state, in the order in which differences are told."""

    SWITCH = "switch"
    LOCKS = "locks"
    USERS = "users"
    JOURNAL = "journal"
    ORGANIZATION = "organization"
    SOURCE = "source"
    TARGET = "target"
    SUBSCRIPTION = "subscription"
    WAIT = "wait"
    #: How many events each stream has.
    VERSIONS = "versions"


class Change(StrEnum):
    """What became of a fact."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    #: A list: `before` holds the items that left, `after` those that came.
    ITEMS = "items"


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """One fact that is not the same at both moments."""

    part: Part
    #: Path of the fact inside its part, such as `recorded.subscription.cancelled`.
    fact: str
    change: Change
    before: JsonValue
    after: JsonValue


@dataclass(frozen=True, kw_only=True, slots=True)
class MomentAt:
    """One of the two moments."""

    position: int
    version: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Differences:
    """Everything that is not the same at two moments of a switch."""

    switch_id: str
    organization_id: str
    #: None: before its first event.
    earlier: MomentAt | None
    later: MomentAt
    differences: tuple[Difference, ...]
    #: Users who held another thing, by what they held.
    moves: tuple[UserMove, ...]


def differences_between(
    store: SwitchStore, record: SwitchRecord, before: int | None, after: int
) -> Differences:
    """Compare a switch at two places in the log; the earlier one is told first, whichever was asked first.

    Args:
        store: The event store.
        record: Events of the switch.
        before: A place in the log; None: before the first event of the switch.
        after: Another place.
    """
    earlier, later = (before, after) if before is None else (min(before, after), max(before, after))
    state = state_at(store, record, later)
    return comparison_of(
        state_at(store, record, earlier) if earlier is not None else None,
        state,
        moves_between(store, record, earlier or 0, later),
    )


def comparison_of(earlier: SwitchAt | None, later: SwitchAt, moves: tuple[UserMove, ...]) -> Differences:
    """Compare two states of a switch.

    Args:
        earlier: None: nothing was recorded yet.
        later: The other state.
        moves: Users who held another thing.
    """
    old, new = (_facts(earlier) if earlier else {}), _facts(later)
    return Differences(
        switch_id=later.switch_id,
        organization_id=later.organization_id,
        earlier=MomentAt(position=earlier.position, version=earlier.version) if earlier else None,
        later=MomentAt(position=later.position, version=later.version),
        differences=tuple(
            each for part in Part for each in _differences(part, old.get(part, {}), new.get(part, {}))
        ),
        moves=moves,
    )


def _facts(state: SwitchAt) -> dict[Part, Flat]:
    facts: dict[Part, Flat] = {
        Part.SWITCH: flat_facts(state.switch),
        Part.LOCKS: {},
        Part.USERS: {each.name: getattr(state.users, each.name) for each in fields(state.users)},
        Part.JOURNAL: {account: str(amount) for account, amount in state.journal.balances.items()},
        Part.VERSIONS: {},
    }
    for lock in state.locks:
        facts[Part.LOCKS][f"{lock.lock}.held_by"] = lock.switch_id or "a purchase"
        promised = lock.promised_end_at.isoformat().replace("+00:00", "Z")
        facts[Part.LOCKS][f"{lock.lock}.promised_end"] = promised
    for stream in state.streams:
        facts[Part.VERSIONS][f"{stream.role}.{stream.stream_id}"] = stream.version
        if stream.state:
            # There may be several others.
            prefix = f"{stream.stream_id}." if stream.role is Role.SUBSCRIPTION else ""
            flat = flat_facts(stream.state, prefix=prefix)
            facts.setdefault(Part(stream.role), {}).update(flat)
    return facts


def _differences(part: Part, old: Flat, new: Flat) -> Iterator[Difference]:
    for fact in dict.fromkeys((*new, *old)):
        before, after = old.get(fact), new.get(fact)
        if before == after and (fact in old) == (fact in new):
            continue
        if isinstance(before, list) and isinstance(after, list):
            left = [each for each in before if each not in after]
            came = [each for each in after if each not in before]
            yield Difference(part=part, fact=fact, change=Change.ITEMS, before=left, after=came)
            continue
        change = Change.CHANGED
        if fact not in old:
            change = Change.ADDED
        elif fact not in new:
            change = Change.REMOVED
        yield Difference(part=part, fact=fact, change=change, before=before, after=after)
