"""Names and types of the activity that waits for a new subscription, free of the domain for workflows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from activities.contract import ActivitySpec, StepInput, StepResult


@dataclass(frozen=True, kw_only=True)
class ProvisioningWait:
    """A wait for the new subscription, as it is shown and as it goes on when its step is run again."""

    #: provisioning or provisioning_overdue.
    stage: str
    #: When the operator was asked the question that is open; None: no question is.
    asked_at: datetime | None = None
    #: What is not ready, in words.
    message: str = ""
    #: When the wait began; None: with the step.
    begun_at: datetime | None = None
    #: How often was looked before the step was run.
    looks: int = 0


@dataclass(frozen=True, kw_only=True)
class ConfirmProvisioningInput(StepInput):
    """Wait until the new subscription and all its services are ready."""

    #: What is shown; the step ends as soon as the record says otherwise. None: nothing else can be shown.
    wait: ProvisioningWait | None = None


@dataclass(frozen=True, kw_only=True)
class ConfirmProvisioningResult(StepResult):
    """The seller's name of the new subscription, or what is to be shown while it is waited for."""

    #: "" while it is waited for.
    subscription_id: str
    #: What the record says of the wait; None: it is over.
    wait: ProvisioningWait | None = None


CONFIRM_PROVISIONING = ActivitySpec(
    name="purchase.confirm_provisioning",
    input_type=ConfirmProvisioningInput,
    result_type=ConfirmProvisioningResult,
    schedule_to_close_seconds=0,
)
