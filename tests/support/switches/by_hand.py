"""A switch by hand as an operator drives it: commands in, the board and the sandbox to look at."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from domain.ports.seller_port import OrderLine
from tests.support.clouds.cloud_server import SOURCE_PLAN, TARGET_PLAN
from tests.support.consoles.console_world import LOOKS_MAX, ConsoleWorld, Ran, start_body
from tests.support.controls.by_hand import bought

REASON = "as agreed"


@dataclass(kw_only=True)
class ByHand:
    """One manual switch of one organization."""

    console: ConsoleWorld
    organization_id: str
    switch_id: str
    folder: Path

    async def step(self, step: str, *options: str) -> Ran:
        """Start a step by the command line."""
        return await self.console.run(
            "switch", "step", self.switch_id[:8], step, "--reason", REASON, "--yes", *options
        )

    async def reassign(self, users: list[str]) -> Ran:
        """Start `reassign` for some users, by a file."""
        return await self.step("reassign", "--users", str(self.file_of(users)))

    def file_of(self, users: list[str]) -> Path:
        """Write users into a CSV file as the vendor's pages export them."""
        file = self.folder / f"users-{len(list(self.folder.glob('users-*.csv')))}.csv"
        rows = ["Display name,User principal name", *(f"Somebody,{each}" for each in users)]
        file.write_text("\n".join(rows) + "\n", encoding="utf-8")
        return file

    async def until_next(self, step: str) -> dict[str, Any]:
        """Wait until a step can be started, and return the answer of the steps."""
        answer: dict[str, Any] = {}
        for _ in range(LOOKS_MAX):
            answer = (await self.console.get(f"/api/switches/{self.switch_id}/steps")).json()
            if any(each["step"] == step and each["command"] for each in answer["steps"]):
                return answer
            await asyncio.sleep(0.1)
        raise AssertionError(f"step {step} never came: {answer}")

    async def licenses(self) -> int:
        """Return how many licenses of the new plan the accepted quote has."""
        return int((await self.console.get(f"/api/switches/{self.switch_id}")).json()["licenses"])

    async def states(self) -> dict[str, str]:
        """Return step -> how far it is."""
        answer = (await self.console.get(f"/api/switches/{self.switch_id}/steps")).json()
        return {each["step"]: each["state"] for each in answer["steps"]}

    def held(self) -> dict[str, set[str]]:
        """Return principal name -> plans, as the sandbox shows them."""
        return held_by(self.console, self.organization_id)

    def on(self, plan_id: str) -> list[str]:
        """Return the principal names of the users who hold a plan."""
        return sorted(name for name, plans in self.held().items() if plan_id in plans)

    async def actors(self) -> dict[str, tuple[str, str]]:
        """Return event -> actor and reason of the newest one, as the timeline tells them."""
        answer = (await self.console.get(f"/api/switches/{self.switch_id}/timeline")).json()
        return {
            each["event"].removeprefix("subscription."): (each["actor"], each["reason"])
            for each in answer["events"]
        }


def held_by(console: ConsoleWorld, organization_id: str) -> dict[str, set[str]]:
    """Return principal name -> plans of an organization's users."""
    answer = console.world.sandbox.control.get(f"/sandbox/organizations/{organization_id}/users")
    return {
        user["userPrincipalName"]: {state["skuId"] for state in user["licenseAssignmentStates"]}
        for user in answer.raise_for_status().json()["users"]
    }


async def started(console: ConsoleWorld, folder: Path, *, users: int = 60, **options: Any) -> ByHand:
    """Start a manual switch of everyone, and wait for its first step."""
    organization = await console.organization(users=users, **options)
    body = start_body(organization, mode="manual")
    answer = await console.post("/api/switches", body)
    assert answer.is_success, answer.text
    by_hand = ByHand(
        console=console,
        organization_id=organization["organization_id"],
        switch_id=answer.json()["switch_id"],
        folder=folder,
    )
    await by_hand.until_next("buy")
    return by_hand


def buy_outside(console: ConsoleWorld, organization_id: str, licenses: int) -> str:
    """Buy the new plan as in the vendor's own pages, and return its subscription."""
    line = OrderLine(
        plan_id=TARGET_PLAN, quantity=licenses, term="P1M", billing_cycle="monthly", currency="EUR"
    )
    return bought(console.world, organization_id, line)


__all__ = ["REASON", "SOURCE_PLAN", "TARGET_PLAN", "ByHand", "buy_outside", "held_by", "started"]
