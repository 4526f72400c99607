"""The answer of a replay: for each run of a switch's workflows, whether today's program decides as it did."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from audit.replay.decisions import Deviation, DeviationKind


class ReplayResult(StrEnum):
    """What became of the replay of one run, the best first."""

    REPLAYS = "replays"
    #: It asks for the same in the same order, with other values.
    OTHER_VALUES = "other_values"
    #: There is nothing to replay; `why` says why.
    NO_HISTORY = "no_history"
    #: It asks for something else, comes to another end, or fails.
    DIFFERS = "differs"
    #: The archive holds another history than was put there.
    ALTERED = "altered"


class HistorySource(StrEnum):
    """Where a history comes from."""

    ARCHIVE = "archive"
    TEMPORAL = "temporal"
    NOWHERE = "nowhere"


@dataclass(frozen=True, kw_only=True, slots=True)
class RunReplay:
    """The replay of one run of one workflow."""

    workflow_id: str
    run_id: str
    #: PlanSwitch, LicenseMove, EligibilityWait or InvoiceWatch; "" where nobody knows.
    workflow_type: str
    #: How the run ended, or running; "" where nobody knows.
    status: str
    source: HistorySource
    #: When it was put into the archive; None where it is not there.
    archived_at: datetime | None
    #: Events of the history; 0 where there is none.
    events: int
    #: Of the archived history; "" where it is not archived.
    sha256: str
    result: ReplayResult
    #: Steps, child workflows and ends that were compared.
    decisions: int = 0
    deviations: tuple[Deviation, ...] = ()
    #: Why there is no history, or what is wrong with it; "" elsewhere.
    why: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SwitchReplay:
    """The replay of all runs of a switch."""

    switch_id: str
    organization_id: str
    #: Version of the program that replayed them.
    program_version: str
    #: The worst of its runs.
    result: ReplayResult
    runs: tuple[RunReplay, ...]


def result_of(deviations: Iterable[Deviation]) -> ReplayResult:
    """Return what became of a replay that was possible."""
    kinds = {each.kind for each in deviations}
    if not kinds:
        return ReplayResult.REPLAYS
    return ReplayResult.OTHER_VALUES if kinds == {DeviationKind.VALUES} else ReplayResult.DIFFERS


def switch_replay(
    switch_id: str, organization_id: str, *, program_version: str, runs: Iterable[RunReplay]
) -> SwitchReplay:
    """Return the replay of a switch; without any run it has no history."""
    order = list(ReplayResult)
    replayed = tuple(runs)
    worst = max((each.result for each in replayed), key=order.index, default=ReplayResult.NO_HISTORY)
    return SwitchReplay(
        switch_id=switch_id,
        organization_id=organization_id,
        program_version=program_version,
        result=worst,
        runs=replayed,
    )
