"""What became of each user of a switch and of their services: page by page, in sums, and who is waited for.

See switch#the-outcome-of-each-user, switch#services and rules#license-failures.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from audit.users.drift import is_told, newest_pass, words_of
from domain.catalog.catalog import Catalog, load_catalog
from domain.kernel.errors import InvalidInput
from domain.licenses.holdings import is_way_back, shown_outcome
from domain.licenses.license_failures import VendorWords, explained_failure
from domain.licenses.move import GroupMoved, MoveRow
from domain.operator.operator_commands import remedy_now
from domain.subscriptions.subscription import Subscription
from domain.switch.move_events import DriftFound
from domain.switch.stage import TERMINAL
from domain.switch.switch_state import SwitchState
from providers.transport.redacted_text import named_text
from store.record.logs import ChunkTime
from store.switch_store import SwitchStore

if TYPE_CHECKING:
    from audit.story.show import SwitchAudit


#: Users of one page at most.
PAGE_MAX = 1_000
_CURSOR = ":"
_UNTRIED = "drift"
#: Services of a user that are counted, by the name of the column.
_COUNTED = ("kept", "no_counterpart", "newly_granted", "dependents")


@dataclass(frozen=True, kw_only=True, slots=True)
class UserOutcome:
    """The newest outcome of one user."""

    user_key: str
    #: The directory's id, "" for a person who was erased.
    directory_id: str
    #: Pass that dealt with the user last: move, groups-1, return-1 and so on.
    pass_name: str
    #: moved, returned, failed, skipped, gone, ...; `drift` for a user of the roster who was in no pass.
    outcome: str
    #: What was changed by hand, by the name of its count, such as licenses_removed; "" where nothing was.
    drift: str
    drift_message: str
    drift_remedy: str
    #: Code of rules#license-failures for why a user was not moved, and the vendor's word for it; or "".
    error: str
    vendor_code: str
    #: The directory's own code and text without personal data, and by what its support finds the answer.
    code: str
    text: str
    request_id: str
    message: str
    remedy: str
    #: Passes that tried it, and when the newest had; None: none did.
    tries: int
    last_tried_at: datetime | None
    #: Services that were switched off, by name: still off, not in the new plan; and those that are new.
    kept: tuple[str, ...]
    no_counterpart: tuple[str, ...]
    newly_granted: tuple[str, ...]
    #: Services of the new plan that went off with others, as nothing that they need is on.
    dependents: tuple[str, ...]
    #: Usage location that the directory was asked to set, as the user had none; it stays. "": none.
    usage_location: str


@dataclass(frozen=True, kw_only=True, slots=True)
class UserPage:
    """One page of users."""

    users: tuple[UserOutcome, ...]
    #: Where the next page begins; "" after the last.
    next_cursor: str
    #: Users on all pages; None: they were not to be counted.
    total: int | None


def user_outcomes(
    store: SwitchStore,
    source: Subscription,
    switch_id: str,
    *,
    catalog: Catalog,
    cursor: str = "",
    limit: int = PAGE_MAX,
    is_counted: bool = True,
    times: PassTimes | None = None,
) -> UserPage:
    """List what became of each user, pass by pass; each user once, with the newest outcome.

    Args:
        store: The event store.
        source: The subscription that the switch left.
        switch_id: Whole id of the switch.
        catalog: Where services have their names.
        cursor: What the page before gave, "" for the first.
        limit: Users of a page, 1 to PAGE_MAX.
        is_counted: Count the users on all pages.
        times: What the pages before have read; None for a page by itself.

    Raises:
        InvalidInput: Cursor or limit can't be used.
        UnknownSwitch: The source has no such switch.
    """
    newest = newest_pass(state := source.switch(switch_id))
    # As the oldest of all: it lists by itself only users who were in no pass of moves.
    passes = [*([newest] if newest else []), *state.chunks]
    rows = _newest_rows(store, switch_id, passes, cursor, _checked(limit))
    keys = [row.user_key for _, row in rows]
    names = store.vault.directory_ids(source.organization_id, keys)
    drift = _drift(store, switch_id, keys, newest) if state.has(DriftFound) else {}
    tried = _tried(store, state, rows, times)
    users = [
        _outcome(
            name,
            row,
            names.get(row.user_key, ""),
            catalog,
            drift=drift.get(row.user_key, ""),
            tried=tried(name, row),
            state=state,
            words=store.words,
        )
        for name, row in rows
    ]
    total = store.count_users(switch_id, passes) if is_counted else None
    return UserPage(users=tuple(users), next_cursor=_next(rows, limit), total=total)


def _next(rows: Sequence[tuple[str, MoveRow]], limit: int) -> str:
    """Return where the page behind these rows begins; "" where there is none."""
    return f"{rows[-1][0]}{_CURSOR}{rows[-1][1].position}" if len(rows) == limit else ""


def _checked(limit: int) -> int:
    if not 0 < limit <= PAGE_MAX:
        raise InvalidInput(field="limit", value=limit, allowed=f"1 to {PAGE_MAX}")
    return limit


def _tried(
    store: SwitchStore, state: SwitchState, rows: Sequence[tuple[str, MoveRow]], times: PassTimes | None
) -> Callable[[str, MoveRow], tuple[int, datetime | None]]:
    """Return what tells how many passes tried a user, and when the newest had.

    More than one did only where the newest is not the first.
    """
    passes, times = list(state.chunks), times or PassTimes(store=store, switch_id=state.switch_id)
    times.begin_page()
    again = store.tries(state.switch_id, [row.user_key for name, row in rows if name in passes[1:]], passes)

    def tried(name: str, row: MoveRow) -> tuple[int, datetime | None]:
        if name not in passes:
            return 0, None
        return again.get(row.user_key, 1), times.at(name, row.position)

    return tried


def _newest_rows(
    store: SwitchStore, switch_id: str, passes: Sequence[str], cursor: str, limit: int
) -> list[tuple[str, MoveRow]]:
    """Return the rows of a page, each with the name of its pass."""
    newest: list[tuple[str, MoveRow]] = []
    for name, after in _places(passes, cursor):
        rows = store.last_outcomes(switch_id, passes, name, after_position=after, limit=limit - len(newest))
        newest += [(name, row) for row in rows]
        if len(newest) == limit:
            break
    return newest


def _drift(store: SwitchStore, switch_id: str, user_keys: Sequence[UUID], newest: str) -> dict[UUID, str]:
    """Return what was changed by hand of each user, where it still counts."""
    drifted = store.drifted_users(switch_id, user_keys)
    return {key: kind for key, (name, kind) in drifted.items() if is_told(kind, name, newest)}


def _places(passes: Sequence[str], cursor: str) -> list[tuple[str, int]]:
    """Return the passes that are left, each with the position after which it goes on."""
    if not cursor:
        return [(name, -1) for name in passes]
    name, _, position = cursor.rpartition(_CURSOR)
    if name not in passes or not position.isdecimal():
        raise InvalidInput(field="after", value=cursor, allowed="what the page before gave as `next`")
    later = passes[passes.index(name) + 1 :]
    return [(name, int(position)), *((each, -1) for each in later)]


def _outcome(
    pass_name: str,
    row: MoveRow,
    directory_id: str,
    catalog: Catalog,
    *,
    drift: str,
    tried: tuple[int, datetime | None],
    state: SwitchState,
    words: VendorWords,
) -> UserOutcome:
    services = _services(catalog, row.from_plan, row.to_plan)
    failure = None
    if row.error:
        failure = explained_failure(row.error, row.text, catalog, services=row.dependents)
    drift_message, drift_remedy = words_of(drift)
    # Nobody is to do anything for them any more.
    is_left = str(row.user_key) in state.skipped_users and row.outcome == "failed"
    outcome = "skipped" if is_left else shown_outcome(pass_name, row.outcome)
    return UserOutcome(
        user_key=str(row.user_key),
        directory_id=directory_id,
        pass_name=pass_name,
        outcome=_UNTRIED if row.outcome == drift else outcome,
        drift=drift,
        drift_message=drift_message,
        drift_remedy=drift_remedy,
        error=row.error,
        vendor_code=words.word_of(row.error),
        code=row.code,
        text=named_text(row.text, catalog),
        request_id=row.request_id,
        message=failure.message if failure else "",
        remedy=remedy_now(failure.remedy, state) if failure and not is_left else "",
        tries=tried[0],
        last_tried_at=tried[1],
        kept=_names(row.kept, services),
        no_counterpart=_names(row.no_counterpart, services),
        newly_granted=_names(row.newly_granted, services),
        dependents=_names(row.dependents, services),
        usage_location=state.usage_locations.get(str(row.user_key), ""),
    )


def _names(service_plan_ids: Sequence[str], services: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted(services.get(each, each) for each in service_plan_ids))


def _services(catalog: Catalog, *plan_ids: str) -> dict[str, str]:
    """Return id -> name of the services of some plans; a plan that the catalog no longer has tells none."""
    plans = [plan for plan in catalog.plans if plan.plan_id in plan_ids]
    return {each.service_plan_id: each.name for plan in plans for each in plan.service_plans}


@dataclass(frozen=True, kw_only=True, slots=True)
class UnresolvedUser:
    """One user whom the switch waits for."""

    #: The directory's id, or "" for a person who was erased.
    directory_id: str
    user_key: str
    #: Code of rules#license-failures, and the vendor's word for it, or "".
    error: str
    vendor_code: str
    #: The directory's own code and text without personal data, and by what its support finds the answer.
    code: str
    text: str
    request_id: str
    message: str
    #: In words of what the switch takes now; "" where it has ended: nobody tries again.
    remedy: str
    #: Passes that tried it, and when the newest had; None: the record does not tell.
    tries: int
    last_tried_at: datetime | None
    #: Trying again may help although nobody has mended anything.
    is_retryable: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class FailedUser(UnresolvedUser):
    """One user who could not be moved, and what a skip would mean for them."""

    switch_id: str
    #: Plan that keeps the data services without the old one; "" where there is none.
    kept_plan_id: str
    loses_license: bool
    #: The directory does not have them any more.
    is_gone: bool


def unresolved_users(store: SwitchStore, source: Subscription, switch_id: str) -> tuple[UnresolvedUser, ...]:
    """List the users whom no pass could move so far and nobody skipped, in the order of their error.

    Raises:
        UnknownSwitch: The source has no such switch.
    """
    state = source.switch(switch_id)
    is_ended = state.stage in TERMINAL
    failed = store.unresolved_users(switch_id, list(state.chunks))
    refused = {key: each for key, each in failed.items() if str(key) not in state.skipped_users}
    names = store.vault.directory_ids(source.organization_id, list(refused)) if refused else {}
    catalog, times = load_catalog(), PassTimes(store=store, switch_id=switch_id)
    users = [
        UnresolvedUser(
            directory_id=names.get(user_key, ""),
            user_key=str(user_key),
            error=each.error,
            vendor_code=store.words.word_of(each.error),
            code=each.code,
            text=named_text(each.text, catalog),
            request_id=each.request_id,
            message=failure.message,
            remedy=remedy_now(failure.remedy, state),
            tries=each.tries,
            last_tried_at=times.at(each.pass_name, each.position),
            is_retryable=failure.is_retryable and not is_ended,
        )
        for user_key, each in refused.items()
        for failure in (explained_failure(each.error, each.text, catalog, services=each.dependents),)
    ]
    return tuple(sorted(users, key=lambda user: (user.error, user.text, user.directory_id)))


@dataclass(kw_only=True)
class PassTimes:
    """When each chunk of the passes of a switch was recorded.

    A pass is read when it is asked for, and again where a chunk may have been recorded meanwhile, once for
    a page at most: a long list would otherwise read the whole pass for each of its pages.
    """

    store: SwitchStore
    switch_id: str
    _chunks: dict[str, tuple[ChunkTime, ...]] = field(default_factory=dict)
    _read: set[str] = field(default_factory=set)

    def begin_page(self) -> None:
        """Let each pass be read once more."""
        self._read.clear()

    def at(self, pass_name: str, position: int) -> datetime | None:
        """Return when the pass had dealt with the user at a position; None: no chunk tells."""
        if pass_name not in self._read and not self._is_sure(pass_name, position):
            self._read.add(pass_name)
            self._chunks[pass_name] = self.store.chunk_times(self.switch_id, pass_name)
        place = self._place(pass_name, position)
        return self._chunks[pass_name][place].at.astimezone(UTC) if place >= 0 else None

    def _place(self, pass_name: str, position: int) -> int:
        """Return the chunk that begins last: chunks follow each other by position; -1: none does."""
        chunks = self._chunks.get(pass_name, ())
        return bisect_right(chunks, position, key=lambda each: each.first_position) - 1

    def _is_sure(self, pass_name: str, position: int) -> bool:
        """Tell whether no chunk can have been recorded meanwhile between this one and the next."""
        chunks, place = self._chunks.get(pass_name, ()), self._place(pass_name, position)
        is_inside = 0 <= place < len(chunks) - 1
        return is_inside and chunks[place + 1].number == chunks[place].number + 1


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceSettings:
    """Totals over users; each setting is one service that one user had switched off."""

    #: Users whose license moved.
    users: int
    #: Switched off before, and still.
    kept: int
    #: The new plan does not have the service.
    no_counterpart: int
    #: Services that are switched on now and were not before.
    newly_granted: int
    #: Switched off with others, as nothing that they need is on.
    dependents: int


def service_settings_of(store: SwitchStore, audit: SwitchAudit) -> ServiceSettings:
    """Count the settings of every user whom a pass moved."""
    names = (str(entry.facts["pass_name"]) for entry in audit.events if entry.event == GroupMoved.TOPIC)
    return counted_settings(store, audit.switch_id, names)


def counted_settings(store: SwitchStore, switch_id: str, pass_names: Iterable[str]) -> ServiceSettings:
    """Count the settings of every user whom one of the passes moved to the new plan.

    Args:
        store: The event store.
        switch_id: Whole id of the switch.
        pass_names: Passes of the switch; one that is named again counts once, and one of the way back never.
    """
    counts: Counter[str] = Counter()
    for name in dict.fromkeys(each for each in pass_names if not is_way_back(each)):
        for row in _rows(store, switch_id, name):
            if row.outcome == "moved":
                counts["users"] += 1
                counts.update({each: len(getattr(row, each)) for each in _COUNTED})
    return ServiceSettings(**{each: counts[each] for each in ("users", *_COUNTED)})


def _rows(store: SwitchStore, switch_id: str, pass_name: str) -> Iterable[MoveRow]:
    after = -1
    while page := store.license_rows(switch_id, pass_name, after_position=after):
        yield from page
        after = page[-1].position
