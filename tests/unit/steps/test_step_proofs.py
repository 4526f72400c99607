"""Kind: a proof that is good for more than it was made for (ADR 19, proof of steps)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from activities.signing.proof_contract import ProvenStart, StepRun
from activities.signing.signatures import CommandKeys
from activities.signing.step_proofs import AskedStep, StepProofs, StepUnproved
from domain.kernel.ids import switch_id_of

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
OLD = CommandKeys(signing=b"a-key-of-this-installation")
PROOFS = StepProofs(keys=OLD)
START = ProvenStart(
    workflow_id=f"licenses:{switch_id_of('o', 'r')}:1",
    workflow_type="LicenseMove",
    digest="d",
    parent_id="switch:o:r",
    parent_run_id="p",
)
RUN = StepRun(
    workflow_id=START.workflow_id,
    workflow_type=START.workflow_type,
    origin_run_id="run-1",
    started_at=AT,
    start=START,
    start_proof=PROOFS.prove_start(START),
)
STEP = "license_reassignment.move_slice"
ASKED = AskedStep(
    workflow_id=RUN.workflow_id,
    workflow_type=RUN.workflow_type,
    activity_type=STEP,
    digest="i",
    scheduled_at=AT,
)


def test_a_step_of_ours_passes_and_names_its_run() -> None:
    """What follows is measured by this (ADR 19)."""
    assert PROOFS.check(PROOFS.prove_step(RUN, STEP, "i"), ASKED) == "run-1"


@pytest.mark.parametrize(
    "changes",
    [{"workflow_id": "x"}, {"workflow_type": "X"}, {"activity_type": "x"}, {"digest": "x"}],
    ids=str,
)
def test_a_proof_is_good_for_its_step_alone(changes: dict[str, Any]) -> None:
    """Another workflow, type, step or input is refused (ADR 19)."""
    with pytest.raises(StepUnproved):
        PROOFS.check(PROOFS.prove_step(RUN, STEP, "i"), replace(ASKED, **changes))


@pytest.mark.parametrize(
    "text", ["", "{}", "no json", "[1]", "9" * 5_000, '{"key_id": 1, "proof": "\\ud800"}']
)
def test_what_is_no_proof_is_refused(text: str) -> None:
    """Whatever a stranger writes into the header (ADR 19)."""
    with pytest.raises(StepUnproved):
        PROOFS.check(text, ASKED)


def test_a_made_up_run_or_start_is_refused() -> None:
    """What the header says beside the proof is under it (ADR 19)."""
    unstarted = PROOFS.prove_step(replace(RUN, start_proof=""), STEP, "i")
    told = PROOFS.prove_step(RUN, STEP, "i")

    for text in (
        unstarted,
        unstarted.replace("false", "true"),
        told.replace("run-1", "run-2"),
    ):
        with pytest.raises(StepUnproved):
            PROOFS.check(text, ASKED)


def test_a_child_of_a_copy_of_its_switch_proves_nothing() -> None:
    """A copy of a switch under another id starts a child in the genuine switch's name (ADR 19)."""
    start = replace(START, parent_id="switch:o:copy")
    run = replace(RUN, start=start, start_proof=PROOFS.prove_start(start))

    with pytest.raises(StepUnproved, match="not started by a switch"):
        PROOFS.check(PROOFS.prove_step(run, STEP, "i"), ASKED)


@pytest.mark.parametrize("name", ["workflow_id", "digest", "parent_id", "parent_run_id"])
def test_a_start_is_good_for_its_child_alone(name: str) -> None:
    """A start header that was copied to another child, input or parent proves nothing (ADR 19)."""
    other = replace(RUN, start=replace(START, **{name: "x"}))

    with pytest.raises(StepUnproved, match="not started by a switch"):
        PROOFS.check(PROOFS.prove_step(other, STEP, "i"), ASKED)


def test_both_keys_are_valid_while_one_is_rolled() -> None:
    """A step of before the roll passes, and not once its key has been left out (docs/security.md)."""
    rolled = StepProofs(keys=CommandKeys(signing=b"the-key-that-comes-after", second=OLD.signing))
    alone = StepProofs(keys=CommandKeys(signing=b"the-key-that-comes-after"))
    text = PROOFS.prove_step(RUN, STEP, "i")

    assert rolled.check(text, ASKED) == "run-1"
    assert rolled.check(rolled.prove_step(RUN, STEP, "i"), ASKED) == "run-1"
    with pytest.raises(StepUnproved):
        alone.check(text, ASKED)


def test_what_was_under_way_at_the_upgrade_passes() -> None:
    """A step and a child of before have no proof; of later ones it is asked (docs/security.md)."""
    upgraded = StepProofs(keys=OLD, since=AT)
    before = AT - timedelta(seconds=1)
    child = replace(RUN, started_at=before, start=None, start_proof="")

    assert upgraded.check("", replace(ASKED, scheduled_at=before)) == ""
    assert upgraded.check(upgraded.prove_step(child, STEP, "i"), ASKED) == "run-1"
    for text, asked in (("", ASKED), ("{}", replace(ASKED, scheduled_at=before))):
        with pytest.raises(StepUnproved):
            upgraded.check(text, asked)
    with pytest.raises(StepUnproved):
        upgraded.check(upgraded.prove_step(replace(child, started_at=AT), STEP, "i"), ASKED)
