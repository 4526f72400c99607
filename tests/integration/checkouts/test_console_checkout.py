"""Checkout over HTTP and as commands: edit, quote anew, order what is shown (rules#checkout)."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

from domain.kernel.ids import checkout_stream_id, switch_id_of
from domain.requests.checkout_events import CheckoutOrdered
from tests.support.consoles.checkout import edit, order, start
from tests.support.consoles.console_world import COLUMNS, LOOKS_MAX, ConsoleWorld

STREET = "Secret Street 7"


async def test_sections_are_edited_quoted_anew_and_ordered_as_shown(console: ConsoleWorld) -> None:
    """Each edit re-quotes; the order bills the newest quote and names what was drafted (rules#checkout)."""
    organization = await console.organization(users=30)
    first = await start(console, organization)

    more = (await edit(console, first, "items", quantity=40)).json()
    yearly = (await edit(console, more, "term", term="P1Y", billing_cycle="annual")).json()
    answer = await order(console, yearly)
    row = await console.ended(answer.json()["switch_id"])
    late = await edit(console, yearly, "items", quantity=50)
    again = await order(console, yearly)
    shown = (await console.get(f"/api/checkouts/{first['checkout_id']}")).json()

    assert [each["revision"] for each in (first, more, yearly)] == [1, 2, 3]
    assert len({each["quote_digest"] for each in (first, more, yearly)}) == 3
    assert yearly["sections"]["term"] == {"term": "P1Y", "billing_cycle": "annual"}
    assert (answer.status_code, row["outcome"]) == (201, "completed")
    assert row["charged_total"] == row["quote_total"] == yearly["total_minor_units"]
    assert (late.status_code, late.json()["code"]) == (409, "RULE_VIOLATED")
    assert "can't be edited" in late.json()["detail"]
    assert (again.status_code, again.json()["switch_id"]) == (200, row["switch_id"])
    assert (shown["status"], shown["switch_id"]) == ("ordered", row["switch_id"])


async def test_stale_edit_and_order_are_told_what_changed(console: ConsoleWorld) -> None:
    """Another revision is a conflict that says what changed; a repeated request changes nothing."""
    draft = await start(console, await console.organization(users=5))

    made = await edit(console, draft, "payment", request_id="pay-1", payment_method="invoice")
    repeated = await edit(console, draft, "payment", request_id="pay-1", payment_method="invoice")
    reused = await edit(console, draft, "payment", request_id="pay-1", payment_method="card")
    stale = await edit(console, draft, "items", quantity=9)
    ordered = await order(console, draft)

    assert (made.json()["revision"], repeated.json()["revision"]) == (2, 2)
    assert (reused.status_code, reused.json()["code"]) == (409, "REQUEST_REUSED")
    assert (stale.status_code, stale.json()["code"]) == (409, "CHECKOUT_CHANGED")
    assert "payment (payment_method) by olga" in stale.json()["detail"]
    assert (ordered.status_code, ordered.json()["code"]) == (409, "CHECKOUT_CHANGED")


async def test_invoice_may_add_the_credit_check(console: ConsoleWorld) -> None:
    """Card to invoice: the quote then says that a credit check may be required (rules#checkout)."""
    draft = await start(console, await console.organization(users=100))

    after = (await edit(console, draft, "payment", payment_method="invoice")).json()

    assert draft["sections"]["payment"] == {"payment_method": "card", "credit_check": "not_expected"}
    assert after["sections"]["payment"]["credit_check"] == "may_be_required"
    assert after["quoted"]["credit_check"] == "may_be_required"


async def test_addresses_live_at_the_seller_alone(console: ConsoleWorld) -> None:
    """Sold-to and billed-to are changed at the seller; no event holds a name or a street."""
    organization = await console.organization(users=5)
    draft = await start(console, organization)

    billed = (await edit(console, draft, "billed_to", address_line_1=STREET, last_name="Jansen")).json()
    sold = (await edit(console, billed, "sold_to", address_line_1=STREET, email="a@b.example")).json()
    unfit = await edit(console, sold, "billed_to", country="Nowhere")
    party = console.world.sandbox.cloud.parties.party(organization["organization_id"], "billed_to")
    events = [each.event for each in console.world.store.notifications()]

    assert billed["sections"]["billed_to"]["address_line_1"] == STREET
    assert sold["sections"]["sold_to"]["email"] == "a@b.example"
    assert (party.fields["address_line_1"], party.fields["last_name"]) == (STREET, "Jansen")
    assert party.fields["city"], "what was not changed stays"
    assert (unfit.status_code, "Nowhere" in unfit.text) == (422, False)
    assert not [each for each in events if STREET in str(vars(each)) or "Jansen" in str(vars(each))]


async def test_address_changed_at_the_seller_is_no_silent_order(console: ConsoleWorld) -> None:
    """What is ordered is what was shown: an address changed elsewhere is looked at first."""
    organization = await console.organization(users=5)
    draft = await start(console, organization)
    console.world.sandbox.cloud.parties.change_party(
        organization["organization_id"], "billed_to", {"city": "Bonn"}, key="by-hand"
    )

    refused = await order(console, draft)
    taken = (await edit(console, draft, "items")).json()
    ordered = await order(console, taken)

    assert (refused.status_code, refused.json()["code"]) == (409, "CHECKOUT_CHANGED")
    assert "billed_to" in refused.json()["detail"]
    assert (taken["sections"]["billed_to"]["city"], taken["parties_changed"]) == ("Bonn", [])
    assert (await console.ended(ordered.json()["switch_id"]))["outcome"] == "completed"


async def test_custom_domain_is_confirmed_before_the_order(console: ConsoleWorld) -> None:
    """CUSTOM_DOMAIN_REVIEW: listed, blocked, confirmed, ordered (rules#custom_domain_review)."""
    organization = await console.organization(users=5, profile={"custom_domains": ["Contoso.example"]})
    draft = await start(console, organization)

    blocked = await order(console, draft)
    before = console.world.store.max_notification_id()
    misspelled = await edit(console, draft, "domains", confirmed=["contoso.exampel"])
    refused = console.world.store.max_notification_id()
    confirmed = (await edit(console, draft, "domains", confirmed=["contoso.example"])).json()
    ordered = await order(console, confirmed)

    listed = draft["sections"]["domains"]["domains"]
    assert listed == [{"domain": "Contoso.example", "is_confirmed": False}]
    assert (misspelled.status_code, misspelled.json()["field"]) == (422, "domains.confirmed")
    assert "'contoso.exampel'; allowed: Contoso.example" in misspelled.json()["detail"]
    assert refused == before, "what was refused is not recorded as assessed either"
    assert (draft["revision"], confirmed["revision"]) == (1, 2), "what was refused left no revision"
    assert [each["code"] for each in blocked.json()["reasons"]] == ["CUSTOM_DOMAIN_REVIEW"]
    assert (draft["is_orderable"], confirmed["is_orderable"]) == (False, True)
    assert (await console.ended(ordered.json()["switch_id"]))["outcome"] == "completed"


async def test_domain_of_the_vendor_confirmed_for_ever(console: ConsoleWorld) -> None:
    """The domain that comes with the organization is neither listed nor asked for.

    See rules#custom_domain_review.
    """
    profile = {"custom_domains": ["contoso.onmicrosoft.com", "contoso.example"]}
    draft = await start(console, await console.organization(users=5, profile=profile))
    shown = await console.run("checkout", "show", draft["checkout_id"])
    confirmed = (await edit(console, draft, "domains", confirmed=["contoso.example"])).json()

    listed = draft["sections"]["domains"]["domains"]
    assert listed == [{"domain": "contoso.example", "is_confirmed": False}]
    assert "onmicrosoft" not in shown.out
    assert confirmed["is_orderable"]


async def test_other_family_needs_its_acknowledgments(console: ConsoleWorld) -> None:
    """Another family: "no way back" and "backup done" before the order; another plan takes them back.

    Somebody works without SharePoint, which a service of that plan needs: that is confirmed as well.
    """
    organization = await console.organization(users=5)
    draft = await start(console, organization, target_plan="Microsoft 365 Business Premium")

    refused = await order(console, draft)
    given = ["no_way_back", "backup_done", "dependent_service_off"]
    confirmed = (await edit(console, draft, "acknowledgments", confirmed=given)).json()
    other = (await edit(console, confirmed, "items", target_plan="E3")).json()

    missing = [each["name"] for each in draft["sections"]["acknowledgments"]["missing"]]
    assert sorted(missing) == sorted(given)
    assert refused.status_code == 409
    assert confirmed["sections"]["acknowledgments"]["missing"] == []
    assert other["sections"]["acknowledgments"] == {
        "confirmed": [],
        "missing": [],
        "backup_guide": "docs/rules.md#backup-before-a-switch",
    }


async def test_unpaid_balance_blocks_until_it_is_paid(console: ConsoleWorld) -> None:
    """UNPAID_BALANCE: the quote says so, the order is refused; once it is paid both are allowed."""
    organization = await console.organization(users=5)
    organization_id = organization["organization_id"]
    draft = await start(console, organization)
    owed = {"kind": "profile", "changes": {"balance_due_minor_units": 4200}}
    console.world.sandbox.edit(organization_id, **owed)

    quote = (
        await console.post("/api/quotes", {"organization_id": organization_id, "target_plan": "E3"})
    ).json()
    blocked = (await console.get(f"/api/checkouts/{draft['checkout_id']}")).json()
    refused = await order(console, draft)
    console.world.sandbox.edit(organization_id, **owed | {"changes": {"balance_due_minor_units": 0}})
    paid = (await console.get(f"/api/checkouts/{draft['checkout_id']}")).json()
    ordered = await order(console, draft)

    (reason,) = [each for each in quote["assessment"]["reasons"] if each["code"] == "UNPAID_BALANCE"]
    assert reason["evidence"] == {"balance_due": "42.00 EUR"}
    assert (reason["retry"]["kind"], reason["retry"]["event"]) == ("after_fix", "paid")
    assert quote["assessment"]["eligible"] == {"automatic": False, "manual": True}
    assert [each["code"] for each in refused.json()["reasons"]] == ["UNPAID_BALANCE"]
    assert (refused.status_code, blocked["is_orderable"], paid["is_orderable"]) == (409, False, True)
    assert (await console.ended(ordered.json()["switch_id"]))["outcome"] == "completed"


async def test_changed_price_is_no_silent_order(console: ConsoleWorld) -> None:
    """A quote that is no longer the quote is refused, and taken over by an edit (rules#checkout)."""
    organization = await console.organization(users=5)
    draft = await start(console, organization)
    console.world.sandbox.edit(organization["organization_id"], kind="profile", changes={"tax_rate": "0.07"})

    stale = (await console.get(f"/api/checkouts/{draft['checkout_id']}")).json()
    refused = await order(console, draft)
    taken = (await edit(console, draft, "items")).json()

    assert (stale["is_quote_current"], refused.json()["code"]) == (False, "QUOTE_CHANGED")
    assert (taken["is_quote_current"], taken["is_orderable"]) == (True, True)
    assert taken["quote_digest"] != draft["quote_digest"]


def mark_ordered(console: ConsoleWorld, draft: dict[str, Any]) -> None:
    """Leave behind what a console does that dies between the mark and the start of the switch."""
    checkout = console.world.store.checkout(draft["checkout_id"])
    request_id = f"checkout-{checkout.checkout_id}-{checkout.revision}"
    event = CheckoutOrdered(
        originator_id=checkout_stream_id(checkout.checkout_id),
        originator_version=checkout.revision + 1,
        timestamp=datetime.now(tz=UTC),
        request_id=request_id,
        switch_id=switch_id_of(checkout.organization_id, request_id),
        quote_digest=checkout.quote_digest,
        meta={"actor": "olga", "switch_id": ""},
    )
    console.world.store.append_checkout(event)


async def test_order_whose_console_died_is_started_by_asking_again(console: ConsoleWorld) -> None:
    """The mark comes before the start: the same order again starts what was marked, once."""
    draft = await start(console, await console.organization(users=5))
    mark_ordered(console, draft)

    first, second = await asyncio.gather(order(console, draft), order(console, draft))
    row = await console.ended(first.json()["switch_id"])

    assert first.json()["switch_id"] == second.json()["switch_id"]
    assert row["outcome"] == "completed"


async def test_refused_switch_opens_the_draft_again(console: ConsoleWorld) -> None:
    """A switch that is refused before its order leaves a draft that can be edited and ordered."""
    organization = await console.organization(users=5)
    draft = await start(console, organization)
    mark_ordered(console, draft)
    console.world.sandbox.edit(organization["organization_id"], kind="profile", changes={"tax_rate": "0.07"})

    refused = await order(console, draft)
    shown = (await console.get(f"/api/checkouts/{draft['checkout_id']}")).json()
    taken = (await edit(console, shown, "items")).json()
    ordered = await order(console, taken)

    assert (refused.status_code, refused.json()["code"]) == (409, "QUOTE_CHANGED")
    assert (shown["status"], shown["refusal"]["code"]) == ("open", "QUOTE_CHANGED")
    assert (await console.ended(ordered.json()["switch_id"]))["outcome"] == "completed"


async def test_of_edits_at_the_same_time_one_wins(console: ConsoleWorld) -> None:
    """Parallel edits of one revision: one is taken, the others are told what it changed."""
    draft = await start(console, await console.organization(users=5))

    answers = await asyncio.gather(*(edit(console, draft, "items", quantity=6 + n) for n in range(4)))
    orders = await asyncio.gather(*(order(console, {**draft, "revision": 2}) for _ in range(3)))

    assert sorted(each.status_code for each in answers) == [200, 409, 409, 409]
    refused = [each.json() for each in answers if each.status_code == 409]
    assert {each["code"] for each in refused} == {"CHECKOUT_CHANGED"}
    assert all("items (quantity) by olga" in each["detail"] for each in refused)
    assert len({each.json()["switch_id"] for each in orders}) == 1
    await console.ended(orders[0].json()["switch_id"])


async def test_wrong_requests_are_refused_by_field(console: ConsoleWorld) -> None:
    """A section, field or checkout that is not there is named, with what there is."""
    draft = await start(console, await console.organization(users=5), request_id="draft-1")

    unknown = await console.get("/api/checkouts/00000000")
    section = await edit(console, draft, "color", quantity=3)
    field = await edit(console, draft, "items", color="red")
    cycle = await edit(console, draft, "term", term="P1M", billing_cycle="annual")
    reused = await console.post(
        "/api/checkouts",
        {"organization_id": draft["organization_id"], "target_plan": "E5", "request_id": "draft-1"},
    )

    assert (unknown.status_code, unknown.json()["code"]) == (404, "UNKNOWN_CHECKOUT")
    assert (section.status_code, "sold_to" in section.json()["detail"]) == (422, True)
    assert (field.status_code, "quantity" in field.json()["detail"]) == (422, True)
    assert (cycle.status_code, "P1M" in cycle.json()["detail"]) == (422, True)
    assert (reused.status_code, reused.json()["code"]) == (409, "REQUEST_REUSED")


async def test_commands_draft_edit_and_order(console: ConsoleWorld) -> None:
    """The whole checkout works as commands, in 80 columns, with JSON on each (docs/cli.md)."""
    organization = await console.organization(users=5, profile={"custom_domains": ["contoso.example"]})

    started = await console.run("checkout", "start", organization["organization_id"], "--to", "E3", "--json")
    checkout = json.loads(started.out)["checkout_id"]
    edited = await console.run(
        *("checkout", "edit", checkout, "--quantity", "8", "--billed-to", "city=Bonn"),
        *("--payment-method", "invoice", "--confirm-domain", "contoso.example"),
    )
    card = await console.run("checkout", "edit", checkout, "--payment-method", "card")
    shown = await console.run("checkout", "show", checkout)
    unsure = await console.run("checkout", "order", checkout)
    stale = await console.run("checkout", "order", checkout, "--revision", "1")
    ordered = await console.run("checkout", "order", checkout, "--yes", "--reason", "growth")
    again = await console.run("checkout", "order", checkout, "--yes", "--json")
    after = await console.run("checkout", "show", checkout)

    assert [each.code for each in (started, edited, card, shown, ordered, again, after)] == [0] * 7, (
        edited.err + ordered.err
    )
    assert "a credit check may be required" in edited.out
    assert all(word in shown.out for word in ("Bonn", "8 licenses", "contoso.example (confirmed)"))
    assert (unsure.code, stale.code) == (2, 5)
    assert json.loads(again.out)["switch_id"] in ordered.out
    assert "ordered" in after.out
    told = (edited, card, shown, unsure, stale, ordered, after)
    assert max(each.longest_line for each in told) <= COLUMNS
    await console.ended(json.loads(again.out)["switch_id"])


async def test_checkouts_are_listed_and_given_up(console: ConsoleWorld) -> None:
    """List by organization and state, page by the last id, name by 8 characters; an abandoned one stays."""
    organization = await console.organization(users=5, profile={"custom_domains": ["contoso.example"]})
    organization_id = organization["organization_id"]
    first, second = [await start(console, organization, request_id=f"draft-{n}") for n in range(2)]
    given_up = await console.post(f"/api/checkouts/{first['checkout_id']}/abandon", {"reason": "no budget"})
    again = await console.post(f"/api/checkouts/{first['checkout_id']}/abandon", {})
    late = await edit(console, given_up.json(), "items", quantity=9)
    await listed(console, organization_id, "abandoned", 1)

    page = (await console.get("/api/checkouts", organization=organization_id, limit=1)).json()
    rest = (await console.get("/api/checkouts", organization=organization_id, after=page["next"])).json()
    named = (await console.get(f"/api/checkouts/{second['checkout_id'][:8]}")).json()
    wrong = await console.get("/api/checkouts", state="lost")
    told = await console.run("checkout", "list", "--organization", organization_id)
    open_ones = await console.run("checkout", "list", "--state", "open", "--json")

    assert [page["next"], rest["checkouts"][0]["checkout_id"]] == [
        second["checkout_id"],
        first["checkout_id"],
    ]
    assert page["checkouts"][0]["total"] == second["total"]
    assert (given_up.json()["status"], again.json()["revision"]) == ("abandoned", 2)
    assert (late.status_code, late.json()["code"]) == (409, "RULE_VIOLATED")
    assert named["checkout_id"] == second["checkout_id"]
    assert (wrong.status_code, "abandoned" in wrong.json()["detail"]) == (422, True)
    assert all(word in told.out for word in (first["checkout_id"][:8], "abandoned", "Office 365 E3 "))
    assert told.longest_line <= COLUMNS
    assert [each["checkout_id"] for each in json.loads(open_ones.out)["checkouts"]] == [second["checkout_id"]]


async def listed(console: ConsoleWorld, organization_id: str, state: str, count: int) -> None:
    """Wait until so many drafts of an organization are listed in a state."""
    for _ in range(LOOKS_MAX):
        rows = (await console.get("/api/checkouts", organization=organization_id, state=state)).json()
        if len(rows["checkouts"]) == count:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"never {count} {state}: {rows}")
