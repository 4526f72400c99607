"""What somebody wants to know of a switch, or to start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.kernel.errors import InvalidInput
from domain.licenses.pilot import require_one_pilot
from domain.periods.carry_over import KEEP, require_auto_renew
from domain.periods.proration import PER_DAY
from domain.reasons.reasons import BEFORE_ORDER
from domain.requests.checkout_terms import require_sold

ACTIVE = "active"
PAYMENT_METHODS = ("card", "invoice")
SERVICE_SETTINGS = ("", "keep", "grant_all")


@dataclass(frozen=True, kw_only=True, slots=True)
class SwitchQuestion:
    """What somebody wants to know, or to start."""

    organization_id: str
    #: The seller's id; None stands for the only active subscription.
    source_subscription_id: str | None
    target_plan_id: str
    #: Licenses to order; None orders as many as the source has.
    quantity: int | None = None
    mode: str = "automatic"
    #: keep, grant_all, or "" for the rule set's default.
    service_settings: str = ""
    payment_method: str = "card"
    rule_set: str = "current"
    #: P1M or P1Y; "" is the source's term.
    term: str = ""
    #: monthly or annual; "" is the source's cycle.
    billing_cycle: str = ""
    #: Name of the proration policy.
    policy: str = PER_DAY
    #: First day of the quote; None is today in the organization's zone.
    quoted_on: date | None = None
    acknowledgments: tuple[str, ...] = ()
    #: Directory id or principal name of who asks; "" takes `caller_role` for granted.
    caller: str = ""
    #: Stated role; where `caller` is given, the directory's word replaces it.
    caller_role: str = "global_admin"
    stage: str = BEFORE_ORDER
    #: The switch on whose behalf it is asked, whose own locks do not count.
    own_switch_id: str | None = None
    #: Subscription that is owned already and is to receive the users, or "".
    target_subscription_id: str = ""
    #: Users that move; None: every user of the source.
    users_to_move: int | None = None
    #: Day on which it is to start: ISO date, without-forfeiture or renewal; "" is at once.
    start_on: str = ""
    #: Users who move first; or the group of the directory whose members do. 0 and "": all at once.
    pilot: int = 0
    pilot_group_id: str = ""
    #: How the new plan renews: keep (as the old one does), on or off.
    auto_renew: str = KEEP

    def __post_init__(self) -> None:
        """Refuse what no switch can be asked for.

        Raises:
            InvalidInput: Payment method, service settings, term or billing cycle are not known; two pilots.
        """
        if self.payment_method not in PAYMENT_METHODS:
            raise InvalidInput(
                field="payment_method",
                value=self.payment_method,
                allowed=" or ".join(PAYMENT_METHODS),
            )
        if self.service_settings not in SERVICE_SETTINGS:
            raise InvalidInput(
                field="service_settings", value=self.service_settings, allowed="keep or grant_all"
            )
        require_sold(self.term, self.billing_cycle)
        require_auto_renew(self.auto_renew)
        require_one_pilot(self.pilot, self.pilot_group_id)
