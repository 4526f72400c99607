"""Beside the sealed leaves: events and calls after the last seal, and what should not be there."""

from __future__ import annotations

from dataclasses import dataclass

from audit.verification.findings import Deviates, Deviation, Fault, Subject
from audit.verification.walk import Walk
from store.record.raw_record import RawRecord

#: A call may be committed after its neighbors, as long as a transaction stays open; not longer than this.
LATE_CALL_HOURS = 24
#: Whether any stream has another number of events than its last version: told without a look at the events.
_ANY_GAP = """
SELECT originator_id FROM planswitch.switch_events
GROUP BY originator_id HAVING max(originator_version) <> count(*) LIMIT 1
"""
_GAP = """
SELECT event.notification_id, event.originator_id, event.originator_version, event.topic
FROM planswitch.switch_events AS event
WHERE event.originator_version > 1 AND event.topic <> 'license-move.group-moved'
    AND NOT EXISTS (
        SELECT FROM planswitch.switch_events AS before
        WHERE before.originator_id = event.originator_id
            AND before.originator_version = event.originator_version - 1)
ORDER BY event.notification_id LIMIT 1
"""
_CALL_COUNT = """
SELECT (SELECT count(*) FROM planswitch.provider_call),
    (SELECT coalesce(sum(last_id - first_id + 1), 0)::bigint
     FROM planswitch.seal_run WHERE kind = 'call-range'
         AND first_leaf BETWEEN %(base)s::bigint AND %(base)s::bigint + %(size)s::bigint - 1)
"""
#: Calls among those that are sealed which no run has, though seals of long after could have had them.
_OLD_CALL = """
SELECT call.id, call.switch_id, call.operation
FROM (
    SELECT coalesce(lag(last_id) OVER (ORDER BY first_id), -9223372036854775808) AS before, first_id
    FROM planswitch.seal_run WHERE kind = 'call-range' AND first_leaf >= %(base)s::bigint
) AS run
JOIN planswitch.provider_call AS call ON call.id > run.before AND call.id < run.first_id
WHERE call.recorded_at <
    (SELECT max(sealed_at) FROM planswitch.seal WHERE tree_size > %(base)s::bigint)
    - make_interval(hours => %(hours)s)
ORDER BY call.id LIMIT 1
"""


@dataclass(frozen=True, kw_only=True)
class Tail:
    """What no seal covers yet."""

    events: int
    calls: int


def compared_tail(record: RawRecord, walk: Walk) -> Tail:
    """Return what is not sealed yet; streams are looked through for versions that are missing.

    Args:
        record: The rows of the walk.
        walk: It has reached its end.

    Raises:
        Deviates: A stream lacks a version, or a call was put among those that are sealed.
    """
    events = sum(1 for _ in walk.unsealed_event_ids())
    _require_no_gap(record)
    ((calls, sealed),) = record.rows(_CALL_COUNT, {"size": walk.size, "base": walk.base})
    if calls > sealed:
        _require_no_old_call(record, walk.base)
    return Tail(events=events, calls=max(calls - sealed, 0))


def _require_no_gap(record: RawRecord) -> None:
    """Refuse a stream that lacks a version: only passes of licenses are recorded in any order."""
    if not record.rows(_ANY_GAP):
        return
    for event_id, stream, version, topic in record.rows(_GAP):
        raise Deviates(
            Deviation(
                fault=Fault.REMOVED,
                subject=Subject.EVENT,
                ids={"stream": str(stream), "version": str(version - 1), "event": f"before {event_id}"},
                sentence=(
                    f"Version {version - 1} of stream {stream} is missing: event {event_id} ({topic}) has "
                    f"version {version}. No seal has the missing event."
                ),
            )
        )


def _require_no_old_call(record: RawRecord, base: int) -> None:
    for call_id, switch_id, operation in record.rows(_OLD_CALL, {"hours": LATE_CALL_HOURS, "base": base}):
        raise Deviates(
            Deviation(
                fault=Fault.INSERTED,
                subject=Subject.CALL,
                ids={"call": str(call_id), **({"switch": str(switch_id)} if switch_id else {})},
                sentence=(
                    f"Provider call {call_id} ({operation}) was inserted among calls that are sealed: "
                    f"seals of more than {LATE_CALL_HOURS} hours later do not have it."
                ),
            )
        )
