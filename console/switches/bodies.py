"""Bodies of the requests that ask for a quote or a switch."""

from __future__ import annotations

from typing import Annotated
from uuid import uuid4

from pydantic import Field

from console.edge.plain_bodies import (
    Body,
    Day,
    Id,
    OptionalId,
    OptionalReason,
    OptionalText,
    Text,
    Texts,
)
from domain.periods.carry_over import KEEP
from domain.periods.proration import PER_DAY
from domain.quote.prepaid import FORFEITURE

QUANTITY_MAX = 1_000_000
ACKNOWLEDGMENTS_MAX = 20
#: Longest that a pilot is looked at before the switch goes on by itself: a week.
SOAK_SECONDS_MAX = 604_800


class QuoteBody(Body):
    """What to quote; starting a switch takes the same fields, so that both are the same question."""

    organization_id: Id
    #: The seller's id; null is the organization's only active plan.
    source_subscription_id: Id | None = None
    #: Id, part number, name or alias of a plan of the catalog.
    target_plan: Text
    #: Licenses to order; null orders as many as the source has.
    quantity: Annotated[int, Field(ge=1, le=QUANTITY_MAX)] | None = None
    mode: Text = "automatic"
    payment_method: Text = "card"
    #: P1M or P1Y; "" is the term of the source.
    term: OptionalText = ""
    #: monthly or annual; "" is the cycle of the source.
    billing_cycle: OptionalText = ""
    #: keep or grant_all; "" is the rule set's default.
    service_settings: OptionalText = ""
    rule_set: Text = "current"
    #: per_day, per_second, fixed_30, kill_bill or vendor_day.
    policy: Text = PER_DAY
    #: User of the directory on whose behalf it is asked; his role is read there. "" takes `caller_role`.
    caller: OptionalId = ""
    caller_role: Text = "global_admin"
    #: Subscription of the target plan that is owned already; null orders a new one.
    target_subscription_id: Id | None = None
    acknowledgments: Annotated[Texts, Field(max_length=ACKNOWLEDGMENTS_MAX)] = ()
    #: Day of the quote in the organization's zone; null is today.
    quoted_on: Day | None = None
    #: Accept the loss of prepaid value that the quote discloses.
    accept_forfeiture: bool = False
    #: Wait until nothing stands in the way, at the longest until then: ISO date or instant, by the
    #: organization's clocks. null does not wait.
    wait_until: Text | None = None
    #: Start on a later day, by that day's quote: ISO date in the organization's zone, `without-forfeiture` or
    #: `renewal`. null starts at once, or as soon as nothing stands in the way.
    start_on: Text | None = None
    #: What a switch that waited may take at most, as a decimal amount with tax; null is the most that the
    #: quote ever takes until then.
    max_total: Text | None = None
    #: Users who move first, before somebody looks at how they fare; 0 moves all at once.
    pilot: Annotated[int, Field(ge=0, le=QUANTITY_MAX)] = 0
    #: Group of the directory whose members move first, in place of `pilot`; "" names none.
    pilot_group_id: OptionalId = ""
    #: How the new plan renews: keep (as the old one does), on or off.
    auto_renew: OptionalText = KEEP

    @property
    def confirmed(self) -> tuple[str, ...]:
        """Return everything that was confirmed, the loss among it."""
        return (*self.acknowledgments, *([FORFEITURE] if self.accept_forfeiture else []))


class SwitchBody(QuoteBody):
    """What to start."""

    #: The same id is one switch, however often it is sent.
    request_id: Text = Field(default_factory=lambda: str(uuid4()))
    #: Digest of the quote that was shown; null with `accept` takes the quote of this moment.
    quote_digest: Text | None = None
    accept: bool = False
    #: The others follow by themselves after so long, if all of the pilot moved; 0 waits for `resume`.
    pilot_soak_seconds: Annotated[int, Field(ge=0, le=SOAK_SECONDS_MAX)] = 0
    #: Why, in the operator's words.
    reason: OptionalReason = ""
