"""Whatever is changed behind the back of the product is found, and named with its ids (ADR 33)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from audit.verification.findings import Fault, Outcome, Subject, Verification
from store.switch_store import SwitchStore
from tests.support.consoles.store_parts import open_store, user_key
from tests.support.verifying import USERS, TamperedRecord

#: Events of organizations that are saved before those of the switch, over the edge of a tile.
EVENTS = 260
_FREE_ID = 7
_UPDATE = "UPDATE planswitch.{table} SET {column} = {value} WHERE {id}"
_INSERT_USER = """
INSERT INTO planswitch.roster
SELECT roster_id, 40, gen_random_uuid(), old_disabled, new_disabled, 0, 0, 0, false, false
FROM planswitch.roster WHERE position = 8
"""


@pytest.fixture(name="store")
def _store(database_url: str, tmp_path: Path) -> Iterator[SwitchStore]:
    """Yield a store on a fresh database."""
    with open_store(database_url, tmp_path, pool_size=2) as store:
        yield store


@pytest.fixture(name="record")
def _record(store: SwitchStore, database_url: str, tmp_path: Path) -> TamperedRecord:
    """Return a record that is sealed twice; the id 7 stayed free, as after a save that failed."""
    record = TamperedRecord.of(store, database_url, tmp_path)
    record.sealed.save_events(_FREE_ID - 1)
    record.sealed.save_calls("one", "two", "three", "four")
    record.sealed.seal()
    with psycopg.connect(database_url) as connection:
        connection.execute("SELECT setval('planswitch.switch_events_notification_id_seq', %s)", [_FREE_ID])
        connection.execute(
            "INSERT INTO planswitch.switch_events (originator_id, originator_version, topic, state)"
            " SELECT gen_random_uuid(), 1, 'a.topic', sha256(number::text::bytea)"
            " FROM generate_series(1, %s) AS number",
            [EVENTS],
        )
    record.save_switch()
    record.sealed.seal()
    return record


def named(answer: Verification) -> tuple[int, Fault, Subject]:
    """Return exit code, fault and subject of a verification that found something."""
    assert answer.deviation is not None, answer.sentence
    assert answer.sentence == answer.deviation.sentence
    return answer.exit_code, answer.deviation.fault, answer.deviation.subject


def ids(answer: Verification, *names: str) -> tuple[str, ...]:
    """Return ids of what was found."""
    assert answer.deviation is not None
    return tuple(answer.deviation.ids[name] for name in names)


def test_a_whole_record_holds(record: TamperedRecord) -> None:
    """All rows are compared, the tail is counted, and the checkpoint is kept for the next time."""
    record.sealed.save_events(2)
    record.sealed.save_calls("five")
    answer = record.verify()
    assert (answer.outcome, answer.exit_code, answer.last_tree_size) == (Outcome.HOLDS, 0, 0)
    found = answer.coverage
    assert (found.events, found.calls, found.seals) == (_FREE_ID - 1 + EVENTS + 3, 4, 2)
    assert (found.roster_rows, found.move_rows) == (USERS, USERS)
    assert (found.unsealed_events, found.unsealed_calls) == (2, 1)
    assert answer.seal is not None
    assert (answer.seal.anchoring, answer.seal.is_policy_of_folder) == ("UNANCHORED", True)
    assert record.verify().last_tree_size == answer.seal.tree_size
    assert record.verify(needs_witness=True).exit_code == 20


@pytest.mark.parametrize("event_id", [3, 100, 265])
def test_a_flipped_byte_is_named(record: TamperedRecord, event_id: int) -> None:
    """One byte of one event: its id, its stream, and both digests are told."""
    record.tamper(
        "UPDATE planswitch.switch_events SET state = set_byte(state, 3, get_byte(state, 3) # 1)"
        " WHERE notification_id = %s",
        event_id,
    )
    answer = record.verify()
    assert named(answer) == (40, Fault.ALTERED, Subject.EVENT)
    assert ids(answer, "event") == (str(event_id),)
    assert answer.deviation is not None
    assert [each.name for each in answer.deviation.differences] == ["state"]
    assert not record.state_file.exists()


def test_a_deleted_row_is_named(record: TamperedRecord) -> None:
    """The event that is gone is named as it was sealed."""
    stream, topic = record.sealed.store.notifications(99, 1)[0].stream_id, "a.topic"
    record.tamper("DELETE FROM planswitch.switch_events WHERE notification_id = 100")
    answer = record.verify()
    assert named(answer) == (40, Fault.REMOVED, Subject.EVENT)
    assert ids(answer, "event", "stream", "version") == ("100", str(stream), "1")
    assert topic in answer.sentence


def test_swapped_rows_are_named(record: TamperedRecord) -> None:
    """Two events that changed places: both ids are told."""
    for old, new in ((50, -1), (90, 50), (-1, 90)):
        record.tamper(
            "UPDATE planswitch.switch_events SET notification_id = %s WHERE notification_id = %s", new, old
        )
    answer = record.verify()
    assert named(answer) == (40, Fault.REORDERED, Subject.EVENT)
    assert ids(answer, "event", "now") == ("50", "90")


@pytest.mark.parametrize("event_id", [_FREE_ID, -5])
def test_an_inserted_row_is_named(record: TamperedRecord, event_id: int) -> None:
    """A free id among the sealed ones was used later: no seal has that event."""
    record.tamper(
        "INSERT INTO planswitch.switch_events"
        " (notification_id, originator_id, originator_version, topic, state, recorded_at)"
        " VALUES (%s, gen_random_uuid(), 1, 'a.topic', 'x', '2026-01-01')",
        event_id,
    )
    answer = record.verify()
    assert named(answer) == (40, Fault.INSERTED, Subject.EVENT)
    assert ids(answer, "event") == (str(event_id),)


def test_a_changed_timestamp_is_named(record: TamperedRecord) -> None:
    """A microsecond is enough; both instants are told."""
    record.tamper(
        "UPDATE planswitch.switch_events SET recorded_at = recorded_at + interval '1 microsecond'"
        " WHERE notification_id = 120"
    )
    answer = record.verify()
    assert named(answer) == (40, Fault.ALTERED, Subject.EVENT)
    assert answer.deviation is not None
    (difference,) = answer.deviation.differences
    assert (difference.name, ids(answer, "event")) == ("recorded", ("120",))
    assert difference.sealed < difference.now


@pytest.mark.parametrize("instant", ["infinity", "-infinity", "0044-03-15 BC"])
def test_an_instant_that_is_none_is_named(record: TamperedRecord, instant: str) -> None:
    """What no program can read is named as well."""
    record.tamper(
        "UPDATE planswitch.switch_events SET recorded_at = %s::timestamptz WHERE notification_id = 120",
        instant,
    )
    answer = record.verify()
    assert named(answer) == (40, Fault.ALTERED, Subject.EVENT)
    assert ids(answer, "event") == ("120",)


@pytest.mark.parametrize(
    ("column", "value", "name"),
    [
        ("topic", "another.topic", "topic"),
        ("topic", "Ümlaut", "topic"),
        ("originator_id", "00000000-0000-0000-0000-000000000009", "stream"),
        ("originator_version", 9, "version"),
    ],
)
def test_every_column_of_an_event_is_sealed(
    record: TamperedRecord, column: str, value: object, name: str
) -> None:
    """Whatever is altered is told by its name."""
    record.tamper(
        _UPDATE.format(table="switch_events", column=column, value="%s", id="notification_id = 130"), value
    )
    answer = record.verify()
    assert named(answer) == (40, Fault.ALTERED, Subject.EVENT)
    assert answer.deviation is not None
    assert name in [each.name for each in answer.deviation.differences]


def test_a_cut_tail_is_named(record: TamperedRecord) -> None:
    """The first of the sealed events that are gone is named."""
    record.tamper("DELETE FROM planswitch.switch_events WHERE notification_id > 200")
    answer = record.verify()
    assert named(answer) == (40, Fault.REMOVED, Subject.EVENT)
    assert ids(answer, "event") == ("201",)


def test_what_is_not_sealed_is_said(record: TamperedRecord) -> None:
    """After the last seal nothing proves that an event was there; a stream that lacks one is noticed."""
    first = record.sealed.store.max_notification_id()
    for version in (1, 2, 3):
        record.tamper(
            "INSERT INTO planswitch.switch_events (originator_id, originator_version, topic, state)"
            " VALUES ('00000000-0000-0000-0000-000000000009', %s, 'a.topic', 'x')",
            version,
        )
    assert record.verify().coverage.unsealed_events == 3
    record.tamper("DELETE FROM planswitch.switch_events WHERE notification_id = %s", first + 3)
    assert record.verify().coverage.unsealed_events == 2
    record.tamper("DELETE FROM planswitch.switch_events WHERE notification_id = %s", first + 1)
    answer = record.verify()
    assert named(answer) == (40, Fault.REMOVED, Subject.EVENT)
    assert ids(answer, "version") == ("1",)


@pytest.mark.parametrize(
    ("column", "value"), [("status", 500), ("text", "'all is well'"), ("duration_ms", 4_000), ("key", "'k'")]
)
def test_an_altered_call_is_named(record: TamperedRecord, column: str, value: object) -> None:
    """One digest covers several calls: the one is found whose former value gives the digest again."""
    record.tamper(_UPDATE.format(table="provider_call", column=column, value=value, id="id = 3"))
    answer = record.verify()
    assert named(answer) == (40, Fault.ALTERED, Subject.CALL)
    assert ids(answer, "call") == ("3",)


def test_a_call_whose_former_value_is_unknown_is_named_with_its_neighbors(record: TamperedRecord) -> None:
    """Where the former value can't be guessed, the calls of the digest are told."""
    record.tamper("UPDATE planswitch.provider_call SET started_at = '2026-02-02' WHERE id = 3")
    answer = record.verify()
    assert named(answer) == (40, Fault.ALTERED, Subject.CALL)
    assert ids(answer, "calls") == ("1 to 4",)


def test_a_removed_call_is_named(record: TamperedRecord) -> None:
    """The id that is gone."""
    record.tamper("DELETE FROM planswitch.provider_call WHERE id = 2")
    answer = record.verify()
    assert named(answer) == (40, Fault.REMOVED, Subject.CALL)
    assert ids(answer, "call") == ("2",)


def test_swapped_calls_are_named(record: TamperedRecord) -> None:
    """Two calls that changed places."""
    for old, new in ((2, -1), (4, 2), (-1, 4)):
        record.tamper("UPDATE planswitch.provider_call SET id = %s WHERE id = %s", new, old)
    answer = record.verify()
    assert named(answer) == (40, Fault.REORDERED, Subject.CALL)
    assert ids(answer, "call", "now") == ("2", "4")


def test_an_inserted_call_is_named(record: TamperedRecord) -> None:
    """A call that says it is older than the seals; one that comes late is only not sealed yet."""
    insert = (
        "INSERT INTO planswitch.provider_call (id, step, attempt, provider, operation, key, request_digest,"
        " status, code, text, started_at, duration_ms, recorded_at)"
        " VALUES (%s, 's', 1, 'seller', 'checkout', '', '', 200, '', '', now(), 1, {})"
    )
    record.tamper(insert.format("now()"), -1)
    answer = record.verify()
    assert (answer.exit_code, answer.coverage.unsealed_calls) == (0, 1)
    record.tamper(insert.format("'2026-01-01'"), -2)
    answer = record.verify()
    assert named(answer) == (40, Fault.INSERTED, Subject.CALL)
    assert ids(answer, "call") == ("-2",)


@pytest.mark.parametrize(
    ("column", "value", "position"),
    [
        ("outcome", "'moved'", 20),
        ("newly_granted", "'{}'", 11),
        ("error", "''", 0),
        ("user_key", f"'{user_key(999)}'", 25),
    ],
)
def test_an_altered_move_is_named(record: TamperedRecord, column: str, value: str, position: int) -> None:
    """One digest covers a chunk of users: the row is found whose former value gives the digest again."""
    record.tamper(
        _UPDATE.format(table="license_move", column=column, value=value, id=f"position = {position}")
    )
    answer = record.verify()
    assert named(answer) == (40, Fault.ALTERED, Subject.USER_ROW)
    found = ids(answer, "table", "switch", "pass", "position")
    assert found == ("license_move", record.switch_id, "move", str(position))
    assert answer.deviation is not None
    assert [each.name for each in answer.deviation.differences] == [column]


def test_a_removed_move_is_named(record: TamperedRecord) -> None:
    """The position of the user who is gone, and the user by the roster."""
    record.tamper("DELETE FROM planswitch.license_move WHERE position = 23")
    answer = record.verify()
    assert named(answer) == (40, Fault.REMOVED, Subject.USER_ROW)
    assert ids(answer, "position", "user") == ("23", str(user_key(23)))


@pytest.mark.parametrize("pass_name", ["move", "retry-1"])
def test_an_inserted_move_is_named(record: TamperedRecord, pass_name: str) -> None:
    """A row more in a pass, or a pass that no event has."""
    record.tamper(
        "INSERT INTO planswitch.license_move"
        " SELECT switch_id, %s, 100, batch_no, user_key, from_plan, to_plan, outcome, kept, no_counterpart,"
        " newly_granted, error FROM planswitch.license_move WHERE position = 5",
        pass_name,
    )
    answer = record.verify()
    assert named(answer) == (40, Fault.INSERTED, Subject.USER_ROW)
    assert ids(answer, "pass", "position") == (pass_name, "100")


@pytest.mark.parametrize(
    ("statement", "fault", "name", "found"),
    [
        ("UPDATE planswitch.roster SET kept_count = 9 WHERE position = 8", Fault.ALTERED, "position", "8"),
        ("DELETE FROM planswitch.roster WHERE position = 8", Fault.REMOVED, "position", "8"),
        ("UPDATE planswitch.roster_freeze SET user_count = 41", Fault.ALTERED, "table", "roster_freeze"),
        ("DELETE FROM planswitch.roster_freeze", Fault.REMOVED, "table", "roster_freeze"),
        (
            _INSERT_USER,
            Fault.INSERTED,
            "position",
            "40",
        ),
    ],
)
def test_a_changed_roster_is_named(
    record: TamperedRecord, statement: str, fault: Fault, name: str, found: str
) -> None:
    """Each user of a frozen roster is proved by the digest in the event that begins the move."""
    record.tamper(statement)
    answer = record.verify()
    assert named(answer) == (40, fault, Subject.USER_ROW)
    assert ids(answer, name) == (found,)


def test_an_altered_selection_is_named(record: TamperedRecord) -> None:
    """Users whom somebody chose are proved by the id of the choice, which is their digest."""
    keys = [user_key(each) for each in range(3)]
    selection = record.sealed.store.write_selection('Contoso "north"', keys)
    assert record.verify().coverage.selection_rows == 3
    record.tamper("DELETE FROM planswitch.user_selection_user WHERE user_key = %s", keys[1])
    answer = record.verify()
    assert named(answer) == (40, Fault.ALTERED, Subject.USER_ROW)
    assert ids(answer, "selection") == (selection,)


def test_an_altered_choice_of_services_is_named(record: TamperedRecord) -> None:
    """Services that somebody chose for users are proved by the id of the choice, which is their digest."""
    services = {user_key(0): ["s-2", "s-1"], user_key(1): []}
    choice = record.sealed.store.write_user_services('Contoso "north"', services)
    assert record.sealed.store.user_services_of('Contoso "north"', choice, [user_key(0)]) == {
        user_key(0): ("s-1", "s-2")
    }
    assert record.verify().coverage.selection_rows == 2
    record.tamper(
        "UPDATE planswitch.user_services_user SET disabled = '{s-1}' WHERE user_key = %s", user_key(0)
    )
    answer = record.verify()
    assert named(answer) == (40, Fault.ALTERED, Subject.USER_ROW)
    assert ids(answer, "choice") == (choice,)


DRIFT = """
INSERT INTO planswitch.license_move
SELECT switch_id, 'drift-3', %s, 0, user_key, 'E1', 'E3', %s, '{}', '{}', '{}', ''
FROM planswitch.license_move WHERE position = %s
"""
RENAMED = """
UPDATE planswitch.license_move SET outcome = 'moved_by_hand' WHERE position = 0 AND pass_name = 'drift-3'
"""
DOUBLED = """
INSERT INTO planswitch.license_move
SELECT switch_id, pass_name, 2, 0, user_key, 'E1', 'E3', outcome, '{}', '{}', '{}', ''
FROM planswitch.license_move WHERE outcome = 'users_gone'
"""


@pytest.fixture(name="drifted")
def _drifted(record: TamperedRecord) -> TamperedRecord:
    """Return the record with two users who drifted, whom an event counts."""
    facts = {"switch_id": record.switch_id, "users_gone": 1, "settings_changed": 1}
    record.tamper(
        "INSERT INTO planswitch.switch_events (originator_id, originator_version, topic, state)"
        " SELECT '00000000-0000-0000-0000-000000000007', version, 'subscription.drift-found', %s"
        " FROM generate_series(2, 3) AS version WHERE version = 3",
        json.dumps(facts).encode(),
    )
    record.tamper(
        "INSERT INTO planswitch.switch_events (originator_id, originator_version, topic, state)"
        " VALUES ('00000000-0000-0000-0000-000000000007', 2, 'subscription.paused', '')"
    )
    record.tamper(DRIFT, 0, "users_gone", 1)
    record.tamper(DRIFT, 1, "settings_changed", 2)
    return record


def test_rows_of_drift_are_counted(drifted: TamperedRecord) -> None:
    """No digest covers who drifted, which is said; their number is that of the event."""
    answer = drifted.verify()
    assert answer.exit_code == 0, answer.sentence
    assert answer.coverage.uncovered == (
        "2 rows that name users who drifted: their number is proved, and not who they are",
    )


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("DELETE FROM planswitch.license_move WHERE outcome = 'users_gone'", Fault.REMOVED),
        (RENAMED, Fault.INSERTED),
        (DOUBLED, Fault.INSERTED),
    ],
)
def test_a_changed_number_of_drifted_users_is_named(
    drifted: TamperedRecord, statement: str, fault: Fault
) -> None:
    """A row too few or too many of a kind."""
    drifted.tamper(statement)
    answer = drifted.verify()
    assert named(answer) == (40, fault, Subject.USER_ROW)
    assert ids(answer, "pass") == ("drift-3",)
