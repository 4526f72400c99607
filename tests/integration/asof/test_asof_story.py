"""A told switch, as of each of its events: locks, stage, users, journal and streams, and what changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from audit.asof.differences import Part, differences_between
from audit.asof.moments import moment_of, position_of
from audit.asof.states import Role, SwitchAt, state_at
from audit.asof.switch_record import SwitchRecord, switch_record
from audit.asof.users import UserTotals, users_at
from cli.audit.at import state_lines, user_lines
from cli.audit.diff import difference_lines
from domain.kernel.errors import InvalidInput
from domain.licenses.holdings import Holding
from domain.licenses.move import chunk_moved
from domain.requests.wait_events import EligibilityWait
from domain.requests.wait_terms import WaitTerms
from domain.switch.stage import Stage
from store.switch_store import SwitchStore
from tests.support.consoles.store_parts import open_store
from tests.support.stories.switch_story import BEGAN_AT, E1, E3, FAILED, USERS, SwitchStory, money


@pytest.fixture(name="store")
def _store(database_url: str, tmp_path: Path) -> Iterator[SwitchStore]:
    with open_store(database_url, tmp_path) as store:
        yield store


@pytest.fixture(name="story")
def _story(store: SwitchStore) -> SwitchStory:
    """Return a switch that has completed although some users could not be moved."""
    story = SwitchStory(store=store)
    story.request()
    story.order()
    story.move(failed=FAILED)
    story.finish()
    return story


@pytest.fixture(name="record")
def _record(store: SwitchStore, story: SwitchStory) -> SwitchRecord:
    return switch_record(store, story.switch_id)


def at_event(store: SwitchStore, record: SwitchRecord, topic: str) -> SwitchAt:
    """Return the state right after the only event of a topic."""
    (position,) = [each.id for each in record.events if each.topic == topic]
    return state_at(store, record, position)


def test_locks_stage_and_users_are_those_of_each_moment(store: SwitchStore, record: SwitchRecord) -> None:
    """Stage and locks are what the events had made by then; users move with the event of their chunk."""
    requested = at_event(store, record, "subscription.switch-requested")
    started = at_event(store, record, "subscription.license-move-started")
    moved = at_event(store, record, "license-move.group-moved")
    ended = state_at(store, record, record.events[-1].id)

    assert [each.stage for each in (requested, started, moved, ended)] == [
        "requested",
        "moving",
        "moving",
        "completed",
    ]
    assert [(each.lock, each.is_own) for each in started.locks] == [("organization", True)]
    assert ended.locks == ()
    assert started.users == UserTotals()
    assert moved.users == UserTotals(known=USERS, old_plan=FAILED, new_plan=USERS - FAILED)
    assert (moved.version, moved.versions) == (len(record.events_at(moved.position)), len(record.events))


def test_streams_stand_at_the_same_place_of_the_log(store: SwitchStore, record: SwitchRecord) -> None:
    """Source, target, organization and logs are rebuilt as of one position; what began later is not there."""
    requested = at_event(store, record, "subscription.switch-requested")
    # The save that ordered the target opened its stream behind the events of the source.
    ready = state_at(store, record, at_event(store, record, "subscription.replacement-ready").position + 1)
    ended = state_at(store, record, record.head)

    assert [each.role for each in requested.streams] == [Role.ORGANIZATION, Role.SOURCE]
    roles = {each.role: each for each in ended.streams}
    assert set(roles) == {Role.ORGANIZATION, Role.SOURCE, Role.TARGET, Role.LOG}
    target = next(each for each in ready.streams if each.role is Role.TARGET)
    assert (target.state["status"], target.state["subscription_id"]) == ("ordered", "")
    assert roles[Role.TARGET].state["status"] == "active"
    source = store.subscription(record.source_stream_id or record.target_stream_id)
    assert source is not None
    assert roles[Role.SOURCE].version == source.version
    assert ended.switch["stage"] == "completed"
    cancelled = next(each.id for each in record.events if each.topic == "subscription.cancelled")
    recorded = ended.switch["recorded"]
    assert isinstance(recorded, dict)
    assert recorded["subscription.cancelled"] == {
        "event": "subscription.cancelled",
        "position": cancelled,
        "version": next(each.version for each in record.events if each.id == cancelled),
    }


def test_differences_name_each_fact_that_changed(store: SwitchStore, record: SwitchRecord) -> None:
    """Between two moments every fact is told with what it was and is, by part; users by what they held."""
    started = at_event(store, record, "subscription.license-move-started").position
    moved = at_event(store, record, "license-move.group-moved").position
    told = differences_between(store, record, started, record.head)

    facts = {(each.part, each.fact): (each.before, each.after) for each in told.differences}
    assert facts[Part.SWITCH, "stage"] == ("moving", "completed")
    assert facts[Part.LOCKS, "organization.held_by"][1] is None
    assert facts[Part.USERS, "new_plan"] == (0, USERS - FAILED)
    assert [(each.before, each.after, each.users) for each in told.moves] == [
        (None, Holding.NEW, USERS - FAILED),
        (None, Holding.OLD, FAILED),
    ]
    turned = differences_between(store, record, record.head, started)
    nothing = differences_between(store, record, moved, moved)
    assert turned == told
    assert (nothing.differences, nothing.moves) == ((), ())


def test_users_are_listed_page_by_page(store: SwitchStore, record: SwitchRecord) -> None:
    """Each user stands on one page, in the order of the keys, with the pass that tells of them."""
    first = users_at(store, record, record.head, limit=USERS - 5)
    rest = users_at(store, record, record.head, cursor=first.next_cursor, limit=USERS - 5)
    before = at_event(store, record, "subscription.license-move-started").position
    changed = users_at(store, record, record.head, earlier=before, limit=USERS)

    keys = [each.user_key for each in (*first.users, *rest.users)]
    assert (first.total, len(keys), keys) == (USERS, USERS, sorted(set(keys)))
    assert rest.next_cursor == ""
    assert {each.pass_name for each in first.users + rest.users if each.holds is Holding.NEW} == {"move"}
    assert (changed.total, {each.held_before for each in changed.users}) == (USERS, {None})


def test_a_moment_is_a_place_a_number_or_an_instant(record: SwitchRecord) -> None:
    """Version N is the Nth event of the switch; an instant is the newest event that was recorded by then."""
    third, now = record.events[2], datetime.now(UTC)

    def place(text: str) -> int:
        return position_of(moment_of(text, field="at"), record, now=now, field="at")

    assert place("version:3") == place(str(third.id)) == place(f"position:{third.id}") == third.id
    assert place(third.recorded_at.isoformat()) == third.id
    assert place((third.recorded_at - timedelta(microseconds=1)).isoformat()) == record.events[1].id
    assert place(now.isoformat()) == record.head


@pytest.mark.parametrize(
    ("text", "allowed", "remedy"),
    [
        ("2026-12-24T09:30:00", "time zone", "Z for UTC"),
        ("2026-12-24", "time zone", "Z for UTC"),
        ("yesterday", "a position of the log", "at"),
        ("0", "to", "audit show"),
        ("999999", "the log's end", "audit show"),
        ("version:0", "1 to", "audit show"),
        ("version:999", "1 to", "audit show"),
        ("2014-01-01T00:00:00Z", "when the first event of the switch was recorded", "audit show"),
        ("2999-01-01T00:00:00Z", "to now", "audit show"),
        ("version:two", "version:N", "at"),
        ("99999999999999999999", "a position of the log", "at"),
    ],
)
def test_a_moment_that_is_none_is_refused(record: SwitchRecord, text: str, allowed: str, remedy: str) -> None:
    """A naive instant, and what is before the first event or beyond the end, is refused with a remedy."""
    with pytest.raises(InvalidInput) as raised:
        position_of(moment_of(text, field="at"), record, now=datetime.now(UTC), field="at")

    assert allowed in raised.value.details["allowed"]
    assert remedy in raised.value.remedy


def test_texts_fit_a_terminal(
    store: SwitchStore, record: SwitchRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What `audit at` and `audit diff` print fits 80 columns at every event, and names what it shows."""
    monkeypatch.setenv("COLUMNS", "80")
    lines: list[str] = []
    for each in record.events:
        lines += state_lines(state_at(store, record, each.id))
    ended = state_lines(state_at(store, record, record.head))
    lines += difference_lines(differences_between(store, record, None, record.head))
    lines += difference_lines(differences_between(store, record, record.head, record.head))
    lines += user_lines(users_at(store, record, record.head).users)

    assert max(len(line) for line in lines) <= 80
    assert any("30 users: the old plan 2, the new plan 28" in line for line in ended)
    assert "  none was held" in ended
    assert "Nothing changed." in lines
    assert any("28 users: not known -> new plan" in line for line in lines)


def test_a_request_that_waits_has_a_state_too(store: SwitchStore) -> None:
    """Before its switch begins a request has one stream, no source, no lock and nobody who was touched."""
    story = SwitchStory(store=store)
    until, meta = BEGAN_AT + timedelta(days=30), story.meta("eligibility_wait.begin")
    terms = WaitTerms(until=until, total_at_most=money(100), forfeited_at_most=money(0))
    order = {"request_id": story.request_id, "source_subscription_id": "SUB-1", "target_plan_id": E3}
    wait = EligibilityWait.begin(order, terms, source_plan_id=E1, reasons=[], at=story.at(), meta=meta)
    wait.end("expired", code="", message="", remedy="", at=story.at(), meta=meta)
    store.save(wait)
    record = switch_record(store, story.switch_id)

    waiting, ended = (state_at(store, record, each.id) for each in record.events)

    assert (waiting.stage, ended.stage) == (Stage.WAITING_ELIGIBLE, Stage.EXPIRED)
    assert [each.role for each in waiting.streams] == [Role.WAIT]
    assert (waiting.locks, waiting.users, waiting.switch) == ((), UserTotals(), {})
    assert users_at(store, record, record.head).users == ()


def test_a_later_row_of_a_user_counts_only_from_its_own_event_on(store: SwitchStore) -> None:
    """A user whom the first pass could not move holds the old plan until the event of the second one.

    A refusal on the way back leaves a user where they were, and what only tells of drift changes nobody.
    """
    story = SwitchStory(store=store)
    story.request()
    story.order()
    story.move(failed=FAILED)
    rows = store.license_rows(story.switch_id, "move")
    outcomes = ((FAILED, "moved", "verify-1"), (3, "failed", "return-1"), (2, "moved", "return-2"))
    for count, outcome, pass_name in outcomes:
        is_back = pass_name.startswith("return")
        plans = (E3, E1) if is_back else (E1, E3)
        again = [replace(row, from_plan=plans[0], to_plan=plans[1], outcome=outcome) for row in rows[:count]]
        chunk = chunk_moved(
            switch_id=story.switch_id,
            pass_name=pass_name,
            group_number=0,
            input_digest="",
            rows=again,
            batches=[],
            at=story.at(),
            meta=story.meta("verification.verify_move"),
        )
        store.append_chunk(chunk, again)
    record = switch_record(store, story.switch_id)
    chunks = [each.id for each in record.events if each.topic == "license-move.group-moved"]

    totals = [state_at(store, record, each).users for each in chunks]

    assert [(each.old_plan, each.new_plan) for each in totals] == [
        (FAILED, USERS - FAILED),
        (0, USERS),
        (0, USERS),
        (2, USERS - 2),
    ]
