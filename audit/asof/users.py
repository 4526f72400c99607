"""Who held which plan as of a place in the log: from the roster and the rows of the passes up to there.

Rows have no place in the log of their own: they count from the event of their chunk on. Neighboring chunks of
a pass are one part, so that 300,000 users need few of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from audit.asof.switch_record import SwitchRecord
from domain.kernel.errors import InvalidInput
from domain.licenses.drift import drift_pass
from domain.licenses.holdings import Holding, holding_of
from domain.licenses.move import GroupMoved
from domain.switch.move_events import DriftFound, LicenseMoveStarted
from store.record.holdings import POSITION_END, ListedUser, PassPart, RecordedParts, UserRecord
from store.record.notifications import StoredNotification
from store.switch_store import SwitchStore

#: Users of one page at most.
PAGE_MAX = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class UserTotals:
    """How many users held what; `known` is everyone whom the record knew."""

    known: int = 0
    old_plan: int = 0
    new_plan: int = 0
    both_plans: int = 0
    #: Somebody took both licenses away.
    neither_plan: int = 0
    #: The directory did not have them any more.
    gone: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class UserAt:
    """One user at a moment, and at an earlier one where two are compared."""

    user_key: str
    #: The directory's id; "" of a person who was erased.
    directory_id: str
    holds: Holding
    #: None: the record did not know the user, or nothing is compared.
    held_before: Holding | None
    #: Pass whose row tells it; "": the roster, or a pass that could not move the user.
    pass_name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class UsersAt:
    """One page of users."""

    users: tuple[UserAt, ...]
    #: Where the next page begins; "" after the last.
    next_cursor: str
    #: Users on all pages; None of a page that follows another one, and where there is nobody.
    total: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class UserMove:
    """Users who held one thing at a moment and another one later."""

    #: None: the record did not know them yet.
    before: Holding | None
    after: Holding
    users: int


def totals_at(store: SwitchStore, record: SwitchRecord, position: int) -> UserTotals:
    """Count the users by what they held at a place in the log."""
    parts = _parts(record, position)
    if parts is None:
        return UserTotals()
    counts: Counter[str] = Counter()
    for each, users in store.user_counts(parts).items():
        counts[_late(each)] += users
    return UserTotals(known=counts.total(), **counts)


def moves_between(store: SwitchStore, record: SwitchRecord, earlier: int, later: int) -> tuple[UserMove, ...]:
    """Count the users who held another thing at the later of two places in the log."""
    parts = _parts(record, later, earlier=earlier)
    if parts is None:
        return ()
    counts: Counter[tuple[Holding | None, Holding]] = Counter()
    for each, users in store.user_counts(parts).items():
        if _early(each) is not _late(each):
            counts[_early(each), _late(each)] += users
    return tuple(
        UserMove(before=before, after=after, users=users)
        for (before, after), users in sorted(counts.items(), key=lambda each: (each[0][0] or "", each[0][1]))
    )


def users_at(
    store: SwitchStore,
    record: SwitchRecord,
    position: int,
    *,
    earlier: int | None = None,
    cursor: str = "",
    limit: int = PAGE_MAX,
) -> UsersAt:
    """Return one page of users at a place in the log, in the order of their keys.

    Args:
        store: The event store.
        record: Events of the switch.
        position: The place in the log.
        earlier: Only users who held another thing at this place; None: everyone.
        cursor: What the page before gave, "" for the first.
        limit: Users of a page, 1 to PAGE_MAX.

    Raises:
        InvalidInput: Cursor or limit can't be used.
    """
    after = _after(cursor)
    if not 0 < limit <= PAGE_MAX:
        raise InvalidInput(field="limit", value=limit, allowed=f"1 to {PAGE_MAX}")
    parts = _parts(record, position, earlier=earlier)
    if parts is None:
        return UsersAt(users=(), next_cursor="", total=None)
    # Each count looks at everyone: what the first page has counted is not counted again.
    counts = store.user_counts(parts) if earlier is not None or not cursor else {}
    only = None if earlier is None else [each for each in counts if _early(each) is not _late(each)]
    page = store.user_page(parts, after=after, limit=limit, only=only)
    names = store.vault.directory_ids(record.organization_id, [each.user_key for each in page])
    passes = {each.rank: each.pass_name for each in parts.parts}
    return UsersAt(
        users=tuple(_user(each, names, passes, is_compared=earlier is not None) for each in page),
        next_cursor=str(page[-1].user_key) if len(page) == limit else "",
        total=sum(users for each, users in counts.items() if only is None or each in only) or None,
    )


def _user(row: ListedUser, names: dict[UUID, str], passes: dict[int, str], *, is_compared: bool) -> UserAt:
    return UserAt(
        user_key=str(row.user_key),
        directory_id=names.get(row.user_key, ""),
        holds=_late(row.record),
        held_before=_early(row.record) if is_compared else None,
        pass_name=passes.get(row.rank, ""),
    )


def _late(record: UserRecord) -> Holding:
    return holding_of(record.late, is_on_roster=record.is_on_roster, held_target=record.held_target)


def _early(record: UserRecord) -> Holding | None:
    if record.early is None:
        return None
    return holding_of(record.early, is_on_roster=record.is_on_roster, held_target=record.held_target)


def _after(cursor: str) -> UUID:
    try:
        return UUID(cursor) if cursor else UUID(int=0)
    except ValueError as error:
        allowed = "what the page before gave as `next`"
        raise InvalidInput(field="after", value=cursor, allowed=allowed) from error


def _parts(record: SwitchRecord, position: int, *, earlier: int | None = None) -> RecordedParts | None:
    """Return which rows count at a place in the log; None while the switch has touched nobody."""
    first = record.source_opened
    if first is None or first.id > position:
        return None
    early = position if earlier is None else earlier
    frozen = next((each.id for each in record.events if isinstance(each.event, LicenseMoveStarted)), None)
    parts = _ranked(record, position, early)
    return RecordedParts(
        switch_id=record.switch_id,
        source_plan_id=first.event.plan_id,  # type: ignore[attr-defined]
        parts=parts,
        has_roster=frozen is not None and frozen <= position,
        has_early_roster=frozen is not None and frozen <= early,
    )


def _ranked(record: SwitchRecord, position: int, early: int) -> list[PassPart]:
    """Return the parts in the order of the log; a part ends where another pass was recorded in between."""
    ends = _chunk_ends(record)
    events = [each for each in record.events_at(position) if isinstance(each.event, GroupMoved | DriftFound)]
    parts: list[PassPart] = []
    for (name, is_early), neighbors in groupby(events, key=lambda each: (_pass_name(each), each.id <= early)):
        first_rank = len(parts) + 1
        # Chunks of one pass are of different users: among them the order of the log tells nothing.
        places = sorted(_place(each, ends) for each in neighbors)
        merged = list(_merged(places))
        parts += [
            PassPart(pass_name=name, first=first, stop=stop, rank=first_rank + number, is_early=is_early)
            for number, (first, stop) in enumerate(merged)
        ]
    return parts


def _pass_name(logged: StoredNotification) -> str:
    event = logged.event
    return event.pass_name if isinstance(event, GroupMoved) else drift_pass(logged.version)


def _place(logged: StoredNotification, ends: dict[tuple[str, int], int]) -> tuple[int, int]:
    event = logged.event
    if not isinstance(event, GroupMoved):
        return 0, POSITION_END
    return event.first_position, ends[event.pass_name, event.first_position]


def _chunk_ends(record: SwitchRecord) -> dict[tuple[str, int], int]:
    """Return pass and first position of a chunk -> where the next chunk that was recorded begins.

    Positions inside a chunk have gaps, such as users whom their group moves.
    """
    firsts: dict[str, list[int]] = {}
    for each in record.events:
        if isinstance(each.event, GroupMoved):
            firsts.setdefault(each.event.pass_name, []).append(each.event.first_position)
    ends: dict[tuple[str, int], int] = {}
    for name, positions in firsts.items():
        ordered = sorted(set(positions))
        ends |= {
            (name, first): stop for first, stop in zip(ordered, [*ordered[1:], POSITION_END], strict=True)
        }
    return ends


def _merged(places: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield neighboring places as one."""
    known: tuple[int, int] | None = None
    for first, stop in places:
        if known is not None and known[1] == first:
            known = (known[0], stop)
            continue
        if known is not None:
            yield known
        known = (first, stop)
    if known is not None:
        yield known
