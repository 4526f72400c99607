"""All approvals of a record, each checked by its signature and by the request that it follows."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from audit.approvals.proofs import ApprovalProof, event_facts, proof_of
from domain.approvals.approval_events import ApprovalRequested
from store.record.raw_record import RawRecord

#: The topics stand in the text as in the partial index.
_ROWS = """
SELECT notification_id, originator_id, originator_version, topic, state FROM planswitch.switch_events
WHERE topic IN ('approval.requested', 'approval.granted', 'subscription.command-approved')
ORDER BY originator_id, originator_version
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordedApproval:
    """An event that carries an approval, and what its check came to."""

    event_id: int
    stream_id: str
    version: int
    topic: str
    proof: ApprovalProof


def recorded_approvals(
    record: RawRecord, *, trusted: Collection[str] | None = None
) -> Iterator[RecordedApproval]:
    """Yield every approval of a record.

    Args:
        record: Its rows.
        trusted: Names of the keys that may have signed; None: any key.
    """
    requested: tuple[str, dict[str, object]] | None = None
    for event_id, stream, version, topic, state in record.stream("approvals", _ROWS):
        facts = event_facts(bytes(state))
        if topic == ApprovalRequested.TOPIC:
            requested = (str(stream), facts)
            continue
        own = requested[1] if requested is not None and requested[0] == str(stream) else None
        yield RecordedApproval(
            event_id=event_id,
            stream_id=str(stream),
            version=version,
            topic=topic,
            proof=proof_of(topic, facts, own, trusted=trusted),
        )
