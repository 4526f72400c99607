"""Rows of users, compared with the digests in their events, which the seals cover (ADR 33)."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from json import dumps
from operator import itemgetter

from audit.verification.findings import Deviates, Deviation, Fault, Subject
from audit.verification.move_rows import compared_moves
from audit.verification.roster_rows import compared_rosters
from store.record.raw_record import RawRecord

_SELECTIONS = """
SELECT selection_id, organization_id, user_key
FROM planswitch.user_selection FULL JOIN planswitch.user_selection_user USING (selection_id)
ORDER BY selection_id COLLATE "C", user_key
"""
_SERVICES = """
SELECT choice_id, organization_id, user_key, disabled
FROM planswitch.user_services FULL JOIN planswitch.user_services_user USING (choice_id)
ORDER BY choice_id COLLATE "C", user_key
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class UserRowCount:
    """Rows that were compared."""

    roster_rows: int
    move_rows: int
    #: Who was chosen to move, and whose services were chosen.
    selection_rows: int
    #: Rows that name users who drifted: their number is proved, and not who they are.
    drift_rows: int
    #: Rosters without an event yet: the switch that froze them has not begun to move.
    open_rosters: int


def compared_user_rows(record: RawRecord) -> UserRowCount:
    """Compare all rows of users with the digests in their events; return how many there are.

    Args:
        record: The rows of the walk, whose events have been compared already.

    Raises:
        Deviates: A row is not as it was recorded.
    """
    move_rows, drift_rows = compared_moves(record)
    roster_rows, open_rosters = compared_rosters(record)
    return UserRowCount(
        roster_rows=roster_rows,
        move_rows=move_rows,
        selection_rows=_compared_selections(record) + _compared_services(record),
        drift_rows=drift_rows,
        open_rosters=open_rosters,
    )


def _compared_selections(record: RawRecord) -> int:
    """Compare each choice of users with its id, which is the digest of the users."""
    compared = 0
    for selection_id, group in groupby(record.stream("selections", _SELECTIONS), key=itemgetter(0)):
        organization_id, number, whole = "", 0, sha256()
        for _, organization_id, key in group:
            opening = f'{{"organization_id":{dumps(organization_id, ensure_ascii=False)},"users":['
            whole.update((("," if number else opening) + f'"{key}"').encode())
            number += 1
        whole.update(b"]}")
        if whole.hexdigest() != selection_id:
            raise Deviates(
                Deviation(
                    fault=Fault.ALTERED,
                    subject=Subject.USER_ROW,
                    ids={"table": "user_selection_user", "selection": selection_id},
                    sentence=(
                        f"The users of selection {selection_id} of organization {organization_id} are not "
                        "those whom somebody chose."
                    ),
                )
            )
        compared += number
    return compared


def _compared_services(record: RawRecord) -> int:
    """Compare each choice of services with its id, which is the digest of users and services."""
    compared = 0
    for choice_id, group in groupby(record.stream("services", _SERVICES), key=itemgetter(0)):
        organization_id, number, whole = "", 0, sha256()
        for _, organization_id, key, disabled in group:
            opening = f'{{"organization_id":{dumps(organization_id, ensure_ascii=False)},"services":{{'
            services = dumps(disabled, ensure_ascii=False, separators=(",", ":"))
            whole.update((("," if number else opening) + f'"{key}":{services}').encode())
            number += 1
        whole.update(b"}}")
        if whole.hexdigest() != choice_id:
            raise Deviates(
                Deviation(
                    fault=Fault.ALTERED,
                    subject=Subject.USER_ROW,
                    ids={"table": "user_services_user", "choice": choice_id},
                    sentence=(
                        f"The services of choice {choice_id} of organization {organization_id} are not "
                        "those that somebody chose."
                    ),
                )
            )
        compared += number
    return compared
