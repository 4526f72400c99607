"""A switch in a currency that only an imported list of prices has (cli#price-lists)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from domain.catalog.catalog import load_catalog
from domain.catalog.price_list import COLUMNS, packaged_price_list
from domain.switch.events import QuoteFixed
from ops.base.payloads import data_converter
from tests.support.clouds.cloud_server import SOURCE_PLAN, running_sandbox
from tests.support.consoles.checkout_pages import send, shown
from tests.support.consoles.console_world import ConsoleWorld, open_console_world
from tests.support.worlds.world import CLEAN

USERS = 5
#: Plans of the list behind a field.
_PLANS = re.compile(r'<option value="([^"]+)"></option>')


@pytest_asyncio.fixture(name="console")
async def _console(
    temporal_env: WorkflowEnvironment, database_url: str, tmp_path: Path
) -> AsyncIterator[ConsoleWorld]:
    """Yield a console with everything behind it."""
    config = temporal_env.client.config()
    config["data_converter"] = data_converter
    with running_sandbox(tmp_path / "cloud") as sandbox:
        async with open_console_world(Client(**config), database_url, sandbox, tmp_path) as console:
            yield console


async def _organization(
    console: ConsoleWorld, seed: int, currency: str, plan_id: str = SOURCE_PLAN
) -> dict[str, Any]:
    body = {"seed": seed, "users": USERS, "plan_id": plan_id, "currency": currency}
    return await asyncio.to_thread(console.world.sandbox.make, body)


async def _import(console: ConsoleWorld, content: bytes, name: str) -> httpx2.Response:
    params = {"name": name, "reason": "prices of Japan"}
    return await asyncio.to_thread(
        console.http.post, "/api/catalog/price-imports", content=content, params=params
    )


def _question(organization: dict[str, Any]) -> dict[str, Any]:
    return {"organization_id": organization["organization_id"], "target_plan": "E3"}


def _failings(console: ConsoleWorld, organization: dict[str, Any]) -> dict[str, Any]:
    """Return the figures of the referee that must be zero."""
    verdict = console.world.sandbox.verdict(organization["organization_id"])
    return {name: verdict[name] for name in CLEAN}


def _quote_input(console: ConsoleWorld, switch_id: str) -> dict[str, Any]:
    """Return what the quote of a switch was made of."""
    fixed = (each.event for each in console.world.store.notifications())
    return next(
        event.quote["input"]
        for event in fixed
        if isinstance(event, QuoteFixed) and event.meta["switch_id"] == switch_id
    )


async def _targets(console: ConsoleWorld, organization: dict[str, Any], plan_id: str) -> httpx2.Response:
    base = f"/api/organizations/{organization['organization_id']}/subscriptions"
    listed = (await console.get(base)).json()["subscriptions"]
    held = next(each for each in listed if each["plan_id"] == plan_id)
    return await console.get(f"{base}/{held['subscription_id']}/targets")


@pytest.mark.parametrize("part_number", ["DESKLESSPACK", "SHAREPOINTSTANDARD"])
async def test_targets_are_listed_where_the_first_or_every_plan_lacks_a_price(
    console: ConsoleWorld, part_number: str
) -> None:
    """Targets need no price: the first one with a price is quoted for the record, or none is."""
    plan_id = load_catalog().find(part_number).plan_id
    organization = await _organization(console, 4, "JPY", plan_id)
    unpriced = await _targets(console, organization, plan_id)
    await _import(console, packaged_price_list(), "all-currencies")
    priced = await _targets(console, organization, plan_id)

    assert [each.status_code for each in (unpriced, priced)] == [200, 200], (unpriced.text, priced.text)
    assert unpriced.json()["targets"]
    assert _without_version(unpriced) == _without_version(priced)


def _without_version(answer: httpx2.Response) -> list[dict[str, Any]]:
    """Return the targets without what names the version of the catalog."""
    named = {"catalog_version", "input_digest"}
    return [{name: each[name] for name in each.keys() - named} for each in answer.json()["targets"]]


async def test_a_list_of_plans_offers_what_has_a_price(console: ConsoleWorld) -> None:
    """rules#checkout: with a list of E3 alone, that is offered; the checkout tells what has no price."""
    organization = await _organization(console, 5, "JPY")
    rows = f"{','.join(COLUMNS)}\nENTERPRISEPACK,JPY,3898,2026-08-01,our list\n".encode()
    await _import(console, rows, "e3-alone")
    fields = {"organization_id": organization["organization_id"], "target_plan": "E3", "quantity": ""}
    draft = await send(console, "/checkouts", fields)

    page = await shown(console, draft.headers["location"])
    owner = await shown(console, f"/organizations/{organization['organization_id']}")

    assert [_PLANS.findall(each) for each in (page, owner)] == [["Office 365 E3"]] * 2
    assert "no price in JPY: " in page
    assert "Office 365 E5" in page.partition("no price in JPY: ")[2].partition(". Import one")[0]


@pytest.mark.parametrize(("currency", "e3"), [("JPY", 3898), ("GBP", 2330)])
async def test_a_switch_is_sold_in_a_currency_of_the_list(
    console: ConsoleWorld, currency: str, e3: int
) -> None:
    """Refused with the way to a price before the import; after it quoted and charged; the referee agrees."""
    organization = await _organization(console, 1, currency)
    before = await console.post("/api/quotes", _question(organization))
    made = await _import(console, packaged_price_list(), "all-currencies")
    started = await console.post("/api/switches", {**_question(organization), "accept": True})
    row = await console.ended(started.json()["switch_id"])

    assert (before.status_code, before.json()["field"]) == (422, "currency")
    assert "/api/v1/catalog/price-imports" in before.json()["remedy"]
    assert made.status_code == 201, made.text
    assert (row["outcome"], row["currency"]) == ("completed", currency)
    assert row["charged_total"] == row["quote_total"]
    assert _quote_input(console, row["switch_id"])["target_unit_price"] == {
        "minor_units": e3,
        "currency": currency,
    }
    assert _failings(console, organization) == dict.fromkeys(CLEAN, 0)


async def test_a_switch_that_runs_keeps_its_prices_and_the_next_has_the_new_ones(
    console: ConsoleWorld,
) -> None:
    """A list that arrives after the quote changes nothing under the switch, and is the next one's."""
    await _import(console, packaged_price_list(), "first")
    console.world.sandbox.settings(provisioning_delay_seconds=2)
    organization, other = [await _organization(console, seed, "JPY") for seed in (2, 3)]
    first = await console.post("/api/switches", {**_question(organization), "accept": True})
    dearer = f"{','.join(COLUMNS)}\nENTERPRISEPACK,JPY,5000,2026-08-01,our list\n".encode()
    made = await _import(console, dearer, "second")
    second = await console.post("/api/switches", {**_question(other), "accept": True})
    row, later = [await console.ended(each.json()["switch_id"]) for each in (first, second)]

    assert made.json()["report"]["changed"][0]["before_minor_units"] == 3898
    assert (row["outcome"], row["charged_total"]) == ("completed", row["quote_total"])
    fixed = _quote_input(console, row["switch_id"])
    assert (fixed["price_list_version"], fixed["target_unit_price"]["minor_units"]) == ("first", 3898)
    fixed = _quote_input(console, later["switch_id"])
    assert (fixed["price_list_version"], fixed["target_unit_price"]["minor_units"]) == ("second", 5000)
    assert _failings(console, organization) == dict.fromkeys(CLEAN, 0)
