"""Names and types of the activities of holds, operator controls and the way back; free of the domain."""

from __future__ import annotations

from dataclasses import dataclass

from activities.contract import HOUR_SECONDS, ActivitySpec, RecordedResult, StepInput, StepResult
from activities.signed_command import SignedCommand

_QUARTER_DAY_SECONDS = 6 * HOUR_SECONDS


@dataclass(frozen=True, kw_only=True)
class RecordHoldInput(StepInput):
    """Record that the switch waits for an operator, or goes on."""

    #: True: the hold begins. False: an operator let it go on.
    held: bool
    code: str
    message: str
    actor: str
    reason: str
    signed: SignedCommand | None = None


@dataclass(frozen=True, kw_only=True)
class RecordPauseInput(StepInput):
    """Record that a switch pauses, or goes on."""

    #: True: the pause begins. False: it ends.
    paused: bool
    #: OPERATOR or PILOT.
    code: str
    message: str
    #: "" where nobody commanded it.
    request_id: str = ""
    actor: str = ""
    reason: str = ""
    #: It ends by itself after so long; 0 waits for `resume`.
    seconds: float = 0.0
    signed: SignedCommand | None = None


@dataclass(frozen=True, kw_only=True)
class RecordPauseResult(StepResult):
    """It is in the record."""

    #: False: the record stood so already, and not by this command.
    is_taken: bool = True


@dataclass(frozen=True, kw_only=True)
class SkipUserInput(StepInput):
    """Leave one user behind who could not be moved (rules#operator-controls)."""

    user_key: str
    #: The operator knows that the user loses the old plan's license with its cancellation.
    is_loss_accepted: bool
    request_id: str
    actor: str
    reason: str
    signed: SignedCommand | None = None


@dataclass(frozen=True, kw_only=True)
class RetryUsersInput(StepInput):
    """Try single users again who could not be moved."""

    user_keys: tuple[str, ...]
    request_id: str
    actor: str
    reason: str
    signed: SignedCommand | None = None


@dataclass(frozen=True, kw_only=True)
class CommandResult(StepResult):
    """What became of a command."""

    accepted: bool
    message: str


@dataclass(frozen=True, kw_only=True)
class UsersResult(CommandResult):
    """What became of a command on single users."""

    #: Users whom the switch still waits for.
    unresolved: int = 0


@dataclass(frozen=True, kw_only=True)
class AmendQuantityInput(StepInput):
    """Give a switch another number of licenses of the new plan (ADR 14)."""

    quantity: int
    #: Digest of the amendment that the operator was shown and accepted.
    accepted_digest: str
    #: More of a prepaid value is lost than was accepted before, and that is accepted.
    is_loss_accepted: bool
    request_id: str
    actor: str
    reason: str
    signed: SignedCommand | None = None


@dataclass(frozen=True, kw_only=True)
class WaitOnInput(StepInput):
    """Wait on for a new subscription whose time is nearly over."""

    request_id: str
    actor: str
    reason: str
    signed: SignedCommand | None = None


@dataclass(frozen=True, kw_only=True)
class WaitOnResult(CommandResult):
    """What became of it."""

    #: A question to the operator is open afterwards.
    is_asked: bool = True


WAIT_ON = ActivitySpec(name="provisioning.wait_on", input_type=WaitOnInput, result_type=WaitOnResult)
RECORD_HOLD = ActivitySpec(
    name="administration.record_hold", input_type=RecordHoldInput, result_type=RecordedResult
)
RECORD_PAUSE = ActivitySpec(
    name="controls.record_pause", input_type=RecordPauseInput, result_type=RecordPauseResult
)
SKIP_USER = ActivitySpec(name="controls.skip_user", input_type=SkipUserInput, result_type=UsersResult)
RETRY_USERS = ActivitySpec(
    name="controls.retry_users",
    input_type=RetryUsersInput,
    result_type=UsersResult,
    start_to_close_seconds=HOUR_SECONDS,
)
AMEND_QUANTITY = ActivitySpec(
    name="controls.amend_quantity", input_type=AmendQuantityInput, result_type=CommandResult
)


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
