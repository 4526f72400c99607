"""What use cases answer, as API and command line tell it; light, so that a command loads no client for it."""

from __future__ import annotations

from dataclasses import dataclass

from domain.operator.workflow_trouble import WorkflowTrouble


@dataclass(frozen=True, kw_only=True, slots=True)
class CommandTaken:
    """A command that a switch, or a request that waits, has taken."""

    switch_id: str
    #: Stage of the switch after it.
    stage: str
    message: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CallbackTaken:
    """A callback of the credit bureau that counts."""

    callback_id: str
    switch_id: str
    message: str
    #: It was taken before; this is the answer to it.
    repeated: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class SwitchWorkflow:
    """The workflow of a switch that is known to the record, or only to Temporal."""

    switch_id: str
    organization_id: str
    workflow_id: str
    #: The request waits to be eligible: the record holds no switch yet.
    waits: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkflowOfSwitch(SwitchWorkflow):
    """What Temporal knows of it, and where the record stands."""

    waits: bool
    #: running, ended, lost, store_behind or in_trouble.
    state: str
    status: str
    run_id: str
    #: What is wrong; "" where all is well.
    trouble: str
    remedy: str
    troubles: tuple[WorkflowTrouble, ...]
    #: None: the record does not hold it open.
    recorded_stage: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SwitchRestarted(SwitchWorkflow):
    """A switch, or a request that waits, whose workflow was started again."""

    #: Status of the workflow that was there.
    found: str
    lost_run_id: str
    #: "": it has just ended, or was just started again.
    run_id: str
    stage: str
    message: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkflowHistory:
    """How long the history of one workflow is."""

    workflow_id: str
    run_id: str
    events: int
