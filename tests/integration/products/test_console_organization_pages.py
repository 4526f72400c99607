"""The pages of organizations and products: what they show, and acts by their forms."""

from __future__ import annotations

import re
from typing import Any

from tests.support.clouds.cloud_server import SOURCE_PLAN
from tests.support.consoles.checkout_pages import send, shown
from tests.support.consoles.console_world import ConsoleWorld
from tests.support.products.acts import change, listed, owe, owner, product

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def _path(organization: dict[str, Any], tail: str = "") -> str:
    return f"/organizations/{organization['organization_id']}{tail}"


def _form(page: str, act: str, **typed: str) -> dict[str, str]:
    """Return the fields of the form of an act, as a browser sends them."""
    begin = page.index(f'name="act" value="{act}"')
    start, end = page.rindex("<form", 0, begin), page.index("</form>", begin)
    return {**dict(HIDDEN.findall(page[start:end])), "reason": "asked for", **typed}


async def test_lists_lead_to_the_organization(console: ConsoleWorld) -> None:
    """An organization is found by its id; its page has products, account, health and each act."""
    organization = await owner(console)
    empty = await shown(console, "/organizations")
    led = await console.get("/organizations", find=organization["organization_id"])
    page = await shown(console, _path(organization))
    own = await shown(console, _path(organization, f"/products/{organization['subscription_id']}"))

    assert "No organization has a switch yet" in empty
    assert led.headers["location"] == _path(organization)
    assert organization["display_name"] in page
    for words in ("Service health", "No open incident", "0.00 EUR", "Buy a product", "Change the number"):
        assert words in page
    assert "What it can be switched to" in own
    assert "Draft and quote the switch to" in own


async def test_balance_is_paid_from_the_page(console: ConsoleWorld) -> None:
    """The button names the amount, and takes just that; a page that is old takes nothing."""
    organization = await owner(console)
    await owe(console, organization, 4_200)
    page = await shown(console, _path(organization))
    fields = _form(page, "pay")
    await owe(console, organization, 5_000)
    old = await send(console, _path(organization, "/acts"), fields)
    fresh = _form(await shown(console, _path(organization)), "pay")
    paid = await send(console, _path(organization, "/acts"), fresh)
    after = await listed(console, organization)

    assert "Pay 42.00 EUR now" in page
    assert (old.status_code, "QUOTE_CHANGED" in old.text) == (409, True)
    assert (paid.status_code, paid.headers["location"]) == (303, f"{_path(organization)}#acts")
    assert after["balance_due_minor_units"] == 0


async def test_conflict_is_reconciled_by_buying_from_the_page(console: ConsoleWorld) -> None:
    """The page shows what the missing licenses cost, and buys them when that is confirmed."""
    organization = await owner(console)
    await change(console, organization, quantity=3)
    page = await shown(console, _path(organization))
    asked = await send(console, _path(organization, "/acts"), _form(page, "reconcile"))
    before = await product(console, organization)
    confirmed = await send(
        console, _path(organization, "/acts"), _form(asked.text, "reconcile", confirmed="yes")
    )
    after = await product(console, organization)

    assert "LICENSE_CONFLICT" in page
    assert (asked.status_code, "Change to 5 licenses" in asked.text) == (200, True)
    assert (before["subscription"]["quantity"], after["subscription"]["quantity"]) == (3, 5)
    assert confirmed.status_code == 303, confirmed.text
    assert (after["licenses"]["in_conflict"], after["notices"]) == (0, [])


async def test_conflict_is_reconciled_by_unassigning_from_the_page(console: ConsoleWorld) -> None:
    """Users are named one on a line; who would lose the last license is told, and taken once accepted."""
    organization = await owner(console)
    await change(console, organization, quantity=3)
    directory = console.world.sandbox.cloud.directory
    page_of_users = directory.users_page(organization["organization_id"], SOURCE_PLAN, None)
    users = "\r\n".join(each.directory_id for each in page_of_users.users[:2])
    page = await shown(console, _path(organization))

    unasked = await send(console, _path(organization, "/acts"), _form(page, "unassign", users=users))
    taken = await send(
        console,
        _path(organization, "/acts"),
        _form(page, "unassign", users=users, accept_loss="yes", request_id="again"),
    )
    after = await product(console, organization)

    assert (unasked.status_code, unasked.text.count("LAST_LICENSE")) == (200, 2)
    assert taken.text.count("the license was taken") == 2
    assert after["licenses"] == {"bought": 3, "assigned": 3, "free": 0, "in_grace": 0, "in_conflict": 0}


async def test_cancellation_asks_twice_where_users_lose_licenses(console: ConsoleWorld) -> None:
    """The page shows the money first, then who would lose a license; a slip is told and changes nothing."""
    organization = await owner(console)
    path = _path(organization, "/acts")
    page = await shown(console, _path(organization))
    first = await send(console, path, _form(page, "cancel"))
    second = await send(console, path, _form(first.text, "cancel"))
    kept = await product(console, organization)
    third = await send(console, path, _form(second.text, "cancel", accept_loss="yes"))
    gone = await product(console, organization)
    slip = await send(console, path, _form(page, "resize", quantity="many"))
    unknown = await send(console, path, {"act": "sell", "reason": "why"})

    assert (first.status_code, "is given back" in first.text) == (200, True)
    assert (second.status_code, "LICENSES_IN_USE" in second.text) == (409, True)
    assert kept["status"] == "active"
    assert third.status_code == 303, third.text
    assert gone["status"] == "disabled"
    assert (slip.status_code, "quantity" in slip.text) == (422, True)
    assert (unknown.status_code, "buy, resize" in unknown.text) == (422, True)
