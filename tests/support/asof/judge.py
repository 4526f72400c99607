"""Holds the states that the record gives back against those that were live, at every event of a switch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from eventsourcing.domain import DomainEvent

from audit.asof.states import SwitchAt, state_at
from audit.asof.switch_record import SwitchRecord, switch_record
from audit.asof.users import users_at
from domain.kernel.errors import UnknownSwitch
from domain.subscriptions.subscription import Subscription
from domain.switch.events import SwitchRequested
from store.switch_store import SwitchStore
from tests.support.asof.live_states import LiveStates
from tests.support.asof.live_users import LiveUsers, holding_of_plans, live_users

#: Locks of the organization -> attribute of the live aggregate.
_LOCKS = {
    "organization": "live_switch",
    "commerce": "commerce_lock",
    "administration": "administration_lock",
}


@dataclass(kw_only=True)
class Judge:
    """One switch of one world.

    Args:
        store: Where it is recorded.
        journal: Of the sandbox that it called.
        live: What was captured.
        switch_id: Whole id of the switch.
    """

    store: SwitchStore
    journal: Path
    live: LiveStates
    switch_id: str
    #: What was compared, how often: versions, aggregates, users, and users whom the record learned of later.
    counts: Counter[str] = field(default_factory=Counter)

    def problems(self) -> list[str]:
        """Return where a state that the record gives back is not the one that was live."""
        try:
            record = switch_record(self.store, self.switch_id)
        except UnknownSwitch:
            return []
        since = self.live.journal_bytes(id(self.store.application), record.events[0].id)
        users = live_users(self.journal, record.organization_id, since=since)
        told: list[str] = []
        store = id(self.store.application)
        postings = state_at(self.store, record, record.head).journal.postings
        for logged in record.events:
            state = state_at(self.store, record, logged.id)
            so_far = tuple(each for each in postings if each.position <= logged.id)
            if state.journal.postings != so_far and self.live.is_whole_save(store, logged.id):
                told.append(f"at {logged.id} ({logged.topic}): the journal is not that of the end so far")
            self.counts["versions"] += 1
            told += [f"at {logged.id} ({logged.topic}): {each}" for each in self._aggregates(record, state)]
            told += [f"at {logged.id} ({logged.topic}): {each}" for each in self._users(record, state, users)]
        return told

    def _aggregates(self, record: SwitchRecord, state: SwitchAt) -> Iterator[str]:
        """Compare every stream at one place of the log, and what is told of locks and stage."""
        for stream_id, events in record.streams.items():
            version = sum(each.id <= state.position for each in events)
            live = self.live.states.get((stream_id, version))
            rebuilt = record.aggregate_at(stream_id, state.position)
            if rebuilt is None:
                continue
            if live is None:
                yield f"nothing live was captured of {type(rebuilt).__name__} {stream_id} at {version}"
                continue
            self.counts["aggregates"] += 1
            public = {name: value for name, value in vars(rebuilt).items() if not name.startswith("_")}
            yield from _differing(f"{type(rebuilt).__name__}@{version}", plain(live), plain(public))
            yield from self._told(state, live)

    def _told(self, state: SwitchAt, live: dict[str, Any]) -> Iterator[str]:
        if "live_switch" in live:
            held = {name for name, attribute in _LOCKS.items() if live[attribute] is not None}
            if {each.lock for each in state.locks} != held:
                yield f"locks {state.locks} are told, {held} were held"
        switch = live.get("switches", {}).get(self.switch_id)
        if switch is not None and state.stage != switch.stage:
            yield f"stage {state.stage} is told, {switch.stage} was live"

    def _users(self, record: SwitchRecord, state: SwitchAt, users: LiveUsers) -> Iterator[str]:
        """Compare users with the sandbox's journal as it was when the event was acknowledged."""
        page = users_at(self.store, record, state.position)
        total = page.total or 0
        if total != state.users.known or len(page.users) != total:
            yield f"{len(page.users)} users are listed, {total} counted and {state.users.known} told"
        offset = self.live.journal_bytes(id(self.store.application), state.position)
        source_plan, target_plan = _plans(record)
        for each in page.users:
            history = users.histories.get(each.directory_id)
            if history is None or each.directory_id in users.left_out:
                self.counts["users_left_out"] += 1
                continue
            plans = {"source_plan": source_plan, "target_plan": target_plan}
            is_last = state.position == record.events[-1].id
            if each.holds is holding_of_plans(history.at(offset), **plans):
                self.counts["users"] += 1
            elif is_last or each.holds not in {
                holding_of_plans(held, **plans) for held in history.up_to(offset)
            }:
                yield f"user {each.directory_id} holds {each.holds} by the record, not by the directory"
            else:
                # The directory has acted, and its answer is not recorded yet.
                self.counts["users_recorded_later"] += 1


def _plans(record: SwitchRecord) -> tuple[str, str]:
    requested: Any = next(
        (each.event for each in record.events if isinstance(each.event, SwitchRequested)), None
    )
    source = record.aggregate_at(record.source_stream_id or UUID(int=0), record.head)
    if requested is None or not isinstance(source, Subscription):
        return "", ""
    return source.plan_id, requested.target_plan_id


def plain(value: Any) -> Any:
    """Return a state in which equal facts are equal, whether events were just made or read from the store."""
    if isinstance(value, DomainEvent):
        facts = {name: plain(each) for name, each in vars(value).items()}
        return (type(value).__name__, facts)
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, set | frozenset):
        return sorted((plain(each) for each in value), key=repr)
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    return value


def _differing(path: str, live: Any, rebuilt: Any) -> Iterator[str]:
    if isinstance(live, dict) and isinstance(rebuilt, dict) and live.keys() == rebuilt.keys():
        for name in live:
            yield from _differing(f"{path}.{name}", live[name], rebuilt[name])
    elif live != rebuilt:
        yield f"{path}: {str(live)[:200]} was live, {str(rebuilt)[:200]} is rebuilt"
