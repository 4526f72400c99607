"""Pages of checkouts: list, sections with forms, quote and order (rules#checkout)."""

from __future__ import annotations

import asyncio
import re
from typing import Any
from urllib.parse import quote

import httpx2
import psycopg

from tests.support.clouds.plain_http import WITHOUT_TLS
from tests.support.consoles.checkout_pages import form_of, send, shown
from tests.support.consoles.console_world import LOOKS_MAX, ConsoleWorld

STREET = "Secret Street 7"
NAME = "Jansen-Secret"


async def started(console: ConsoleWorld, *, plan: str = "E3", **options: Any) -> str:
    """Start a checkout by the form of the list, and return the path of its page."""
    organization = await console.organization(users=5, **options)
    fields = {"organization_id": organization["organization_id"], "target_plan": plan, "quantity": ""}
    answer = await send(console, "/checkouts", fields)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def test_forms_edit_quote_anew_and_order(console: ConsoleWorld) -> None:
    """Each form quotes anew; the page tells lines, promises and locks; the button starts just that."""
    path = await started(console)
    first = await shown(console, path)

    more = await send(console, f"{path}/items", {**form_of(first, path, "items"), "quantity": "9"})
    second = await shown(console, path)
    yearly = await send(console, f"{path}/term", form_of(second, path, "term") | {"sold_as": "P1Y annual"})
    third = await shown(console, path)
    ordered = await send(console, f"{path}/order", {"revision": "3", "reason": "growth"})
    last = await shown(console, path)
    switch_id = re.findall(r"/switches/([0-9a-f-]{36})", last)[0]
    row = await console.ended(switch_id)
    api = (await console.get(f"/api{path}")).json()

    assert [each.status_code for each in (more, yearly, ordered)] == [303, 303, 303]
    assert more.headers["location"] == f"{path}#items"
    assert "9 licenses" in second
    assert "one year, billed annual" in third
    assert all(line["description"] in third for line in api["quote"]["days"][0]["lines"])
    for words in ("nobody is left on the old plan", "10 minutes for all", "administration, from freeze to"):
        assert words in third
    assert "moves 5 users" in third
    assert (api["status"], row["outcome"]) == ("ordered", "completed")
    assert api["total"] in third
    assert row["charged_total"] == api["total_minor_units"]
    assert "Order and start" not in last
    assert [each["changed"] for each in api["edits"]] == [[], ["quantity"], ["billing_cycle", "term"]]


async def test_stale_form_is_told_what_was_changed(console: ConsoleWorld) -> None:
    """A form of an older revision is CHECKOUT_CHANGED and names the change; one sent twice is one change."""
    path = await started(console)
    old = await shown(console, path)
    fields = form_of(old, path, "payment") | {"payment_method": "invoice"}
    twice = [await send(console, f"{path}/payment", fields) for _ in range(2)]

    stale = await send(console, f"{path}/items", form_of(old, path, "items") | {"quantity": "50"})
    ordered = await send(console, f"{path}/order", {"revision": "1"})

    assert [each.status_code for each in (*twice, stale, ordered)] == [303, 303, 409, 409]
    for answer in (stale, ordered):
        assert "CHECKOUT_CHANGED" in answer.text
        assert "payment (payment_method) by olga" in answer.text
    assert 'value="50"' not in stale.text
    assert (await console.get(f"/api{path}")).json()["revision"] == 2


async def test_slip_is_told_and_kept_in_its_form(console: ConsoleWorld) -> None:
    """A value that is not allowed is told beside the form, which keeps it; nothing is changed."""
    path = await started(console)
    page = await shown(console, path)

    plan = await send(console, f"{path}/items", form_of(page, path, "items") | {"quantity": "0"})
    country = await send(
        console, f"{path}/billed_to", form_of(page, path, "billed_to") | {"country": "Utopia"}
    )
    nothing = await send(console, "/checkouts", {"organization_id": "", "target_plan": "E3"})
    unknown = await console.get("/checkouts/00000000")
    reloaded = await console.get(f"{path}/items")

    assert (plan.status_code, country.status_code) == (422, 422)
    assert [each.text.count('class="failure"') for each in (plan, country)] == [1, 1]
    assert reloaded.headers["location"] == f"{path}#items"
    assert "items.quantity" in plan.text
    assert 'value="Utopia"' in country.text
    assert "two capital letters" in country.text
    assert (nothing.status_code, "organization_id" in nothing.text) == (422, True)
    assert (unknown.status_code, "UNKNOWN_CHECKOUT" in unknown.text) == (404, True)
    assert "text/html" in unknown.headers["content-type"]
    assert (await console.get(f"/api{path}")).json()["revision"] == 1


async def test_reasons_link_to_their_paragraph(console: ConsoleWorld) -> None:
    """What stands in the way is told with a link to its rule; the order waits for it (rules#reasons)."""
    path = await started(console, profile={"custom_domains": ["Contoso.example"]})
    page = await shown(console, path)
    link = re.findall(r'href="(/docs/rules.md)#(custom_domain_review)"', page)[0]
    rules = await shown(console, link[0])
    refused = await send(console, f"{path}/order", {"revision": "1"})

    confirmed = form_of(page, path, "domains") | {"confirmed": ["contoso.example"]}
    await send(console, f"{path}/domains", confirmed)
    after = await shown(console, path)

    assert f'id="{link[1]}"' in rules
    assert (refused.status_code, "CUSTOM_DOMAIN_REVIEW" in refused.text) == (409, True)
    assert 'disabled aria-describedby="why-not"' in page
    assert "disabled" not in after
    assert "Nothing blocks the order" in after


async def test_other_family_is_acknowledged_by_boxes(console: ConsoleWorld) -> None:
    """Both acknowledgments are boxes; unchecking one takes it back (rules#acknowledgments)."""
    path = await started(console, plan="Microsoft 365 Business Premium")
    page = await shown(console, path)
    given = {"confirmed": ["no_way_back", "backup_done"]}
    await send(console, f"{path}/acknowledgments", form_of(page, path, "acknowledgments") | given)
    page = await shown(console, path)
    kept = form_of(page, path, "acknowledgments")
    await send(console, f"{path}/acknowledgments", kept | {"confirmed": ["backup_done"]})

    api = (await console.get(f"/api{path}")).json()

    assert sorted(kept["confirmed"]) == ["backup_done", "no_way_back"]
    assert api["sections"]["acknowledgments"]["confirmed"] == ["backup_done"]
    assert "docs/rules.md#backup-before-a-switch" in page


async def test_names_and_addresses_are_kept_nowhere(
    console: ConsoleWorld, database_url: str, capfd: Any
) -> None:
    """What a form changes of an address is at the seller alone: in no event, row, call or log line."""
    path = await started(console)
    page = await shown(console, path)
    changes = {"address_line_1": STREET, "last_name": NAME}
    answer = await send(console, f"{path}/billed_to", form_of(page, path, "billed_to") | changes)
    after = await shown(console, path)
    for _ in range(LOOKS_MAX):
        rows = (await console.get("/api/checkouts")).json()["checkouts"]
        row = rows[0] if rows else {"revision": 0}
        if row["revision"] == 2:
            break
        await asyncio.sleep(0.1)

    with psycopg.connect(database_url) as connection:
        tables = connection.execute(
            "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname LIKE 'planswitch%'"
        ).fetchall()
        dump = "".join(
            str(connection.execute(f"SELECT to_jsonb(t) FROM {name} t".encode()).fetchall())  # noqa: S608
            for (name,) in tables
        )
        states = connection.execute("SELECT convert_from(state, 'UTF8') FROM planswitch.switch_events")
        dump += str(states.fetchall())
    told = capfd.readouterr()

    assert (answer.status_code, STREET in after, row["revision"]) == (303, True, 2)
    assert [word for word in (STREET, NAME) if word in dump + told.out + told.err] == []
    assert "checkout_board" in str(tables)


async def test_only_who_signed_in_sees_and_changes(console: ConsoleWorld) -> None:
    """A stranger is led to the sign-in; a form of another site changes nothing, one of ours does."""
    path = await started(console)
    page = await shown(console, path)
    fields = form_of(page, path, "items") | {"quantity": "9"}
    link = (await console.post("/api/sign-in-codes", {})).json()["path"]

    def as_browser() -> list[httpx2.Response]:
        with httpx2.Client(verify=WITHOUT_TLS, base_url=console.url, timeout=30) as browser:
            answers = [browser.get(path), browser.get("/docs/rules.md"), browser.post(f"{path}/items")]
            browser.get(link)
            foreign = {"Sec-Fetch-Site": "cross-site"}
            answers.append(browser.post(f"{path}/items", data=fields, headers=foreign))
            own = {"Sec-Fetch-Site": "same-origin"}
            answers.append(browser.post(f"{path}/items", data=fields, headers=own))
            return answers

    *strangers, posted, foreign, own = await asyncio.to_thread(as_browser)

    back = [f"/sign-in?next={quote(asked, safe='')}" for asked in (path, "/docs/rules.md")]
    assert [each.headers.get("location") for each in strangers] == back
    assert [each.status_code for each in (posted, foreign, own)] == [401, 401, 303]
    assert (await console.get(f"/api{path}")).json()["revision"] == 2


async def test_list_filters_and_abandons(console: ConsoleWorld) -> None:
    """The list keeps its filters in its address; a draft that is given up says so (rules#checkout)."""
    path = await started(console)
    organization_id = (await console.get(f"/api{path}")).json()["organization_id"]
    given_up = await send(console, f"{path}/abandon", {"reason": "no budget"})
    for _ in range(LOOKS_MAX):
        listed = await shown(console, "/checkouts", organization=organization_id, state="abandoned")
        if path in listed:
            break
        await asyncio.sleep(0.1)
    none = await shown(console, "/checkouts", organization=organization_id, state="open")
    wrong = await console.get("/checkouts", state="lost")

    assert given_up.status_code == 303
    assert path in listed
    assert "No checkout matches" in none
    assert 'value="abandoned" selected' in listed
    assert (wrong.status_code, "abandoned" in wrong.text) == (422, True)
    assert "Nobody will order this draft" in await shown(console, path)
