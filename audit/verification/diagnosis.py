"""What happened to a leaf that is not as it was sealed: which record, and what differs.

The folder's entry of the leaf says what was sealed, and it has the sealed hash: so it is believed.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from psycopg import DataError

from audit.verification.altered_calls import altered_call
from audit.verification.call_rows import CALLS_OF_RANGE, call_digest, range_digest
from audit.verification.findings import Deviation, Difference, Fault, Subject
from audit.verification.seal_folder import SealFolder
from audit.verification.walk import LeafDeviates
from store.record.raw_record import RawRecord

_EVENT = """
SELECT notification_id, originator_id, originator_version, topic, state, recorded_at
FROM planswitch.switch_events WHERE notification_id = %(id)s
"""
_EVENTS = """
SELECT notification_id, originator_id, originator_version, topic, state, recorded_at
FROM planswitch.switch_events ORDER BY notification_id
"""
_AT_PLACE = """
SELECT notification_id FROM planswitch.switch_events
WHERE originator_id = %(stream)s::uuid AND originator_version = %(version)s::bigint
"""
_PLACE = ("stream", "version")
_COMPARED = ("stream", "version", "topic", "state", "recorded")
_OTHER_RECORD = "The table of runs says that leaf {leaf} is {now}, and {sealed} was sealed there."
_OTHER_DIGEST = "The table of runs has another digest for {now} of leaf {leaf} than was sealed."


def diagnosis(record: RawRecord, folder: SealFolder, size: int, mismatch: LeafDeviates) -> Deviation:
    """Return what happened to the leaf at which a walk ended.

    Args:
        record: The rows of the walk.
        folder: The published tree.
        size: Leaves of it.
        mismatch: Where the walk ended.
    """
    sealed = _sealed(folder, size, mismatch)
    if mismatch.run.is_origin:
        return Deviation(
            fault=Fault.ALTERED,
            subject=Subject.SEAL_ROW,
            ids={"first leaf": "0"},
            leaf=0,
            sentence="The row with the first leaf of the log was altered: it names another log before it.",
        )
    is_of_events = mismatch.run.is_of_events
    if sealed and sealed["kind"] != ("event" if is_of_events else "call-range"):
        return _wrong_run(mismatch, sealed)
    if is_of_events:
        return _event_deviation(record, mismatch, sealed)
    return _call_deviation(record, mismatch, sealed)


def event_leaves(record: RawRecord) -> Generator[tuple[int, bytes]]:
    """Yield id and leaf of every event of the record, made anew from its row."""
    for row in record.stream("events_as_leaves", _EVENTS):
        words = _spelled(row)
        lines = "".join(f"{word} {words[word]}\n" for word in ("id", *_COMPARED))
        yield row[0], f"planswitch/leaf/v1\nkind event\n{lines}".encode("ascii")


def _sealed(folder: SealFolder, size: int, mismatch: LeafDeviates) -> dict[str, str]:
    """Return the words and values of the sealed leaf; none where the folder has no entry of it."""
    if mismatch.sealed_hash is None or mismatch.leaf >= size:
        return {}
    entry = folder.entry(mismatch.leaf, size, mismatch.sealed_hash)
    if entry is None:
        return {}
    lines = entry.decode("ascii", errors="replace").splitlines()[1:]
    return {word: value for word, _, value in (line.partition(" ") for line in lines)}


def _event_deviation(record: RawRecord, mismatch: LeafDeviates, sealed: Mapping[str, str]) -> Deviation:
    cause, event_id = mismatch.cause, mismatch.record_id
    is_other = bool(sealed) and sealed["id"] != str(event_id)
    if is_other and (cause is None or cause.found_id is None or sealed["id"] == str(cause.found_id)):
        return _wrong_run(mismatch, sealed)
    now = _event(record, event_id)
    if cause is not None and cause.is_readable and cause.found_id is not None and cause.found_id < event_id:
        return _inserted(record, cause.found_id, event_id, mismatch.leaf)
    if now is None:
        return _removed(record, event_id, sealed, mismatch.leaf)
    return _altered(record, event_id, sealed, now, mismatch.leaf)


def _inserted(record: RawRecord, event_id: int, before: int, leaf: int) -> Deviation:
    row = _event(record, event_id) or {}
    place = f" ({_name(row)})" if row else ""
    return Deviation(
        fault=Fault.INSERTED,
        subject=Subject.EVENT,
        ids={"event": str(event_id), **_ids(row)},
        leaf=leaf,
        sentence=f"Event {event_id}{place} was inserted before event {before}: no seal has it.",
    )


def _removed(record: RawRecord, event_id: int, sealed: Mapping[str, str], leaf: int) -> Deviation:
    ids = {"event": str(event_id), **_ids(sealed)}
    other = _id_at(record, sealed)
    if other is not None:
        return Deviation(
            fault=Fault.REORDERED,
            subject=Subject.EVENT,
            ids={**ids, "now": str(other)},
            leaf=leaf,
            sentence=f"Event {event_id} ({_name(sealed)}) now has the id {other}.",
        )
    name = f" ({_name(sealed)}, recorded {sealed['recorded']})" if sealed else ""
    return Deviation(
        fault=Fault.REMOVED,
        subject=Subject.EVENT,
        ids=ids,
        leaf=leaf,
        sentence=f"Event {event_id}{name} was removed.",
    )


def _altered(
    record: RawRecord, event_id: int, sealed: Mapping[str, str], now: Mapping[str, str], leaf: int
) -> Deviation:
    ids = {"event": str(event_id), **_ids(sealed or now)}
    other = _id_at(record, sealed) if any(sealed.get(each) != now[each] for each in _PLACE) else None
    differences = tuple(
        Difference(name=each, sealed=sealed[each], now=now[each])
        for each in _COMPARED
        if sealed and sealed[each] != now[each]
    )
    if other is not None:
        return Deviation(
            fault=Fault.REORDERED,
            subject=Subject.EVENT,
            ids={**ids, "now": str(other)},
            leaf=leaf,
            differences=differences,
            sentence=f"Event {event_id} ({_name(sealed)}) changed places: it now has the id {other}.",
        )
    names = ", ".join(each.name for each in differences) or "a value of it"
    return Deviation(
        fault=Fault.ALTERED,
        subject=Subject.EVENT,
        ids=ids,
        leaf=leaf,
        differences=differences,
        sentence=f"Event {event_id} ({_name(sealed or now)}) was altered: {names} differs.",
    )


def _call_deviation(record: RawRecord, mismatch: LeafDeviates, sealed: Mapping[str, str]) -> Deviation:
    run = mismatch.run
    if sealed and (sealed["first"], sealed["last"]) != (str(run.first_id), str(run.last_id)):
        return _wrong_run(mismatch, sealed)
    ids = {"calls": f"{run.first_id} to {run.last_id}"}
    try:
        rows = record.rows(CALLS_OF_RANGE, {"first": run.first_id, "last": run.last_id})
    except DataError as error:
        return Deviation(
            fault=Fault.ALTERED,
            subject=Subject.CALL,
            ids=ids,
            leaf=mismatch.leaf,
            sentence=f"One of the provider calls {ids['calls']} can't be read any more: {error}".strip(),
        )
    missing = sorted(set(range(run.first_id, run.last_id + 1)) - {row[0] for row in rows})
    if missing:
        return Deviation(
            fault=Fault.REMOVED,
            subject=Subject.CALL,
            ids={"call": str(missing[0])},
            leaf=mismatch.leaf,
            sentence=f"Provider call {missing[0]} was removed.",
        )
    digest = sealed.get("calls") or run.digest
    if range_digest(call_digest(row) for row in rows) == digest:
        return _wrong_run(mismatch, sealed)
    return altered_call(record, run.first_id, rows, digest, mismatch.leaf)


def _wrong_run(mismatch: LeafDeviates, sealed: Mapping[str, str]) -> Deviation:
    run = mismatch.run
    now = f"event {mismatch.record_id}" if run.is_of_events else f"calls {run.first_id} to {run.last_id}"
    was = _sealed_name(sealed)
    text = _OTHER_DIGEST if now == was else _OTHER_RECORD
    return Deviation(
        fault=Fault.ALTERED,
        subject=Subject.SEAL_ROW,
        ids={"first leaf": str(run.first_leaf)},
        leaf=mismatch.leaf,
        sentence=text.format(leaf=mismatch.leaf, now=now, sealed=was),
    )


def _sealed_name(sealed: Mapping[str, str]) -> str:
    if "log" in sealed:
        return f"the end of the log {sealed['log']}"
    return f"event {sealed['id']}" if "id" in sealed else f"calls {sealed['first']} to {sealed['last']}"


def _event(record: RawRecord, event_id: int) -> dict[str, str] | None:
    """Return the values of an event as a leaf spells them; None: there is none of that id."""
    try:
        rows = record.rows(_EVENT, {"id": event_id})
    except DataError:
        return dict.fromkeys(("id", *_COMPARED), "unreadable")
    return next((_spelled(row) for row in rows), None)


def _spelled(row: Sequence[Any]) -> dict[str, str]:
    number, stream, version, topic, state, recorded = row
    return {
        "id": str(number),
        "stream": str(stream),
        "version": str(version),
        "topic": topic,
        "state": sha256(state).hexdigest(),
        "recorded": _instant(recorded),
    }


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _id_at(record: RawRecord, sealed: Mapping[str, str]) -> int | None:
    """Return the id that the event has now which was sealed with a stream and a version."""
    if not sealed:
        return None
    rows = record.rows(_AT_PLACE, {"stream": sealed["stream"], "version": int(sealed["version"])})
    return next((row[0] for row in rows if str(row[0]) != sealed["id"]), None)


def _ids(event: Mapping[str, str]) -> dict[str, str]:
    return {name: event[name] for name in _PLACE if name in event}


def _name(event: Mapping[str, str]) -> str:
    return f"{event['topic']}, version {event['version']} of stream {event['stream']}"
