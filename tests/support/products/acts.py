"""Organizations with something to act on, over a console."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2

from services.products.open_acts import OpenActs
from services.recovery.wait_waker import WaitWaker
from tests.support.consoles.console_world import ConsoleWorld
from worker import act_admission

DUE = 12_345


async def owner(console: ConsoleWorld, **options: Any) -> dict[str, Any]:
    """Make an organization with one product, and users who hold it directly."""
    usual = {"users": 5, "has_side_products": False, "group_licensed": 0}
    return await console.organization(**{**usual, **options})


async def edit(console: ConsoleWorld, organization: dict[str, Any], **facts: Any) -> None:
    """Plant an edit by hand at the sandbox."""
    await asyncio.to_thread(console.world.sandbox.edit, organization["organization_id"], **facts)


async def change(console: ConsoleWorld, organization: dict[str, Any], **changes: Any) -> None:
    """Change the subscription at the sandbox by hand."""
    subscription_id = organization["subscription_id"]
    await edit(console, organization, kind="subscription", subscription_id=subscription_id, changes=changes)


async def owe(console: ConsoleWorld, organization: dict[str, Any], minor_units: int = DUE) -> None:
    """Let a balance be due, or none."""
    await edit(console, organization, kind="profile", changes={"balance_due_minor_units": minor_units})


async def act(
    console: ConsoleWorld, organization: dict[str, Any], place: str, **body: Any
) -> httpx2.Response:
    """Send an act; `place` stands behind the organization's address."""
    path = f"/api/organizations/{organization['organization_id']}/{place}"
    return await console.post(path, {"reason": "asked for", "accept": True, **body})


def of(organization: dict[str, Any], name: str = "") -> str:
    """Return the address of the product, or of an act on it, behind the organization's."""
    tail = f"/{name}" if name else ""
    return f"products/{organization['subscription_id']}{tail}"


async def listed(console: ConsoleWorld, organization: dict[str, Any]) -> dict[str, Any]:
    """Return what the organization owns, as the API tells it."""
    answer = await console.get(f"/api/organizations/{organization['organization_id']}/products")
    assert answer.status_code == 200, answer.text
    products: dict[str, Any] = answer.json()
    return products


async def product(console: ConsoleWorld, organization: dict[str, Any]) -> dict[str, Any]:
    """Return the product with which the organization began."""
    owned = (await listed(console, organization))["products"]
    found: dict[str, Any] = next(
        each for each in owned if each["subscription"]["subscription_id"] == organization["subscription_id"]
    )
    return found


@asynccontextmanager
async def waking(console: ConsoleWorld) -> AsyncIterator[None]:
    """Run what a worker process runs beside its steps: it wakes waits, and carries open acts on."""
    world = console.world
    acts = OpenActs(world.store, world.toolbox.cloud_factory, act_admission(world.toolbox))
    async with WaitWaker(world.client, world.store).running(), acts.running():
        yield
