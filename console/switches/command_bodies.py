"""Bodies of commands to a running switch, each with the message that it is to the workflow."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import uuid4

from pydantic import ConfigDict, Field

from console.edge.plain_bodies import Body, Id, Instant, Reason, Text, Texts
from console.switches.bodies import QUANTITY_MAX
from domain.switch.credit import EXTENSION_DAYS_MAX
from services.recovery.reconciler import GRACE_SECONDS
from workflows.base.messages import (
    AmendQuantity,
    CreditDecision,
    CreditExtension,
    OperatorCommand,
    RetryUsers,
    SkipUser,
)

#: Users of one command.
USERS_MAX = 500
GRACE_SECONDS_MAX = 86_400
BUREAU = "credit-bureau"
#: Path of the API -> verdict.
VERDICTS = {"approve": "approved", "decline": "declined"}
Verdict = Literal["approve", "decline"]


class CommandBody(Body):
    """A manual act on a running switch."""

    reason: Reason
    request_id: Text = Field(default_factory=lambda: str(uuid4()))

    def command(self, actor: str) -> OperatorCommand:
        """Return the message of a command that takes nothing else."""
        return OperatorCommand(request_id=self.request_id, actor=actor, reason=self.reason)

    def decision(self, actor: str, verdict: Verdict) -> CreditDecision:
        """Return an answer to a credit check in the bureau's place."""
        return CreditDecision(
            decision_id=self.request_id,
            verdict=VERDICTS[verdict],
            decided_by="operator",
            actor=actor,
            reason=self.reason,
        )


class RetryUsersBody(CommandBody):
    """What to try again."""

    #: Keys or directory ids of users who could not be moved; none tries everything again.
    users: Annotated[Texts, Field(max_length=USERS_MAX)] = ()

    def of_users(self, actor: str) -> RetryUsers:
        """Return the message to try these users again."""
        return RetryUsers(
            request_id=self.request_id, actor=actor, reason=self.reason, user_keys=tuple(self.users)
        )


class SkipBody(CommandBody):
    """Who is left behind."""

    #: Key or directory id of a user who could not be moved.
    user: Id
    #: The user loses the old plan's license with its cancellation, and that is accepted.
    accept_loss: bool = False

    def command(self, actor: str) -> SkipUser:
        """Return the message to leave the user behind."""
        return SkipUser(
            request_id=self.request_id,
            actor=actor,
            reason=self.reason,
            user_key=self.user,
            is_loss_accepted=self.accept_loss,
        )


class AmendBody(CommandBody):
    """Another number of licenses of the new plan."""

    quantity: Annotated[int, Field(ge=1, le=QUANTITY_MAX)]
    #: Digest of the amendment that was shown; null with `accept` takes the one of this moment.
    accepted_digest: Text | None = None
    accept: bool = False
    #: Accept that more of a prepaid value is lost than was accepted before.
    accept_forfeiture: bool = False

    def command(self, actor: str) -> AmendQuantity:
        """Return the message of the amendment that was accepted."""
        return AmendQuantity(
            request_id=self.request_id,
            actor=actor,
            reason=self.reason,
            quantity=self.quantity,
            accepted_digest=self.accepted_digest or "",
            is_loss_accepted=self.accept_forfeiture,
        )


class ExtensionBody(CommandBody):
    """A credit check that may take longer."""

    #: In the unit of the rule set's wait, mostly business days.
    days: Annotated[int, Field(ge=1, le=EXTENSION_DAYS_MAX)] = EXTENSION_DAYS_MAX

    def extension(self, actor: str) -> CreditExtension:
        """Return the message that the credit check may take longer."""
        return CreditExtension(request_id=self.request_id, days=self.days, actor=actor, reason=self.reason)


class ReconcileBody(Body):
    """How to pair both stores."""

    #: Reservations and endings younger than this are left alone.
    grace_seconds: Annotated[float, Field(ge=0, le=GRACE_SECONDS_MAX)] = GRACE_SECONDS


class CreditCallback(Body):
    """What the credit bureau calls back (docs/api/credit.yaml)."""

    model_config = ConfigDict(extra="ignore")

    callback_id: Text
    organization_id: Id
    order_id: Text
    check_id: Text
    verdict: Literal["approved", "declined"]
    decided_at: Instant

    @property
    def decision(self) -> CreditDecision:
        """Return the message that the bureau's answer is to the workflow."""
        return CreditDecision(
            decision_id=self.callback_id,
            verdict=self.verdict,
            decided_by="bureau",
            actor=BUREAU,
            reason=f"callback {self.callback_id}",
        )
