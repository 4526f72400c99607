"""The activity that looks at a command before it acts, free of the domain for workflows (ADR 19)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from activities.contract import ActivitySpec, StepInput, StepResult
from activities.signed_command import SignedCommand


@dataclass(frozen=True, kw_only=True)
class AdmitInput(StepInput):
    """Look at a command before it has any effect."""

    command: str
    signed: SignedCommand
    #: When the run began: what was signed before was given to an earlier one. None: it does not matter.
    run_began_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class AdmitResult(StepResult):
    """The command with the worker's seal, or that the record knows it already."""

    signed: SignedCommand
    is_repeated: bool = False


ADMIT = ActivitySpec(name="commands.admit", input_type=AdmitInput, result_type=AdmitResult)
