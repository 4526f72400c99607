"""Proofs that a workflow of this installation asked for a step: made by the worker, checked before it runs.

Whoever reaches Temporal's port can have a worker of their own ask for our steps, with an order that they read
there. The worker that runs our workflows puts a proof beside each step: who asks, and for what (ADR 19).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from activities.signing.proof_contract import ProvenStart, StepRun
from activities.signing.signatures import CommandKeys, hmac_of, is_equal, key_id
from domain.kernel.errors import PlanSwitchError
from domain.kernel.ids import is_workflow_of

_STEP, _START = b"planswitch step 1:", b"planswitch start 1:"
#: Workflows that only a workflow of ours starts; an order's own signature proves the start of the others.
CHILDREN = frozenset({"LicenseMove", "InvoiceWatch"})
#: A longer header is none of ours.
_CHARACTERS_MAX = 2_000


class StepUnproved(PlanSwitchError):
    """A step was asked for by a workflow that no worker of this installation runs, or that nobody started."""

    code = "STEP_UNPROVED"

    def __init__(self, message: str) -> None:
        super().__init__(
            f"{message} Nothing was done.",
            remedy=(
                "Use `planswitch switch`. If a switch of yours is refused, its workers have different "
                "command keys, or a worker of an older version still runs: end it, then retry the switch."
            ),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class AskedStep:
    """A step as Temporal hands it to the worker that is to run it."""

    workflow_id: str
    workflow_type: str
    activity_type: str
    #: Of its input.
    digest: str
    scheduled_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class StepProofs:
    """Makes and checks proofs.

    Args:
        keys: Of this installation.
        since: What was scheduled or started before has no proof and needs none; None: everything needs one.
    """

    keys: CommandKeys
    since: datetime | None = None

    def prove_start(self, start: ProvenStart) -> str:
        """Return the proof that a workflow of ours starts a child."""
        key = self.keys.signing
        return _text({"key_id": key_id(key), "proof": hmac_of(key, _START, asdict(start))})

    def prove_step(self, run: StepRun, activity_type: str, digest: str) -> str:
        """Return the proof that a run asks for a step, and whether one of ours started the run.

        Args:
            run: Who asks.
            activity_type: What for.
            digest: Of the input.
        """
        facts = {
            "workflow_id": run.workflow_id,
            "workflow_type": run.workflow_type,
            "activity_type": activity_type,
            "digest": digest,
            "origin_run_id": run.origin_run_id,
            "is_started_by_us": self._is_started_by_us(run),
        }
        claims = {name: facts[name] for name in ("origin_run_id", "is_started_by_us")}
        key = self.keys.signing
        return _text({**claims, "key_id": key_id(key), "proof": hmac_of(key, _STEP, facts)})

    def check(self, text: str, scheduled: AskedStep) -> str:
        """Return the run that asked for a step: the one that runs it, or one that it was reset from.

        Args:
            text: The header; "": there is none.
            scheduled: The step.

        Returns:
            The id of that run; "" for an older step, which has no proof.

        Raises:
            StepUnproved: A workflow of ours did not ask for this.
        """
        if not text and self.since is not None and scheduled.scheduled_at < self.since:
            return ""
        claims = _claims_of(text)
        key = self.keys.of_id(str(claims.get("key_id")))
        origin, is_started = claims.get("origin_run_id"), claims.get("is_started_by_us")
        facts = {
            "workflow_id": scheduled.workflow_id,
            "workflow_type": scheduled.workflow_type,
            "activity_type": scheduled.activity_type,
            "digest": scheduled.digest,
            "origin_run_id": origin,
            "is_started_by_us": is_started,
        }
        if key is None or not is_equal(str(claims.get("proof")), hmac_of(key, _STEP, facts)):
            raise StepUnproved("The step was not asked for by a workflow of this installation.")
        if scheduled.workflow_type in CHILDREN and is_started is not True:
            raise StepUnproved("The workflow that asks for the step was not started by a switch.")
        return str(origin)

    def _is_started_by_us(self, run: StepRun) -> bool:
        if self.since is not None and run.started_at < self.since:
            return True
        claims = _claims_of(run.start_proof)
        key = self.keys.of_id(str(claims.get("key_id")))
        if key is None or run.start is None or not _is_of_own_parent(run.start):
            return False
        return is_equal(str(claims.get("proof")), hmac_of(key, _START, asdict(run.start)))


def _is_of_own_parent(start: ProvenStart) -> bool:
    """Return whether a child was started by its switch's own workflow, and by no copy of that."""
    of_switch = start.workflow_id.split(":")[1:2]
    return not start.parent_id or any(is_workflow_of(start.parent_id, each) for each in of_switch)


def _text(facts: dict[str, Any]) -> str:
    return json.dumps(facts, sort_keys=True, separators=(",", ":"))


def _claims_of(text: str) -> dict[str, Any]:
    """Return what a header says, nothing where it is none of ours."""
    if not text or len(text) > _CHARACTERS_MAX:
        return {}
    try:
        claims = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}
