"""Right-sizing: as many licenses as there are users, offered with the quote and never applied by itself.

Rule set `current` right-sizes at the cutover; `2014` and `2020` remove no license in a switch
(LICENSE_REMOVAL_IN_SWITCH, rules#license_removal_in_switch).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from domain.catalog.rule_sets import rule_set
from domain.kernel.money import Money
from domain.quote.quote import Quote, quote

NOT_IN_A_SWITCH = "by rule set {name} licenses are reduced before or after a switch, never in it"


@dataclass(frozen=True, kw_only=True, slots=True)
class RightSizing:
    """What would be saved if no license were ordered that nobody uses."""

    #: Licenses of the quote that no user who moves would hold.
    unused: int
    #: Licenses to ask for: one for each user.
    quantity: int
    #: The rule set lets a switch order fewer licenses than are held.
    is_possible: bool
    #: What the new plan costs for a whole period of `billing_cycle`, net: as quoted, and with `quantity`.
    period_quoted: Money
    period_right_sized: Money
    billing_cycle: str
    #: What is charged, with tax, when it completes on the quote's first day with `quantity`.
    first_day_total: Money
    #: The most of a prepaid value that would be lost with `quantity`: less is bought with it.
    forfeited_at_most: Money
    #: How to ask for it, or why it can't be had in a switch.
    how: str


def right_sizing(quoted: Quote, *, users: int) -> RightSizing | None:
    """Return what right-sizing a quoted switch would mean; None where no license would be unused.

    Args:
        quoted: The quote that was asked for.
        users: Users who move; each needs a license (TOO_FEW_LICENSES).
    """
    terms = quoted.input
    if not 0 < users < terms.quantity_target:
        return None
    rules = rule_set(terms.rule_set)
    sized = quote(replace(terms, quantity_target=users))
    request = f"ask with quantity {users} (`--quantity {users}`)"
    return RightSizing(
        unused=terms.quantity_target - users,
        quantity=users,
        is_possible=rules.is_right_sizing,
        period_quoted=terms.target_unit_price.times(terms.quantity_target),
        period_right_sized=terms.target_unit_price.times(users),
        billing_cycle=terms.billing_cycle,
        first_day_total=sized.days[0].total,
        forfeited_at_most=sized.forfeited_at_most,
        how=request if rules.is_right_sizing else NOT_IN_A_SWITCH.format(name=rules.name),
    )
