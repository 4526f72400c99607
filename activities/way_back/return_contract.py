"""Names and types of the activities of the way back, free of the domain: workflows import them."""

from __future__ import annotations

from dataclasses import dataclass

from activities.contract import ActivitySpec, StepInput, StepResult
from activities.signed_command import SignedCommand

_QUARTER_DAY_SECONDS = 6 * 3600


@dataclass(frozen=True, kw_only=True)
class StartRollBackInput(StepInput):
    """Record that everyone moved returns; from then on nobody is moved forward."""

    actor: str
    reason: str
    request_id: str
    signed: SignedCommand | None = None


@dataclass(frozen=True, kw_only=True)
class StartRollBackResult(StepResult):
    """The way back has begun, or the record says that it is too late."""

    #: How long a writer that lost its worker may still be writing.
    settle_seconds: float
    #: An attempt that was given up has asked for the cancellation: the switch goes forward (ADR 16).
    is_too_late: bool = False


@dataclass(frozen=True, kw_only=True)
class ReturnUsersInput(StepInput):
    """Return everyone who holds the new plan because of the switch."""

    #: The look after the wait for late writers: when it finds nobody, the way back is finished.
    is_last: bool


@dataclass(frozen=True, kw_only=True)
class ReturnUsersResult(StepResult):
    """What became of the users."""

    returned: int
    #: True when nobody was found and the finish is recorded.
    is_finished: bool


@dataclass(frozen=True, kw_only=True)
class RecordStuckInput(StepInput):
    """Record that something could not be taken back."""

    step: str
    code: str
    message: str


@dataclass(frozen=True, kw_only=True)
class RecordCommandInput(StepInput):
    """Record an operator's command before it is answered."""

    command: str
    request_id: str
    actor: str
    reason: str
    signed: SignedCommand | None = None


@dataclass(frozen=True, kw_only=True)
class RecordedResult(StepResult):
    """It is in the record."""


START_ROLL_BACK = ActivitySpec(
    name="roll_back.start_roll_back",
    input_type=StartRollBackInput,
    result_type=StartRollBackResult,
    heartbeat_seconds=10,
)
RETURN_USERS = ActivitySpec(
    name="roll_back.return_users",
    input_type=ReturnUsersInput,
    result_type=ReturnUsersResult,
    start_to_close_seconds=_QUARTER_DAY_SECONDS,
    heartbeat_seconds=10,
    is_license_work=True,
)
RECORD_STUCK = ActivitySpec(
    name="roll_back.record_stuck",
    input_type=RecordStuckInput,
    result_type=RecordedResult,
    heartbeat_seconds=10,
)
RECORD_COMMAND = ActivitySpec(
    name="roll_back.record_command",
    input_type=RecordCommandInput,
    result_type=RecordedResult,
    heartbeat_seconds=10,
)
