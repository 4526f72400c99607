"""Acts on products over HTTP and command line: their money, their record, and who holds them up.

See products#acts and products#the-money-of-an-act.
"""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.kernel.recorded import Meta
from domain.organizations.organization import Organization
from domain.products.product_acts import ProductActBegun, ProductActEnded
from tests.support.consoles.console_world import COLUMNS, ConsoleWorld, start_body
from tests.support.products.acts import act, change, listed, of, owe, owner, product

#: How an adapter spells what a test compares.
DONE = "done"
BUSINESS_PREMIUM = "cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46"


def _acts(console: ConsoleWorld, organization: dict[str, Any]) -> list[Any]:
    recorded = console.world.store.organization(organization["organization_id"])
    assert recorded is not None
    return [*recorded.product_acts.values(), *recorded.product_act_ends.values()]


async def test_list_and_show_tell_what_is_owned(console: ConsoleWorld) -> None:
    """Status, licenses, renewal, health, balance and targets stand in API and command line alike."""
    organization = await owner(console)
    organization_id, subscription_id = organization["organization_id"], organization["subscription_id"]
    await owe(console, organization)

    own = await product(console, organization)
    whole = await listed(console, organization)
    shown = (await console.get(f"/api/organizations/{organization_id}/{of(organization)}")).json()
    printed = await console.run("product", "list", organization_id)
    one = await console.run("product", "show", organization_id, subscription_id)
    none = await console.run("product", "list", organization_id, "--status", "trial")
    unknown = await console.get(f"/api/organizations/{organization_id}/products/nobody")

    assert (own["status"], own["auto_renew"], own["notices"]) == ("active", True, [])
    assert own["licenses"] == {
        "bought": 6,
        "assigned": 5,
        "free": 1,
        "in_grace": 0,
        "in_conflict": 0,
    }
    assert own["renews_on"] == organization["period_end_on"]
    assert (whole["balance_due_minor_units"], whole["locked_by"], whole["cleared"]) == (12_345, None, [])
    assert all(each["is_healthy"] for each in whole["health"])
    assert {each["act"]: each["is_able"] for each in whole["capabilities"]} == dict.fromkeys(
        ("buy", "resize", "cancel", "reactivate", "buy_trial", "pay"), True
    )
    first = shown["targets"]["targets"][0]
    assert (first["reason"] != "", first["eligible"]["automatic"]) == (True, False)
    assert [each["code"] for each in first["reasons"] if each["blocks"]] == ["UNPAID_BALANCE"]
    assert (printed.code, one.code, none.code, unknown.status_code) == (0, 0, 0, 404)
    assert "balance due: 123.45 EUR" in printed.out
    assert organization["display_name"] in printed.out
    assert f"1. {first['target_plan']}" in one.out
    assert "UNPAID_BALANCE" in one.out
    assert "No product is trial" in none.out
    assert max(printed.longest_line, one.longest_line) <= COLUMNS


async def test_every_product_can_be_shown(console: ConsoleWorld) -> None:
    """A product beside the plan, and one that stands cancelled, say why nothing is switched from them."""
    organization = await owner(console, has_side_products=True)
    organization_id = organization["organization_id"]
    await act(console, organization, of(organization, "cancel"), accept_loss=True)

    shown = {
        each: (await console.get(f"/api/organizations/{organization_id}/products/{each}")).json()
        for each in organization["subscription_ids"]
    }
    page = await console.get(f"/organizations/{organization_id}/{of(organization)}")

    assert len(shown) > 1
    assert all(each.get("targets") or each["no_targets"] for each in shown.values())
    assert shown[organization["subscription_id"]]["no_targets"] in page.text


async def test_resize_is_shown_booked_and_recorded_once(console: ConsoleWorld) -> None:
    """The preview is what billing books; the same request acts once; another total is refused."""
    organization = await owner(console)
    before = console.world.sandbox.cloud.billing.period(
        organization["organization_id"], organization["subscription_id"]
    )
    wanted = {"quantity": 9, "request_id": "more-1"}

    shown = await act(console, organization, of(organization, "resize"), **wanted, preview=True)
    untouched = await product(console, organization)
    unseen = await act(console, organization, of(organization, "resize"), quantity=9, accept=False)
    wrong = await act(
        console, organization, of(organization, "resize"), quantity=9, accept=False, total_minor_units=1
    )
    total = shown.json()["terms"]["total_minor_units"]
    done = await act(
        console, organization, of(organization, "resize"), **wanted, accept=False, total_minor_units=total
    )
    again = await act(console, organization, of(organization, "resize"), **wanted)
    reused = await act(console, organization, of(organization, "resize"), **{**wanted, "quantity": 8})
    after = console.world.sandbox.cloud.billing.period(
        organization["organization_id"], organization["subscription_id"]
    )

    assert (shown.status_code, untouched["subscription"]["quantity"]) == (200, 6)
    assert (unseen.status_code, unseen.json()["field"]) == (422, "total_minor_units")
    assert (wrong.status_code, wrong.json()["code"]) == (409, "QUOTE_CHANGED")
    assert (done.json()["outcome"], again.json()) == (DONE, done.json())
    assert (reused.status_code, reused.json()["code"]) == (409, "REQUEST_REUSED")
    assert after.paid.minor_units - before.paid.minor_units == total > 0
    assert after.quantity == 9
    begun, ended = _acts(console, organization)
    assert (type(begun), type(ended)) == (ProductActBegun, ProductActEnded)
    assert begun.acceptance == {"total_minor_units": total, "whatever_it_costs": False, "loss": False}
    assert {each.meta["actor"] for each in (begun, ended)} == {"olga"}
    assert {each.meta["reason"] for each in (begun, ended)} == {"asked for"}


async def test_fewer_licenses_than_users_are_refused(console: ConsoleWorld) -> None:
    """No act leaves a user without a license unasked; nothing is recorded of a refusal by a rule."""
    organization = await owner(console)
    organization_id, subscription_id = organization["organization_id"], organization["subscription_id"]

    fewer = await act(console, organization, of(organization, "resize"), quantity=4)
    cancelled = await act(console, organization, of(organization, "cancel"))
    typed = await console.run(
        "product", "cancel", organization_id, subscription_id, "--reason", "gone", "--json"
    )
    none = await act(console, organization, of(organization, "resize"), quantity=6)
    kept = await product(console, organization)

    assert [each.json()["code"] for each in (fewer, cancelled)] == ["LICENSES_IN_USE"] * 2
    assert [each.status_code for each in (fewer, cancelled)] == [409, 409]
    assert (typed.code, "--yes" in typed.err) == (2, True)
    assert none.json()["code"] == "RULE_VIOLATED"
    assert (kept["status"], kept["subscription"]["quantity"]) == ("active", 6)
    assert console.world.store.organization(organization_id) is None


async def test_cancelled_is_given_back_and_returns(console: ConsoleWorld) -> None:
    """A cancellation gives the rest back; a return charges just that again: both net to the day's use."""
    organization = await owner(console)
    organization_id, subscription_id = organization["organization_id"], organization["subscription_id"]

    ended = await console.run(
        "product", "cancel", organization_id, subscription_id, "--reason", "unused", "--yes", "--json"
    )
    gone = await product(console, organization)
    again = await act(console, organization, of(organization, "cancel"), accept_loss=True)
    back = await act(console, organization, of(organization, "reactivate"))
    here = await product(console, organization)
    verdict = await asyncio.to_thread(console.world.sandbox.verdict, organization_id)
    invoices = (await listed(console, organization))["invoices"]

    terms = json.loads(ended.out)["terms"]
    assert ended.code == 0, ended.err
    assert terms["credit"]["minor_units"] > 0
    assert (gone["status"], [each["code"] for each in gone["notices"]]) == ("disabled", ["DISABLED"])
    assert gone["status_until"] is not None
    assert again.json()["code"] == "RULE_VIOLATED"
    assert back.json()["outcome"] == DONE, back.text
    assert (here["status"], here["auto_renew"]) == ("active", True)
    assert verdict["wrong_amount_texts"] == []
    assert (verdict["double_charges"], verdict["orphan_orders"]) == (0, 0)
    # Both invoices carry the tax.
    totals = [each["total"]["minor_units"] for each in invoices]
    given_back = terms["credit"]["minor_units"] - terms["tax"]["minor_units"]
    assert totals == [back.json()["terms"]["total_minor_units"], -given_back]
    assert terms["tax"]["minor_units"] < 0


async def test_cancelled_twice_on_a_day_is_given_back_twice(console: ConsoleWorld) -> None:
    """A product that was cancelled, reactivated and cancelled on one day is billed no more."""
    organization = await owner(console)
    organization_id, subscription_id = organization["organization_id"], organization["subscription_id"]

    first = await act(console, organization, of(organization, "cancel"), accept_loss=True)
    back = await act(console, organization, of(organization, "reactivate"))
    second = await act(console, organization, of(organization, "cancel"), accept_loss=True)
    period = console.world.sandbox.cloud.billing.period(organization_id, subscription_id)

    assert [each.json()["outcome"] for each in (first, back, second)] == [DONE] * 3, second.text
    assert second.json()["terms"]["credit"] == back.json()["terms"]["charge"]
    assert (period.state, period.credited) == ("stopped", period.paid)


async def test_expired_returns_and_renewal_is_stopped(console: ConsoleWorld) -> None:
    """What has expired serves again; what is to end with its term is told, and serves until then."""
    organization = await owner(console)
    ends = await act(console, organization, of(organization, "cancel"), at_renewal=True, accept_loss=True)
    told = await product(console, organization)
    grace = (datetime.now(UTC) + timedelta(days=20)).isoformat().replace("+00:00", "Z")
    await change(console, organization, status="expired", grace_ends_at=grace)
    gone = await product(console, organization)
    back = await act(console, organization, of(organization, "reactivate"))
    here = await product(console, organization)

    assert ends.json()["result"] == {"ends_on": organization["period_end_on"]}
    assert (told["status"], told["auto_renew"]) == ("active", False)
    assert [each["code"] for each in told["notices"]] == ["ENDS"]
    assert gone["status"] in {"expired", "disabled"}
    assert back.json()["outcome"] == DONE, back.text
    assert (here["status"], here["notices"]) == ("active", [])


async def test_end_of_a_term_takes_no_license_unasked(console: ConsoleWorld) -> None:
    """Users who hold the plan lose it with its term: that is told, changes nothing, and must be accepted."""
    organization = await owner(console)
    organization_id, subscription_id = organization["organization_id"], organization["subscription_id"]

    refused = await act(console, organization, of(organization, "cancel"), at_renewal=True)
    kept = await product(console, organization)
    typed = await console.run(
        *("product", "cancel", organization_id, subscription_id, "--at-renewal", "--reason", "gone", "--yes")
    )
    told = await product(console, organization)

    assert (refused.status_code, refused.json()["code"]) == (409, "LICENSES_IN_USE")
    assert "end of its term" in refused.json()["remedy"]
    assert kept["auto_renew"] is True
    assert typed.code == 0, typed.err
    assert (told["auto_renew"], told["status"]) == (False, "active")


async def test_scheduled_change_is_not_deleted_unasked(console: ConsoleWorld) -> None:
    """What is planned for the next term goes with the renewal: the loss is named, and must be accepted."""
    organization = await owner(console)
    await change(console, organization, scheduled={"product": {}, "quantity": 4})

    refused = await act(console, organization, of(organization, "cancel"), at_renewal=True)
    done = await act(console, organization, of(organization, "cancel"), at_renewal=True, accept_loss=True)

    assert (refused.status_code, refused.json()["code"]) == (409, "RULE_VIOLATED")
    assert "4 licenses" in refused.json()["detail"]
    assert done.json()["outcome"] == DONE, done.text


async def test_purchase_is_ordered_and_billed_once(console: ConsoleWorld) -> None:
    """A bought product is billed for one whole period with tax, by one invoice, however often it is asked."""
    organization = await owner(console)
    organization_id = organization["organization_id"]
    wanted = {"plan": "E3", "quantity": 3, "request_id": "buy-1"}

    bought = await act(console, organization, "products", **wanted)
    again = await act(console, organization, "products", **wanted)
    owned = await listed(console, organization)
    unsold = await act(console, organization, "products", plan="E3", quantity=1, term="P9Y")
    nothing = await console.run("product", "buy", organization_id, "E3", "--reason", "why")

    answer = bought.json()
    assert answer["outcome"] == DONE, bought.text
    assert again.json() == answer
    names = [each["subscription"]["subscription_id"] for each in owned["products"]]
    assert answer["subscription_id"] in names
    assert [each["total"] for each in owned["invoices"]] == [answer["terms"]["total"]]
    assert owned["balance_due_minor_units"] == 0
    verdict = await asyncio.to_thread(console.world.sandbox.verdict, organization_id)
    assert (verdict["wrong_amount_texts"], verdict["double_charges"]) == ([], 0)
    assert (verdict["orphan_orders"], verdict["unbilled_days"]) == (0, 0)
    period = console.world.sandbox.cloud.billing.period(organization_id, answer["subscription_id"])
    assert (period.state, period.quantity, period.paid.minor_units) == (
        "billing",
        3,
        answer["terms"]["charge"]["minor_units"],
    )
    assert (unsold.status_code, unsold.json()["field"]) == (422, "term")
    assert nothing.code == 2


async def test_purchase_by_invoice_waits_for_the_credit_check(console: ConsoleWorld) -> None:
    """The order stays open until the bureau has decided; then it is billed, and the invoice is due."""
    organization = await owner(console)
    organization_id = organization["organization_id"]
    await asyncio.to_thread(console.world.sandbox.settings, credit_verdict="silent")
    wanted = {"plan": "E3", "quantity": 30, "request_id": "buy-1", "payment_method": "invoice"}

    begun = await act(console, organization, "products", **wanted)
    another = await act(console, organization, "products", **{**wanted, "request_id": "buy-2"})
    await asyncio.to_thread(console.world.sandbox.approve, organization_id)
    done = await act(console, organization, "products", **wanted)
    owned = await listed(console, organization)

    assert (begun.json()["outcome"], "credit check" in begun.json()["waits_for"]) == ("open", True)
    assert another.json()["code"] == "PRODUCT_ACT_OPEN"
    assert done.json()["outcome"] == DONE, done.text
    assert owned["balance_due_minor_units"] == done.json()["terms"]["total_minor_units"] > 0


async def test_credit_check_of_a_purchase_lets_no_switch_in(console: ConsoleWorld) -> None:
    """CREDIT_CHECK_PENDING: rules and a wait name the order, its promise stands there, and then it starts."""
    organization = await owner(console)
    organization_id = organization["organization_id"]
    await asyncio.to_thread(console.world.sandbox.settings, credit_verdict="silent")
    wanted = {"plan": "E3", "quantity": 30, "request_id": "buy-1", "payment_method": "invoice"}

    begun = await act(console, organization, "products", **wanted)
    refused = await console.post("/api/switches", start_body(organization))
    shown = await console.run("product", "show", organization_id, organization["subscription_id"])
    page = await console.get(f"/organizations/{organization_id}/{of(organization)}")

    assert "its answer is due by" in begun.json()["waits_for"]
    assert [each["code"] for each in refused.json()["reasons"]] == ["CREDIT_CHECK_PENDING"]
    assert "of a product that was bought" in refused.json()["reasons"][0]["message"]
    assert f"product list {organization_id}" in " ".join(shown.out.split())
    assert f'href="/organizations/{organization_id}#acts"' in page.text


async def test_rules_of_a_purchase_are_looked_at_first(console: ConsoleWorld) -> None:
    """Too small for an invoice, more users than the plan may have, no plan at all: nothing is ordered."""
    organization = await owner(console)

    small = await act(console, organization, "products", plan="E3", quantity=1, payment_method="invoice")
    large = await act(console, organization, "products", plan="Business Premium", quantity=301)
    shown = await act(console, organization, "products", plan="Business Premium", quantity=301, preview=True)
    told = await listed(console, organization)

    codes = [[reason["code"] for reason in each.json()["reasons"]] for each in (small, large, shown)]
    assert codes == [["INVOICE_BELOW_MINIMUM"], ["TARGET_USER_CAP"], ["TARGET_USER_CAP"]]
    assert [each.json()["code"] for each in (small, large, shown)] == ["RULE_VIOLATED"] * 3
    assert (told["acts"], len(told["products"])) == ([], 1)


async def test_return_obeys_the_cap_of_its_plan(console: ConsoleWorld) -> None:
    """TARGET_USER_CAP: 200 licenses that have ended can't return beside 200 that were bought meanwhile."""
    options = {"has_side_products": False, "quantity": 200}
    request = {"seed": 1, "users": 5, "plan_id": BUSINESS_PREMIUM, "options": options}
    organization = await asyncio.to_thread(console.world.sandbox.make, request)
    ended = await act(console, organization, of(organization, "cancel"), accept_loss=True)
    bought = await act(console, organization, "products", plan="Business Premium", quantity=200)

    back = await act(console, organization, of(organization, "reactivate"))
    shown = await console.run("product", "list", organization["organization_id"], "--status", "disabled")

    assert [each.json()["outcome"] for each in (ended, bought)] == [DONE] * 2, bought.text
    assert [reason["code"] for reason in back.json()["reasons"]] == ["TARGET_USER_CAP"], back.text
    # Nobody can take a license of a product that has ended.
    assert "         5  -     -" in shown.out, shown.out


async def test_declined_credit_check_ends_the_purchase(console: ConsoleWorld) -> None:
    """The order is void, nothing is charged, and the organization may order again."""
    organization = await owner(console)
    organization_id = organization["organization_id"]
    await asyncio.to_thread(console.world.sandbox.settings, credit_verdict="silent")
    wanted = {"plan": "E3", "quantity": 30, "request_id": "buy-1", "payment_method": "invoice"}

    begun = await act(console, organization, "products", **wanted)
    await asyncio.to_thread(console.world.sandbox.decline, organization_id)
    refused = await act(console, organization, "products", **wanted)
    told = await listed(console, organization)
    free = await act(console, organization, "products", plan="E3", quantity=1)
    verdict = await asyncio.to_thread(console.world.sandbox.verdict, organization_id)

    assert begun.json()["outcome"] == "open"
    assert (refused.status_code, refused.json()["code"]) == (409, "PROVIDER_REFUSED")
    assert [each["outcome"] for each in told["acts"]] == ["refused"]
    assert (told["invoices"], told["balance_due_minor_units"]) == ([], 0)
    assert free.json()["outcome"] == DONE, free.text
    assert verdict["orphan_orders"] == 0


async def test_trial_is_bought(console: ConsoleWorld) -> None:
    """A trial becomes a product that is paid for, so that it can be switched (rules#trial)."""
    organization = await owner(console, is_trial=True)
    organization_id, subscription_id = organization["organization_id"], organization["subscription_id"]

    before = await product(console, organization)
    bought = await console.run(
        "product", "buy", organization_id, "--trial", subscription_id, "--reason", "good", "--yes"
    )
    after = await product(console, organization)

    assert (before["status"], [each["act"] for each in before["notices"]]) == ("trial", ["buy_trial"])
    assert bought.code == 0, bought.err
    assert (after["status"], after["notices"]) == ("active", [])


async def test_locked_administration_names_who_holds_it(console: ConsoleWorld) -> None:
    """Acts on licenses are refused while a switch has administration locked; what is due is paid."""
    organization = await owner(console)
    organization_id = organization["organization_id"]
    await owe(console, organization)
    _lock(console, organization_id)
    acts: list[tuple[str, dict[str, Any]]] = [
        ("products", {"plan": "E3", "quantity": 1}),
        (of(organization, "resize"), {"quantity": 9}),
        (of(organization, "cancel"), {"accept_loss": True}),
    ]

    refused = [await act(console, organization, place, **body) for place, body in acts]
    users = {"users": ["somebody"], "reason": "asked for"}
    path = f"/api/organizations/{organization_id}/{of(organization, 'unassign')}"
    refused.append(await console.post(path, users))
    told = await listed(console, organization)
    paid = await act(console, organization, "payments")

    assert [each.json()["code"] for each in refused] == ["ADMINISTRATION_LOCKED"] * (len(acts) + 1)
    assert all("switch-1" in each.json()["detail"] for each in refused)
    assert told["locked_by"]["switch_id"] == "switch-1"
    assert told["acts"] == []
    assert paid.json()["outcome"] == DONE, paid.text


def _lock(console: ConsoleWorld, organization_id: str) -> None:
    at = datetime.now(UTC)
    meta = Meta(
        switch_id="switch-1", organization_id=organization_id, actor="test", reason="", causation="test"
    )
    organization = Organization.register(organization_id, at=at, meta=meta)
    facts: dict[str, Any] = {"promised_end": at + timedelta(hours=1), "at": at, "meta": meta}
    organization.reserve_switch("switch-1", source_stream_id="", **facts)
    organization.lock_administration("switch-1", **facts)
    console.world.store.save(organization)


async def test_provider_that_says_no_is_recorded(console: ConsoleWorld) -> None:
    """A refusal of the seller ends the act in the seller's words; nothing changed."""
    began = (datetime.now(UTC) - timedelta(days=20)).date()
    organization = await owner(console, terms="new_commerce", quantity=9, period_start_on=began)

    refused = await act(console, organization, of(organization, "resize"), quantity=7, request_id="r-1")
    told = (await listed(console, organization))["acts"]
    kept = await product(console, organization)

    assert (refused.status_code, refused.json()["code"]) == (409, "PROVIDER_REFUSED")
    assert "cannot be decreased after the cancellation window" in refused.json()["detail"]
    assert [(each["request_id"], each["outcome"], each["code"]) for each in told] == [
        ("r-1", "refused", "PROVIDER_REFUSED")
    ]
    assert kept["subscription"]["quantity"] == 9
