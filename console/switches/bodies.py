"""Bodies of quotes, switches and commands, each with the question or the message that it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal, TypedDict

from pydantic import ConfigDict, Field, model_validator

from activities.assessment.circumstances import SwitchQuestion
from console.edge.plain_bodies import Body, Day, Id, Instant, OptionalReason, Reason, Text, Texts
from console.edge.request_ids import new_request_id
from domain.kernel.errors import InvalidInput
from domain.kernel.ids import canonical_id
from domain.kernel.limits import COMMAND_USERS_MAX, LICENSES_MAX, SOAK_SECONDS_MAX, TEXT_MAX
from domain.quote.quote_input import FORFEITURE
from domain.requests.terms import (
    EMPTY_FOR_NONE,
    PaymentMethod,
    SwitchOptions,
    SwitchTerms,
    carried,
    inward,
)
from domain.switch.credit import EXTENSION_DAYS_MAX
from services.assessment.asking import Acceptance
from services.assessment.selections import UserChoice
from services.assessment.switch_back import BackOptions
from services.recovery.reconciler import GRACE_SECONDS
from workflows.base.messages import (
    AmendQuantity,
    CreditDecision,
    CreditExtension,
    OperatorCommand,
    RetryUsers,
    SkipUser,
    TakeStep,
)

ACKNOWLEDGMENTS_MAX = 20
#: A day that somebody forgot to fill in must not start a switch at once.
_MAY_BE_EMPTY = EMPTY_FOR_NONE - {"start_on"}
Acknowledgments = Annotated[Texts, Field(max_length=ACKNOWLEDGMENTS_MAX)]
_Pilot = Annotated[int, Field(ge=0, le=LICENSES_MAX)]
_Soak = Annotated[int, Field(ge=0, le=SOAK_SECONDS_MAX)]
#: Users who are named one by one to be moved; more of them are named by a group or a department.
NAMED_MAX = 5_000
_Named = Annotated[Texts, Field(max_length=NAMED_MAX)]
#: Longest grace of a round of the reconciler that is asked for: a day.
GRACE_SECONDS_MAX = 86_400
BUREAU = "credit-bureau"
#: Path of the API -> verdict.
VERDICTS = {"approve": "approved", "decline": "declined"}
Verdict = Literal["approve", "decline"]


class ChoiceBody(Body):
    """Users who are to move, named in one way; none of the ways is everyone."""

    #: Object ids or principal names.
    users_listed: _Named = ()
    #: Id of a group of the directory.
    users_of_group: Id | None = None
    #: Name of a department, as the directory has it.
    users_of_department: Text | None = None
    #: Plan that they hold beside the old one: id, part number, name or alias.
    users_with_plan: Text | None = None

    @property
    def choice(self) -> UserChoice:
        """Return who is named."""
        return UserChoice(
            users_listed=tuple(self.users_listed),
            users_of_group=self.users_of_group,
            users_of_department=self.users_of_department,
            users_with_plan=self.users_with_plan,
        )


class QuoteBody(ChoiceBody, SwitchOptions):  # type: ignore[misc] # a `Body` is frozen by its config
    """What to quote; starting a switch takes the same fields, so that both are the same question.

    Every option of a switch is a field; those that stand here have a bound beside their type.
    """

    model_config = ConfigDict(str_max_length=TEXT_MAX)

    organization_id: Id
    #: The seller's id; null is the organization's only active plan.
    source_subscription_id: Id | None = None
    #: Id, part number, name or alias of a plan of the catalog; null with licenses_only takes that of
    #: target_subscription_id.
    target_plan: Text | None = None
    #: Subscription of the target plan that is owned already; null orders a new one. With licenses_only also
    #: by the directory's own id of it.
    target_subscription_id: Id | None = None
    #: Day of the quote in the organization's zone; null is today.
    quoted_on: Day | None = None
    #: Accept the loss of prepaid value that the quote discloses.
    accept_forfeiture: bool = False
    #: Wait until nothing blocks the switch, at the longest until then: ISO date or instant, by the
    #: organization's clocks. null does not wait.
    wait_until: Text | None = None
    #: What a switch that waited may take at most, as a decimal amount with tax; null is the most that the
    #: quote ever takes until then.
    max_total: Text | None = None
    quantity: Annotated[int, Field(ge=1, le=LICENSES_MAX)] | None = None
    #: null is how the organization pays.
    payment_method: PaymentMethod | None = None  # type: ignore[assignment] # an order states one
    acknowledgments: Acknowledgments = ()
    pilot: _Pilot = 0
    pilot_soak_seconds: _Soak = 0
    rule_set: Text = SwitchOptions.rule_set
    policy: Text = SwitchOptions.policy
    caller_role: Text = SwitchOptions.caller_role
    start_on: Text | None = None
    start_at: Text | None = None
    quiet_hours: Text | None = None
    price_tolerance_percent: Text = "0"
    #: Id of a selection of users that an earlier quote has told, in place of naming them again.
    selection: Text | None = None
    #: Id of a choice of services, user by user, that the check of a file of users has told.
    user_services: Text | None = None
    #: Country that users get as usage location who have none, ISO 3166-1 alpha-2, such as DE.
    set_usage_location: Text | None = None
    #: Told in answers; what is given counts for nothing.
    selected: Annotated[int, Field(ge=0, le=LICENSES_MAX)] = 0

    @model_validator(mode="before")
    @classmethod
    def _none_for_empty(cls, body: Any) -> Any:
        return inward(body, texts=_MAY_BE_EMPTY)

    @property
    def named_plan(self) -> str:
        """Return the plan that is named; "" where the subscription that receives the users tells it.

        Raises:
            InvalidInput: Neither tells it.
        """
        if self.target_plan is None and not self.licenses_only:
            raise InvalidInput(
                field="target_plan",
                value=None,
                allowed=f"text of 1 to {TEXT_MAX} characters: the plan to switch to",
                remedy="`planswitch catalog list` names the plans. With `--licenses-only` the subscription "
                "that receives the users tells it.",
            )
        return self.target_plan or ""

    def question(self, own_switch_id: str | None = None) -> SwitchQuestion:
        """Return what is asked; ids are told in the one spelling in which they are recorded.

        Args:
            own_switch_id: The switch whose own locks do not count.
        """
        options: dict[str, Any] = {
            name: canonical_id(option) if isinstance(option, str) else option
            for name, option in carried(SwitchOptions, self).items()
        }
        is_payment_stated = self.payment_method is not None
        if not is_payment_stated:
            del options["payment_method"]
        if self.accept_forfeiture:
            options["acknowledgments"] = (*self.acknowledgments, FORFEITURE)
        terms = SwitchTerms(
            organization_id=self.organization_id,
            source_subscription_id=self.source_subscription_id,
            target_plan_id=self.named_plan,
            **options,
        )
        return SwitchQuestion(
            terms=terms,
            quoted_on=self.quoted_on,
            target_subscription_id=self.target_subscription_id,
            own_switch_id=own_switch_id,
            is_payment_stated=is_payment_stated,
        )


class SwitchBody(QuoteBody, Acceptance):  # type: ignore[misc] # as its base
    """What to start."""

    # Pydantic takes the defaults of a dataclass for new fields, and would forget these bounds.
    payment_method: PaymentMethod | None = None  # type: ignore[assignment] # as its base
    acknowledgments: Acknowledgments = ()
    pilot: _Pilot = 0
    pilot_soak_seconds: _Soak = 0
    rule_set: Text = SwitchOptions.rule_set
    policy: Text = SwitchOptions.policy
    caller_role: Text = SwitchOptions.caller_role
    price_tolerance_percent: Text = "0"
    selected: Annotated[int, Field(ge=0, le=LICENSES_MAX)] = 0
    #: The same id is one switch, however often it is sent.
    request_id: Text = Field(default_factory=new_request_id)
    #: null with `accept` takes the quote of this moment.
    quote_digest: Text | None = None
    reason: OptionalReason = ""


class BackQuoteBody(Body):
    """What to quote of a switch back; null takes what was before the switch that it takes back."""

    quantity: Annotated[int, Field(ge=1, le=LICENSES_MAX)] | None = None
    payment_method: PaymentMethod | None = None
    acknowledgments: Acknowledgments = ()
    #: Accept the loss of prepaid value that the quote discloses.
    accept_forfeiture: bool = False
    #: User of the directory on whose behalf it is asked.
    caller: Id | None = None
    #: Move only those whom it restores, by hand, and leave the others on the plan that they have.
    leave_others: bool = False
    #: With leave_others: id of the selection that a quote has told, in place of reading anew who moves.
    selection: Text | None = None

    @property
    def options(self) -> BackOptions:
        """Return what the operator chose."""
        return BackOptions(
            quantity=self.quantity,
            payment_method=self.payment_method,
            acknowledgments=self.acknowledgments,
            caller=self.caller,
            leave_others=self.leave_others,
            selection=self.selection,
        )


class BackBody(BackQuoteBody):
    """A switch back to start."""

    #: The same id is one switch, however often it is sent.
    request_id: Text = Field(default_factory=new_request_id)
    #: null with `accept` takes the quote of this moment.
    quote_digest: Text | None = None
    accept: bool = False
    reason: OptionalReason = ""


class _Act(TypedDict):
    request_id: str
    actor: str
    reason: str


class CommandBody(Body):
    """A manual act on a running switch."""

    reason: Reason
    request_id: Text = Field(default_factory=new_request_id)

    def command(self, actor: str) -> OperatorCommand:
        """Return the message of a command that takes nothing else."""
        return OperatorCommand(**self._act(actor))

    def _act(self, actor: str) -> _Act:
        """Return what the message of each act tells."""
        return {"request_id": self.request_id, "actor": actor, "reason": self.reason}

    def decision(self, actor: str, verdict: Verdict) -> CreditDecision:
        """Return an answer to a credit check in the bureau's place."""
        return CreditDecision(
            decision_id=self.request_id,
            verdict=VERDICTS[verdict],
            decided_by="operator",
            actor=actor,
            reason=self.reason,
        )


class NoticeBody(CommandBody):
    """A notice that was read, which needs no reason of its own."""

    reason: Reason = "read"


class StepBody(CommandBody, ChoiceBody):
    """Which users a step is for; only reassign takes any, and none is everyone who is left."""

    #: Id of a selection that the check of a file of users has told, in place of naming them.
    selection: Text | None = None
    #: Id of a choice of services, user by user, that the same check has told.
    user_services: Text | None = None

    @property
    def choice(self) -> UserChoice:
        """Return who is named."""
        return replace(super().choice, selection=self.selection)

    def step(self, actor: str, step: str) -> TakeStep:
        """Return the message to start a step."""
        return TakeStep(**self._act(actor), step=step, user_services=self.user_services or "")


class RetryUsersBody(CommandBody):
    """What to try again."""

    #: Keys or directory ids of users who could not be moved; none tries everything again.
    users: Annotated[Texts, Field(max_length=COMMAND_USERS_MAX)] = ()

    def of_users(self, actor: str) -> RetryUsers:
        """Return the message to try these users again."""
        return RetryUsers(**self._act(actor), user_keys=tuple(self.users))


class SkipBody(CommandBody):
    """Who is left behind."""

    #: Key or directory id of a user who could not be moved.
    user: Id
    #: The user loses the old plan's license with its cancellation, and that is accepted.
    accept_loss: bool = False

    def command(self, actor: str) -> SkipUser:
        """Return the message to leave the user behind."""
        return SkipUser(**self._act(actor), user_key=self.user, is_loss_accepted=self.accept_loss)


class AmendBody(CommandBody):
    """Another number of licenses of the new plan."""

    quantity: Annotated[int, Field(ge=1, le=LICENSES_MAX)]
    #: Digest of the amendment that was shown; null with `accept` takes the one of this moment.
    accepted_digest: Text | None = None
    accept: bool = False
    #: Accept that more of a prepaid value is lost than was accepted before.
    accept_forfeiture: bool = False

    def command(self, actor: str) -> AmendQuantity:
        """Return the message of the amendment that was accepted."""
        return AmendQuantity(
            **self._act(actor),
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
        return CreditExtension(**self._act(actor), days=self.days)


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
