"""`doctor` names switches whose histories Temporal deletes before they are archived (ADR 38)."""

from __future__ import annotations

from datetime import UTC, datetime

from ops.readiness.history_checks import HISTORIES_EXPIRE, HISTORIES_UNSEEN, histories_state, look_at_archive
from store.record.histories import ClosedRun


def closed_run(number: int) -> ClosedRun:
    """Return a closed run of a switch of its own."""
    return ClosedRun(
        workflow_id=f"switch:organization:{number}",
        run_id=f"run-{number}",
        switch_id=f"{number:08d}-0000-4000-8000-000000000000",
        workflow_type="PlanSwitch",
        status="completed",
        closed_at=datetime(2026, 11, 1, tzinfo=UTC),
    )


def test_an_archived_history_may_expire() -> None:
    """Temporal may delete what the archive has."""
    run = closed_run(1)

    state = histories_state([run], {run.name})

    assert (state.state, state.figures) == ("ok", {"missing": 0})


def test_switches_without_an_archived_history_are_named() -> None:
    """The cause, which only `doctor` shows, names the first switches; code and figure say the rest."""
    runs = [closed_run(number) for number in range(7)]

    state = histories_state(runs, {runs[0].name})

    assert (state.state, state.code, state.figures) == ("warning", HISTORIES_EXPIRE, {"missing": 6})
    assert state.cause == "switches 00000001, 00000002, 00000003, 00000004, 00000005 and 1 more"
    assert "planswitch worker" in state.remedy


def test_a_temporal_that_lists_nothing_is_no_proof() -> None:
    """Where nobody can tell, that is told; no database is asked."""
    state = look_at_archive("", None)

    assert (state.state, state.code) == ("warning", HISTORIES_UNSEEN)
