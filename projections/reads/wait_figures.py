"""What all open switches wait for, in figures: by stage and reason, without any organization."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from domain.kernel.errors import CODES
from domain.reasons.reasons import REASONS
from domain.switch.stage import Stage
from projections.reads.visible import SWITCH_BOARD

#: Reason of a wait that no error caused, and of one whose code is none of the product.
PLAIN, OTHER = "none", "other"
#: Codes by which a switch waits until somebody lets this installation in again.
ACCESS_CODES = frozenset({"ACCESS_LOST", "ACCESS_EXPIRED", "PERMISSION_MISSING"})
#: Stages in which nothing goes on until an operator acts.
HOLDS = (Stage.HELD, Stage.PAUSED, Stage.STUCK, Stage.CREDIT_OVERDUE, Stage.PROVISIONING_OVERDUE)
OPEN_WAITS = f"""
SELECT stage, error_code AS reason, count(*) AS switches,
       max(greatest(extract(epoch FROM clock_timestamp() - coalesce(waits_since, updated_at)), 0))
           ::double precision AS oldest_seconds
FROM {SWITCH_BOARD} WHERE ended_at IS NULL GROUP BY stage, error_code
"""  # noqa: S608  # constants


@dataclass(frozen=True, kw_only=True, slots=True)
class Wait:
    """Switches in one stage that wait for one reason."""

    stage: str
    #: A code of the product; PLAIN or OTHER where there is none.
    reason: str
    switches: int
    #: Since the first of them began to wait.
    oldest_seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitFigures:
    """What all open switches wait for."""

    waits: tuple[Wait, ...] = ()
    #: Stage of HOLDS -> switches in it.
    holds: Mapping[str, int] | None = None
    #: Switches that wait until somebody lets this installation in again.
    access_lost: int = 0


def wait_figures_of(rows: Iterable[Mapping[str, object]]) -> WaitFigures:
    """Return the figures of the rows of OPEN_WAITS."""
    waits: dict[tuple[str, str], Wait] = {}
    holds, access_lost = dict.fromkeys((str(each) for each in HOLDS), 0), 0
    for row in rows:
        stage, reason = str(row["stage"]), _reason(str(row["reason"]))
        switches, oldest = int(str(row["switches"])), float(str(row["oldest_seconds"]))
        before = waits.get((stage, reason))
        if before is not None:
            switches, oldest = switches + before.switches, max(oldest, before.oldest_seconds)
        waits[stage, reason] = Wait(stage=stage, reason=reason, switches=switches, oldest_seconds=oldest)
        if stage in holds:
            holds[stage] += int(str(row["switches"]))
        if reason in ACCESS_CODES:
            access_lost += int(str(row["switches"]))
    return WaitFigures(waits=tuple(waits.values()), holds=holds, access_lost=access_lost)


def _reason(code: str) -> str:
    """Return a label of a bounded set: a code may be a provider's own."""
    if not code:
        return PLAIN
    return code if code in CODES or code in REASONS else OTHER
