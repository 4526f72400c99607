"""A line of a quote: an amount for days."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from domain.kernel.money import Money

#: Invoiced, for the old plan. `vendor_day` gives the whole line back (reversal) and charges what was used
#: (rebilled, with its rounding) and what is forfeited (withheld); the others bill the difference (credit).
CREDIT, REVERSAL, REBILLED, ROUNDING, WITHHELD = "credit", "reversal", "rebilled", "rounding", "withheld"
#: Invoiced, for the new plan.
CHARGE, OVERLAP_CHARGE, OVERLAP_CREDIT = "charge", "overlap_charge", "overlap_credit"
#: Invoiced with no money: days that nobody pays for, by the rule that the line names.
FREE = "free"
#: Told beside the invoice.
CONSUMED, CONSUMED_ROUNDING, FORFEITED = "consumed", "consumed_rounding", "forfeited"
RENEWAL_CHARGE = "renewal_charge"
#: Told of an old plan that can't be cancelled: what is paid already for days beside the new plan, and what
#: the seller goes on billing until its term ends.
ACCEPTED_OVERLAP, OVERLAP_TO_COME = "accepted_overlap", "overlap_to_come"
#: Told of an old plan that goes on for some users: what the seller itself gives back when it is reduced.
REDUCTION = "reduction"

#: Code of the rule that makes days free: the old plan is billed no more from the order on (ADR 15).
BILLING_STOPS_AT_ORDER = "BILLING_STOPS_AT_ORDER"

#: What the invoice gives back for the old plan is the sum of these.
GIVEN_BACK = frozenset({CREDIT, REVERSAL, REBILLED, ROUNDING, WITHHELD})
USED = frozenset({CONSUMED, CONSUMED_ROUNDING})
#: What is invoiced for the new plan.
OF_TARGET = frozenset({CHARGE, OVERLAP_CHARGE, OVERLAP_CREDIT})
#: Words of a description that name a plan.
_PLANS = ("Old plan", "New plan")


@dataclass(frozen=True, kw_only=True, slots=True)
class QuoteLine:
    """An amount for the days from `from_on` to before `to_on`."""

    #: One of the kinds above.
    kind: str
    description: str
    #: Negative is given back.
    amount: Money
    from_on: date
    to_on: date
    quantity: int
    #: Price of one license for one whole period.
    unit_price: Money
    #: Subscription of the add-on that it is about, "" for the plan itself.
    addon_id: str = ""
    #: Code of the rule that a line without money follows, "" of any other line.
    code: str = ""

    def about(self, addon_id: str, name: str) -> QuoteLine:
        """Return the line as one about an add-on of this name."""
        description = self.description
        for plan in _PLANS:
            description = description.replace(plan, name)
        return replace(self, addon_id=addon_id, description=description)
