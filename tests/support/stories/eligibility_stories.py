"""One story per code of rules#reasons: the facts that raise it, and those that clear it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from domain.organizations.organization import LockHolder
from domain.ports.directory_port import ServiceStatus
from domain.ports.seller_port import SellerRefusal, SellerVerdict
from providers.microsoft.directory.health import health_of
from providers.microsoft.seller.refusals import UPGRADES, reason_of
from tests.support.stories.eligibility_inputs import (
    NOW,
    billed,
    euros,
    plan_id,
    pool,
    profile,
    service_status,
    subscription,
)

Facts = dict[str, Any]
AUTOMATIC = ("automatic",)
BOTH = ("automatic", "manual")
ORDER = ("before_order",)
UNTIL_MOVE = ("before_order", "before_first_move")
ALWAYS = ("before_order", "before_first_move", "before_cancellation")


@dataclass(frozen=True, kw_only=True)
class Story:
    """How one reason comes and goes."""

    raised_by: Facts
    cleared_by: Facts
    #: never, after_fix, at or event: "look again" in rules#reasons.
    retry: str
    #: Words of the remedy.
    remedy: str
    #: Figures that were compared.
    evidence: Facts
    blocks: tuple[str, ...] = AUTOMATIC
    stages: tuple[str, ...] = ORDER
    event: str | None = None
    hours: int | None = None
    #: Facts that hold both before and after.
    always: Facts = field(default_factory=dict)


def pair(source: str, target: str, **changes: Any) -> Facts:
    """Return the facts of a switch of 20 users between two plans."""
    return {
        "source": subscription(source, quantity=20),
        "subscribed": (pool(source, assigned=20, purchased=20),),
        "target_plan_id": plan_id(target),
        "quantity": 20,
    } | changes


def refusal(interface: str, code: str, text: str) -> SellerRefusal:
    """Return a "no" of the seller in one of its numberings."""
    return SellerRefusal(reason=reason_of(interface, code, text), code=code, text=text)


def verdict(*refusals: tuple[str, str], interface: str = UPGRADES, yes: bool = False) -> SellerVerdict:
    """Return what the seller says on the usual switch."""
    return SellerVerdict(
        target_plan_id=plan_id("E3"),
        is_eligible=yes,
        refusals=tuple(refusal(interface, code, text) for code, text in refusals),
    )


def held(*others: Any, **source: Any) -> Facts:
    """Return the facts of an organization with further subscriptions."""
    own = subscription(**source)
    return {"source": own, "subscriptions": (own, *others)}


def addon(name: str, **changes: Any) -> Any:
    """Return an add-on of the source."""
    usual = {"subscription_id": f"addon-{name}", "parent_subscription_id": "source", "quantity": 5}
    return subscription(name, **(usual | changes))


def _service(status: str) -> ServiceStatus:
    return service_status(service_id="s", name="EXCHANGE_S_STANDARD", status=status)


HOLDER = LockHolder(switch_id="other", since=NOW - timedelta(minutes=3), promised_end=NOW)
LOCK_FACTS = {"switch_id": "other", "since": HOLDER.since.isoformat(), "promised_end": NOW.isoformat()}
CLEAN: Facts = {}
LATE = {"source": subscription(cancellable_until=NOW - timedelta(days=2))}

STORIES: dict[str, Story] = {
    "MORE_USERS_THAN_LICENSES": Story(
        raised_by={"subscribed": (pool(assigned=250, purchased=249),)},
        cleared_by={"subscribed": (pool(assigned=250, purchased=250),)},
        retry="after_fix",
        remedy="Buy licenses or unassign users",
        evidence={"assigned": 250, "purchased": 249},
        stages=UNTIL_MOVE,
    ),
    "SERVICE_NOT_PROVISIONED": Story(
        raised_by={"subscribed": (pool(services=(_service("PendingProvisioning"),)),)},
        cleared_by={"subscribed": (pool(services=(_service("Success"),)),)},
        retry="at",
        hours=4,
        remedy="Wait a few hours; a request that waits",
        evidence={"count": 1},
        stages=UNTIL_MOVE,
    ),
    "SERVICE_UNHEALTHY": Story(
        raised_by={"health": (health_of(service="Exchange Online", status="serviceDegradation"),)},
        cleared_by={"health": (health_of(service="Exchange Online", status="serviceRestored"),)},
        retry="event",
        event="health_restored",
        hours=4,
        remedy="See service health",
        evidence={"services": "Exchange Online (serviceDegradation)"},
        stages=UNTIL_MOVE,
    ),
    "SWITCH_IN_PROGRESS": Story(
        raised_by={"lock_holder": HOLDER},
        cleared_by={"lock_holder": None},
        retry="event",
        event="switch_released",
        remedy="Wait until it is done",
        evidence=LOCK_FACTS,
        blocks=BOTH,
        stages=ALWAYS,
    ),
    "CREDIT_CHECK_PENDING": Story(
        raised_by={"credit_check": HOLDER},
        cleared_by={"credit_check": None},
        retry="event",
        event="credit_check_decided",
        remedy="up to two business days",
        evidence=LOCK_FACTS,
        blocks=BOTH,
        stages=UNTIL_MOVE,
    ),
    "NOT_ELIGIBLE": Story(
        raised_by={"verdict": verdict()},
        cleared_by={"verdict": verdict(yes=True)},
        retry="never",
        remedy="Switch manually (`--mode manual`), or call support",
        evidence={"vendor_code": "none"},
    ),
    "UNKNOWN_REASON": Story(
        raised_by={"verdict": verdict(("4711", "The moon is wrong."))},
        cleared_by={"verdict": verdict(yes=True)},
        retry="never",
        remedy="Switch manually (`--mode manual`), or call support",
        evidence={"vendor_code": "4711", "vendor_text": "The moon is wrong."},
    ),
    "MULTIPLE_SUBSCRIPTIONS_SAME_PRODUCT": Story(
        raised_by=held(subscription(subscription_id="second")),
        cleared_by=held(subscription(subscription_id="second", status="deleted")),
        retry="after_fix",
        remedy="Consolidate them first: give one of them enough licenses",
        evidence={"count": 2, "subscription_ids": "second, source"},
        stages=ALWAYS,
    ),
    "PREPAID_PRODUCT_KEY": Story(
        raised_by=held(contract_type="product_key"),
        cleared_by=held(contract_type="subscription"),
        retry="never",
        remedy="Switch manually (`--mode manual`); unused time is not credited",
        evidence={"contract_type": "product_key"},
    ),
    "PREPAID_PLAN": Story(
        raised_by={"billed": billed(billing_cycle="annual")},
        cleared_by={"billed": billed(billing_cycle="monthly")},
        retry="never",
        remedy="Read the quote first",
        evidence={"paid_until": "2026-12-10", "paid": "2,251.60 EUR"},
        blocks=(),
    ),
    "GOVERNMENT_OR_NONPROFIT": Story(
        raised_by={"profile": profile(segment="government")},
        cleared_by={"profile": profile(segment="commercial")},
        retry="never",
        remedy="Switch manually (`--mode manual`), or call support",
        evidence={"segment": "government"},
    ),
    "HIGH_VOLUME": Story(
        raised_by={"verdict": verdict(("429", "Try again in about an hour."), interface="orders")},
        cleared_by={"verdict": verdict(yes=True)},
        retry="at",
        hours=1,
        remedy="Try again in about one hour",
        evidence={"vendor_code": "429"},
    ),
    "TARGET_LACKS_DATA_SERVICES": Story(
        raised_by=pair("E3", "E1"),
        cleared_by=pair("E1", "E3"),
        retry="never",
        remedy="Switch manually after a backup",
        evidence={"services": "exchange (3 to 2), sharepoint (3 to 2)"},
    ),
    "ADDON_INCOMPATIBLE": Story(
        raised_by=held(addon("PROJECTPROFESSIONAL")),
        cleared_by=held(addon("MCOEV")),
        retry="after_fix",
        remedy="`planswitch product cancel ORGANIZATION ADDON --reason …`",
        evidence={"addon": "PROJECTPROFESSIONAL", "count": 1},
        stages=UNTIL_MOVE,
    ),
    "UNPAID_BALANCE": Story(
        raised_by={"profile": profile(balance_due=euros(123_456))},
        cleared_by={"profile": profile(balance_due=euros(0))},
        retry="after_fix",
        event="paid",
        remedy="Pay it now, then look again",
        evidence={"balance_due": "1,234.56 EUR"},
    ),
    "TOO_MANY_USERS": Story(
        raised_by={"subscribed": (pool(assigned=301, purchased=301),), "quantity": 301},
        cleared_by={"subscribed": (pool(assigned=300, purchased=301),), "quantity": 301},
        always={"rule_set": "2014"},
        retry="never",
        remedy="Switch manually, in bulk: `--mode manual`",
        evidence={"limit": 300, "assigned": 301},
    ),
    "SOURCE_USER_CAP": Story(
        raised_by=pair(
            "LITEPACK", "E1", subscribed=(pool("LITEPACK", assigned=26, purchased=26),), quantity=26
        ),
        cleared_by=pair(
            "LITEPACK", "E1", subscribed=(pool("LITEPACK", assigned=25, purchased=26),), quantity=26
        ),
        always={"rule_set": "2014"},
        retry="after_fix",
        remedy="Reduce the users (`planswitch license remove ORGANIZATION USER PLAN --reason …`)",
        evidence={"cap": 25, "assigned": 26},
    ),
    "TARGET_USER_CAP": Story(
        raised_by={"target_plan_id": plan_id("SPB"), "quantity": 301},
        cleared_by={"target_plan_id": plan_id("SPB"), "quantity": 300},
        retry="after_fix",
        remedy="Order at most 300 licenses (`--quantity 300`)",
        evidence={"cap": 300, "quantity": 301},
        blocks=BOTH,
    ),
    "TRIAL": Story(
        raised_by=held(is_trial=True),
        cleared_by=held(is_trial=False),
        retry="after_fix",
        remedy="Buy the plan of the trial first, then switch",
        evidence={"subscription_id": "source"},
    ),
    "WRONG_ROLE": Story(
        raised_by={"caller_role": "user_admin"},
        cleared_by={"caller_role": "global_admin"},
        retry="after_fix",
        remedy="Let somebody request it who has one of these roles",
        evidence={"role": "user_admin", "allowed": "global_admin"},
        blocks=BOTH,
        stages=UNTIL_MOVE,
    ),
    "OTHER_SELLER": Story(
        raised_by={"subscriptions": ()},
        cleared_by={"subscriptions": (subscription(),)},
        retry="never",
        remedy="Contact the seller it was bought from",
        evidence={"subscription_id": "source", "contract_type": "subscription"},
        blocks=BOTH,
    ),
    "INVOICE_BELOW_MINIMUM": Story(
        raised_by={"payment_method": "invoice", "quantity": 10, "subscribed": (pool(assigned=10),)},
        cleared_by={"payment_method": "card", "quantity": 10, "subscribed": (pool(assigned=10),)},
        retry="after_fix",
        remedy="Pay by card",
        evidence={"order_total": "262.70 EUR", "minimum": "450.00 EUR"},
        blocks=BOTH,
    ),
    "LICENSE_REMOVAL_IN_SWITCH": Story(
        raised_by={"quantity": 259},
        cleared_by={"quantity": 260},
        always={"rule_set": "2020"},
        retry="after_fix",
        remedy="`planswitch product resize ORGANIZATION SUBSCRIPTION N --reason …`",
        evidence={"quantity": 259, "purchased": 260},
    ),
    "NO_WAY_BACK": Story(
        raised_by=pair("LITEPACK", "E1", came_from_plan_id=plan_id("E3")),
        cleared_by=pair("LITEPACK", "E1", came_from_plan_id=""),
        always={"rule_set": "2014"},
        retry="never",
        remedy="Stay on the plan",
        evidence={"source": "Office 365 Small Business", "target": "Office 365 E1"},
    ),
    "ALREADY_TOP_PLAN": Story(
        raised_by=pair("SPE_E5", "SPE_E5"),
        cleared_by=pair("E3", "SPE_E5"),
        retry="never",
        remedy="There is nothing to do",
        evidence={"source": "Microsoft 365 E5"},
    ),
    "NO_PATH": Story(
        raised_by=pair("E3", "SPE_E3", rule_set="2014"),
        cleared_by=pair("E3", "SPE_E3", rule_set="current"),
        retry="never",
        remedy="Choose one of the offered plans",
        evidence={"rule_set": "2014", "why": "the 2014 table does not have this pair"},
    ),
    "DIFFERENT_ORGANIZATION": Story(
        raised_by=held(subscription("E3", subscription_id="own")) | {"target_subscription_id": "foreign"},
        cleared_by=held(subscription("E3", subscription_id="own")) | {"target_subscription_id": "own"},
        retry="never",
        remedy="Buy the new plan for the organization",
        evidence={"subscription_id": "foreign", "subscriptions_owned": 2},
        blocks=BOTH,
    ),
    "SUBSCRIPTION_NOT_ACTIVE": Story(
        raised_by=held(status="expired"),
        cleared_by=held(status="active"),
        retry="after_fix",
        remedy="Reactivate it",
        evidence={"status": "expired"},
        blocks=BOTH,
        stages=ALWAYS,
    ),
    "CUSTOM_DOMAIN_REVIEW": Story(
        raised_by={"confirmed_domains": ()},
        cleared_by={"confirmed_domains": ("contoso.com",)},
        always={"profile": profile(custom_domains=("contoso.com",))},
        retry="after_fix",
        remedy="confirm each of these domains: `--acknowledge domain:NAME`",
        evidence={"domains": "contoso.com"},
    ),
    "SOURCE_NOT_CANCELLABLE": Story(
        raised_by=LATE,
        cleared_by={"source": subscription(cancellable_until=NOW)},
        retry="at",
        remedy="Schedule the switch at the renewal",
        evidence={"renews_on": "2026-12-10"},
        stages=ALWAYS,
    ),
    "TOO_FEW_LICENSES": Story(
        raised_by={"quantity": 249},
        cleared_by={"quantity": 250},
        retry="after_fix",
        remedy="Order at least 250 licenses",
        evidence={"quantity": 249, "users": 250},
        blocks=BOTH,
        stages=UNTIL_MOVE,
    ),
}
