"""The table: each reason of the rules with how it comes about, and how it ends (rules#reasons)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.consoles.console_world import start_body
from tests.support.products.acts import DUE
from tests.support.remedies.walk import Walk, Way
from tests.support.worlds.waiting import BROKEN, SERVICE, WELL

#: These end with the statement and the facts for support: nothing that the customer does here clears them.
TERMINAL = frozenset({"ALREADY_TOP_PLAN", "NO_WAY_BACK", "DIFFERENT_ORGANIZATION", "OTHER_SELLER"})
#: Reasons whose remedy names neither command nor option -> the place, or the person, that alone clears it.
PLACES = {
    "WRONG_ROLE": "in the directory's own pages, under roles",
    "OTHER_SELLER": "the seller it was bought from",
    "ALREADY_TOP_PLAN": "There is nothing to do",
}
#: EXCHANGE_S_STANDARD of E1.
MAIL = "9aaf7827-d63c-4b61-89c3-182f06f82e5c"
#: Attaches to nothing.
ADDON = "PROJECTPROFESSIONAL"
DOMAIN = "shop.example"
UNTIL = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
#: Enough licenses for the bureau to be asked, and too many for a plan with a cap.
MANY = 301


def _days_ago(days: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).date().isoformat()


async def _switch_in_progress(walk: Walk) -> None:
    """A request waits for the other switch, which is looked at and cancelled; then it starts by itself."""
    body = start_body(walk.organization, mode="manual", source_subscription_id=walk.subscription_id)
    holder = (await walk.console.post("/api/switches", body)).json()["switch_id"]
    await walk.refused()
    shown = await walk.follow("switch show")
    waiting = await walk.begun(*walk.option("--wait-eligible", DATE=UNTIL))
    await walk.run("switch", "cancel", holder, "--reason", "the other one is wanted", "--yes")

    assert holder in shown.out
    await walk.has_completed(waiting)


async def _credit_check_pending(walk: Walk) -> None:
    """The switch whose check is pending tells the command that answers it, and completes."""
    by_invoice = ("--payment-method", "invoice", "--quantity", str(MANY))
    checked = await walk.begun(*by_invoice)
    await walk.console.until(checked, "credit_check")
    await walk.refused()
    shown = await walk.follow("switch show")
    assert "planswitch credit approve" in shown.out
    await walk.type_in(f"credit approve {checked} --reason …")
    await walk.has_completed(checked)


async def _wrong_role(walk: Walk) -> None:
    """A caller who gets the role in the directory's own pages may ask; nothing else has changed."""
    caller = walk.a_user()
    body = start_body(walk.organization, caller=caller, request_id="caller-1")
    refused = await walk.console.post("/api/switches", body)
    (reason,) = (each for each in refused.json()["reasons"] if each["code"] == walk.code)
    await walk.edit(kind="roles", user_id=caller, roles=["Global Administrator"])
    again = await walk.console.post("/api/switches", body)

    assert PLACES[walk.code] in reason["remedy"]
    await walk.has_completed(again.json()["switch_id"])


async def _other_seller(walk: Walk) -> None:
    elsewhere = await walk.purchase(walk.way.source, is_sold_elsewhere=True)
    await walk.refused(subscription=elsewhere)
    await walk.has_told(subscription=elsewhere)


async def _different_organization(walk: Walk) -> None:
    """What the organization owns is listed; the facts of the very question go to support."""
    foreign = "0d7cd42c-03c1-536d-b6cb-fd5b5696db7f"
    named = ("--mode", "manual", "--target-subscription", foreign)
    await walk.refused(*named)
    await walk.follow("product list")
    await walk.has_told(*named)


async def _subscription_not_active(walk: Walk) -> None:
    await walk.refused()
    await walk.follow("product reactivate")
    await walk.completes()


async def _no_path(walk: Walk) -> None:
    """The list of what is offered is that of the rule set; one of it is chosen."""
    await walk.refused()
    listed = await walk.follow("switch targets")
    assert "Office 365 E3" in listed.out
    await walk.completes(*walk.way.asked, target="E3")


async def _switch_targets(walk: Walk) -> None:
    await walk.refused()
    await walk.follow("switch targets")
    await walk.has_told(*walk.way.asked)


async def _told(walk: Walk) -> None:
    await walk.refused()
    await walk.has_told(*walk.way.asked)


async def _by_hand(walk: Walk) -> None:
    await walk.refused()
    await walk.completes_by_hand(*walk.way.asked)


async def _by_hand_after_a_backup(walk: Walk) -> None:
    await walk.refused()
    await walk.completes_by_hand(*walk.option("--acknowledge"))


async def _by_hand_with_a_loss(walk: Walk) -> None:
    await walk.refused()
    await walk.completes_by_hand(*walk.option("--accept-forfeiture"))


async def _trial(walk: Walk) -> None:
    await walk.refused()
    await walk.follow("product buy")
    await walk.completes()


async def _prepaid_plan(walk: Walk) -> None:
    """The notice stands in the quote and blocks nothing; the loss is accepted, and could be waited out."""
    asked = ("switch", "quote", walk.organization_id, "--to", walk.way.target)
    walk.keep((await walk.run(*asked)).out)
    later = await walk.run(*asked, *walk.option("--on"))

    assert later.code == 0, later.err
    await walk.completes(*walk.option("--accept-forfeiture"))


async def _multiple_subscriptions(walk: Walk) -> None:
    second = await walk.purchase(walk.way.source, is_billed=True)
    await walk.refused()
    await walk.follow("product resize", N="8")
    await walk.follow("product cancel", OTHER=second)
    await walk.completes()


async def _unpaid_balance(walk: Walk) -> None:
    await walk.refused()
    await walk.follow("product pay")
    await walk.completes()


async def _invoice_below_minimum(walk: Walk) -> None:
    await walk.refused()
    await walk.completes(*walk.option("--payment-method"))


async def _more_users_than_licenses(walk: Walk) -> None:
    await walk.refused()
    await walk.follow("product reconcile")
    await walk.completes()


async def _too_few_licenses(walk: Walk) -> None:
    await walk.refused()
    assert walk.option("--quantity") == ["--quantity", str(walk.way.users)]
    await walk.completes(*walk.option("--quantity"))


async def _license_removal(walk: Walk) -> None:
    await walk.refused()
    await walk.follow("product resize", N="5")
    await walk.completes(*walk.way.asked)


async def _target_user_cap(walk: Walk) -> None:
    """Fewer licenses would do as well; a plan without a cap is chosen."""
    await walk.refused()
    assert walk.option("--quantity") == ["--quantity", "300"]
    listed = await walk.follow("switch targets")
    assert "Office 365 E3" in listed.out
    await walk.completes(target="E3")


async def _source_user_cap(walk: Walk) -> None:
    await walk.refused()
    await walk.follow("license remove", USER=walk.a_user())
    await walk.completes(*walk.way.asked)


async def _addon_incompatible(walk: Walk) -> None:
    addon = await walk.purchase(ADDON, parent_subscription_id=walk.subscription_id, is_billed=True)
    await walk.refused()
    listed = await walk.follow("product list")
    assert addon in listed.out
    await walk.follow("product cancel", ADDON=addon)
    await walk.completes()


async def _service_not_provisioned(walk: Walk) -> None:
    """The request waits; when the service is set up, it starts by itself."""
    await walk.refused()
    waiting = await walk.begun(*walk.option("--wait-eligible", DATE=UNTIL))
    await walk.change(service_statuses={})
    await walk.run("switch", "wait", "look", waiting, "--reason", "it is set up")
    await walk.has_completed(waiting)


async def _service_unhealthy(walk: Walk) -> None:
    """Service health is where the remedy says; whoever looks there again lets what waits start."""
    await walk.refused()
    waiting = await walk.begun(*walk.option("--wait-eligible", DATE=UNTIL))
    ill = await walk.follow("product list")
    await walk.edit(kind="health", service=SERVICE, status=WELL)
    await walk.follow("product list")

    assert f"{SERVICE}: {BROKEN}" in ill.out
    await walk.has_completed(waiting)


async def _custom_domain_review(walk: Walk) -> None:
    await walk.refused()
    await walk.completes(*walk.option("--acknowledge", NAME=DOMAIN))


async def _source_not_cancellable(walk: Walk) -> None:
    await walk.refused()
    assert walk.option("--on") == ["--on", "renewal"]
    await walk.completes(*walk.option("--acknowledge"))


async def _high_volume(walk: Walk) -> None:
    """The request waits; an hour later the seller switches again, and it starts by itself."""
    settings = walk.console.world.sandbox.settings
    await asyncio.to_thread(settings, is_volume_high=True)
    try:
        await walk.refused()
        waiting = await walk.begun(*walk.option("--wait-eligible", DATE=UNTIL))
    finally:
        await asyncio.to_thread(settings, is_volume_high=False)
    await walk.run("switch", "wait", "look", waiting, "--reason", "the hour is over")
    await walk.has_completed(waiting)


def _profile(**fields: Any) -> dict[str, Any]:
    return {"kind": "profile", "changes": fields}


def _subscription(**changes: Any) -> dict[str, Any]:
    return {"kind": "subscription", "changes": changes}


def _verdict(*errors: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "verdict", "errors": list(errors)}


_OTHER_FAMILY = ("--acknowledge", "no_way_back", "--acknowledge", "backup_done")
WALKS: dict[str, Way] = {
    "SWITCH_IN_PROGRESS": Way(walk=_switch_in_progress),
    "CREDIT_CHECK_PENDING": Way(walk=_credit_check_pending),
    "WRONG_ROLE": Way(walk=_wrong_role),
    "OTHER_SELLER": Way(walk=_other_seller),
    "DIFFERENT_ORGANIZATION": Way(walk=_different_organization),
    "SUBSCRIPTION_NOT_ACTIVE": Way(
        walk=_subscription_not_active,
        edits=(_subscription(status="expired", grace_ends_at=f"{UNTIL}T00:00:00Z"),),
    ),
    "NO_PATH": Way(walk=_no_path, target="SPE_E3", asked=("--rule-set", "2014")),
    "TARGET_LACKS_DATA_SERVICES": Way(walk=_by_hand_after_a_backup, source="E3", target="E1"),
    "NO_WAY_BACK": Way(
        walk=_switch_targets, source="E3", target="O365_BUSINESS_ESSENTIALS", asked=("--rule-set", "2014")
    ),
    "ALREADY_TOP_PLAN": Way(walk=_told, source="SPE_E5", target="SPE_E5"),
    "TRIAL": Way(walk=_trial, options={"is_trial": True}),
    "PREPAID_PRODUCT_KEY": Way(walk=_by_hand_with_a_loss, options={"contract_type": "productKey"}),
    "PREPAID_PLAN": Way(
        walk=_prepaid_plan, source="SPE_E5", target="ENTERPRISEPREMIUM", made={"billing_cycle": "annual"}
    ),
    "GOVERNMENT_OR_NONPROFIT": Way(walk=_by_hand, options={"profile": {"segment": "government"}}),
    "MULTIPLE_SUBSCRIPTIONS_SAME_PRODUCT": Way(walk=_multiple_subscriptions),
    "UNPAID_BALANCE": Way(walk=_unpaid_balance, edits=(_profile(balance_due_minor_units=DUE),)),
    "INVOICE_BELOW_MINIMUM": Way(walk=_invoice_below_minimum, asked=("--payment-method", "invoice")),
    "MORE_USERS_THAN_LICENSES": Way(walk=_more_users_than_licenses, edits=(_subscription(quantity=3),)),
    "TOO_FEW_LICENSES": Way(walk=_too_few_licenses, asked=("--quantity", "3")),
    "LICENSE_REMOVAL_IN_SWITCH": Way(
        walk=_license_removal, asked=("--rule-set", "2020", "--quantity", "5"), options={"quantity": 7}
    ),
    "TARGET_USER_CAP": Way(walk=_target_user_cap, target="SPB", asked=("--quantity", str(MANY))),
    "SOURCE_USER_CAP": Way(
        walk=_source_user_cap,
        source="LITEPACK",
        target="E1",
        users=26,
        asked=("--rule-set", "2014", *_OTHER_FAMILY),
    ),
    "TOO_MANY_USERS": Way(
        walk=_by_hand, source="DESKLESSPACK", target="E1", users=MANY, asked=("--rule-set", "2014")
    ),
    "ADDON_INCOMPATIBLE": Way(walk=_addon_incompatible),
    "SERVICE_NOT_PROVISIONED": Way(
        walk=_service_not_provisioned,
        edits=(_subscription(service_statuses={MAIL: "PendingProvisioning"}),),
    ),
    "SERVICE_UNHEALTHY": Way(
        walk=_service_unhealthy, edits=({"kind": "health", "service": SERVICE, "status": BROKEN},)
    ),
    "CUSTOM_DOMAIN_REVIEW": Way(
        walk=_custom_domain_review, options={"profile": {"custom_domains": [DOMAIN]}}
    ),
    "SOURCE_NOT_CANCELLABLE": Way(
        walk=_source_not_cancellable,
        options={"terms": "new_commerce"},
        made={"period_start_on": _days_ago(10)},
    ),
    "HIGH_VOLUME": Way(walk=_high_volume),
    "NOT_ELIGIBLE": Way(walk=_by_hand, edits=(_verdict(),)),
    "UNKNOWN_REASON": Way(
        walk=_by_hand, edits=(_verdict({"code": 4711, "description": "The moon is wrong."}),)
    ),
}
