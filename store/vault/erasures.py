"""What every erasure of people does beside deleting rows: it waits for no open switch, and it is recorded."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import uuid4

from psycopg import Cursor
from psycopg.rows import DictRow

from domain.kernel.errors import RuleViolated
from domain.kernel.ids import organization_stream_id
from domain.organizations.organization import SwitchReleased, SwitchReserved
from domain.people.access import AccessEntry, AccessKind
from store.record.access_log import add_entry

_HELD = """
SELECT topic FROM planswitch.switch_events
WHERE originator_id = %(stream)s AND topic IN (%(reserved)s, %(released)s)
ORDER BY originator_version DESC LIMIT 1
"""
_ADD = """
INSERT INTO planswitch.erasure (subject, organization_id, people, addresses, actor, reason)
VALUES (%(subject)s, %(organization_id)s, %(people)s, %(addresses)s, %(actor)s, %(reason)s)
"""
_DONE = 200


class Subject(StrEnum):
    """Who was erased."""

    PERSON = "person"
    ORGANIZATION = "organization"


@dataclass(frozen=True, kw_only=True, slots=True)
class Erasure:
    """What was erased of an organization.

    Args:
        people: Users to whom no opaque key leads back any more.
        addresses: Addresses that got its notices, and no others.
    """

    people: int
    addresses: int


def require_no_open_switch(cursor: Cursor[DictRow], organization_id: str) -> None:
    """Refuse to erase people whose licenses a switch still moves.

    Call it after the rows are deleted, in their transaction. A switch that is reserved later gives its users
    new keys.

    Args:
        cursor: The caller's transaction.
        organization_id: Directory id of the organization.

    Raises:
        RuleViolated: A switch of the organization is open.
    """
    topics = {"reserved": SwitchReserved.TOPIC, "released": SwitchReleased.TOPIC}
    row = cursor.execute(_HELD, {"stream": organization_stream_id(organization_id), **topics}).fetchone()
    if row is None or row["topic"] != SwitchReserved.TOPIC:
        return
    raise RuleViolated(
        f"A switch of the organization {organization_id} is open: it could no longer give its users their "
        "licenses. Nothing was erased.",
        remedy="Wait until the switch has ended, or cancel it (`planswitch switch list` shows it).",
    )


def record_erasure(
    cursor: Cursor[DictRow],
    erasure: Erasure,
    *,
    subject: Subject,
    organization_id: str,
    actor: str,
    reason: str,
) -> None:
    """Record an erasure, and enter it in the access log; one that found nothing is not recorded.

    Args:
        cursor: The caller's transaction.
        erasure: What was deleted.
        subject: A person, or the whole organization.
        organization_id: Directory id of the organization.
        actor: Who erased.
        reason: Why.
    """
    if not erasure.people and not erasure.addresses:
        return
    facts = {"people": erasure.people, "addresses": erasure.addresses, "subject": subject.value}
    cursor.execute(_ADD, {**facts, "organization_id": organization_id, "actor": actor, "reason": reason})
    entry = AccessEntry(
        kind=AccessKind.CHANGE,
        actor=actor,
        credential_id="",
        address="",
        method="",
        route=f"planswitch admin erase-{subject}",
        organization_id=organization_id.strip().lower(),
        status=_DONE,
        shows_persons=False,
        request_id=str(uuid4()),
    )
    add_entry(cursor, entry)
