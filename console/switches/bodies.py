"""Bodies of the requests that ask for a quote or a switch."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import uuid4

from pydantic import ConfigDict, Field, model_validator

from activities.assessment.circumstances import SwitchQuestion
from console.edge.plain_bodies import TEXT_MAX, Body, Day, Id, OptionalReason, Text, Texts
from domain.kernel.ids import canonical_id
from domain.quote.quote_input import FORFEITURE
from domain.requests.terms import EMPTY_FOR_NONE, SwitchOptions, SwitchTerms, carried, inward
from services.assessment.asking import Acceptance

QUANTITY_MAX = 1_000_000
ACKNOWLEDGMENTS_MAX = 20
#: Longest that a pilot is looked at before the switch goes on by itself: a week.
SOAK_SECONDS_MAX = 604_800
#: A day that somebody forgot to fill in must not start a switch at once.
_MAY_BE_EMPTY = EMPTY_FOR_NONE - {"start_on"}

_Acknowledgments = Annotated[Texts, Field(max_length=ACKNOWLEDGMENTS_MAX)]
_Pilot = Annotated[int, Field(ge=0, le=QUANTITY_MAX)]
_Soak = Annotated[int, Field(ge=0, le=SOAK_SECONDS_MAX)]


class QuoteBody(Body, SwitchOptions):  # type: ignore[misc] # a `Body` is frozen by its config
    """What to quote; starting a switch takes the same fields, so that both are the same question.

    Every option of a switch is a field; those that stand here have a bound beside their type.
    """

    model_config = ConfigDict(str_max_length=TEXT_MAX)

    organization_id: Id
    #: The seller's id; null is the organization's only active plan.
    source_subscription_id: Id | None = None
    #: Id, part number, name or alias of a plan of the catalog.
    target_plan: Text
    #: Subscription of the target plan that is owned already; null orders a new one.
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
    quantity: Annotated[int, Field(ge=1, le=QUANTITY_MAX)] | None = None
    acknowledgments: _Acknowledgments = ()
    pilot: _Pilot = 0
    pilot_soak_seconds: _Soak = 0
    rule_set: Text = SwitchOptions.rule_set
    policy: Text = SwitchOptions.policy
    caller_role: Text = SwitchOptions.caller_role
    start_on: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _none_for_empty(cls, body: Any) -> Any:
        return inward(body, texts=_MAY_BE_EMPTY)

    def question(self, own_switch_id: str | None = None) -> SwitchQuestion:
        """Return what is asked; ids are told in the one spelling in which they are recorded.

        Args:
            own_switch_id: The switch whose own locks do not count.
        """
        options: dict[str, Any] = {
            name: canonical_id(option) if isinstance(option, str) else option
            for name, option in carried(SwitchOptions, self).items()
        }
        if self.accept_forfeiture:
            options["acknowledgments"] = (*self.acknowledgments, FORFEITURE)
        terms = SwitchTerms(
            organization_id=self.organization_id,
            source_subscription_id=self.source_subscription_id,
            target_plan_id=self.target_plan,
            **options,
        )
        return SwitchQuestion(
            terms=terms,
            quoted_on=self.quoted_on,
            target_subscription_id=self.target_subscription_id,
            own_switch_id=own_switch_id,
        )


class SwitchBody(QuoteBody, Acceptance):  # type: ignore[misc] # as its base
    """What to start."""

    # Pydantic takes the defaults of a dataclass for new fields, and would forget these bounds.
    acknowledgments: _Acknowledgments = ()
    pilot: _Pilot = 0
    pilot_soak_seconds: _Soak = 0
    rule_set: Text = SwitchOptions.rule_set
    policy: Text = SwitchOptions.policy
    caller_role: Text = SwitchOptions.caller_role
    #: The same id is one switch, however often it is sent.
    request_id: Text = Field(default_factory=lambda: str(uuid4()))
    #: null with `accept` takes the quote of this moment.
    quote_digest: Text | None = None
    reason: OptionalReason = ""
