"""One walk: an organization in a state, a refusal, and its remedy typed word for word."""

from __future__ import annotations

import asyncio
import json
import re
import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from domain.catalog.catalog import load_catalog
from tests.support.consoles.console_world import SUPPORT, ConsoleWorld, Ran
from tests.support.remedies.told import asks, commands_in, options_in, words_of
from tests.support.switches.by_hand import ByHand

#: Wide enough that no line of an answer goes on in the next one.
WIDE = "10000"
STEPS = ("buy", "verify", "reassign", "cancel")
#: What no remedy may lead to.
FORBIDDEN = ("double_charges", "wrong_amount_texts", "orphan_orders")


@dataclass(frozen=True, kw_only=True)
class Way:
    """How an organization comes into a state, what is asked then, and the way out."""

    walk: Callable[[Walk], Awaitable[None]]
    source: str = "E1"
    target: str = "E3"
    users: int = 5
    #: What the organization differs in (the sandbox's options).
    options: Mapping[str, Any] = field(default_factory=dict)
    #: Fields of the request for the organization beside them.
    made: Mapping[str, Any] = field(default_factory=dict)
    #: Edits by hand after it was made; `subscription_id` of the kind `subscription` is its own.
    edits: tuple[Mapping[str, Any], ...] = ()
    #: Options of the request that is refused.
    asked: tuple[str, ...] = ()


@dataclass(kw_only=True)
class Walk:
    """Somebody at a shell who does what the refusal says."""

    console: ConsoleWorld
    folder: Path
    code: str
    way: Way
    organization: dict[str, Any]
    remedy: str = ""
    #: completed, or told.
    ended: str = ""

    @property
    def organization_id(self) -> str:
        """Whose walk it is."""
        return str(self.organization["organization_id"])

    @property
    def _names(self) -> dict[str, str]:
        """Return what is typed for a placeholder of a remedy."""
        return {
            "ORGANIZATION": self.organization_id,
            "SUBSCRIPTION": self.subscription_id,
            "PLAN": self.way.source,
        }

    @property
    def subscription_id(self) -> str:
        """The subscription that is left."""
        return str(self.organization["subscription_id"])

    async def run(self, *words: str) -> Ran:
        """Run a command whose lines are as long as they like."""
        return await self.console.run(*words, COLUMNS=WIDE)

    async def ask(self, *options: str, subscription: str = "", target: str = "") -> Ran:
        """Ask for the switch."""
        return await self.run(
            *("switch", "start", self.organization_id, "--to", target or self.way.target),
            *("--subscription", subscription or self.subscription_id),
            *("--yes", "--json", "--reason", "the remedy is walked"),
            *options,
        )

    async def refused(self, *options: str, subscription: str = "") -> None:
        """Ask, be refused for the reason, and keep its remedy."""
        ran = await self.ask(*self.way.asked, *options, subscription=subscription)
        assert ran.code, f"it was not refused: {ran.out}"
        self.keep(ran.err)

    def keep(self, text: str) -> None:
        """Keep the remedy that stands under the reason."""
        told = re.search(rf"^.*\b{self.code}: .*\n +what to do: (.*)$", text, re.MULTILINE)
        assert told is not None, f"{self.code} is not among the reasons:\n{text}"
        self.remedy = told[1]

    async def follow(self, beginning: str, **names: str) -> Ran:
        """Type a command of the remedy.

        Args:
            beginning: Its first words, so that the test says which one.
            names: Placeholder -> what is typed for it.
        """
        named = [each for each in commands_in(self.remedy) if each.startswith(beginning)]
        assert named, f"the remedy names no `{beginning}`: {self.remedy}"
        return await self.type_in(named[0], **names)

    async def type_in(self, command: str, **names: str) -> Ran:
        """Type a command as it was told, and answer yes where it asks."""
        words = words_of(command, self._names | names)
        ran = await self.run(*words, *(("--yes",) if asks(words) else ()))
        assert ran.code == 0, f"{words}: {ran.err}"
        return ran

    def option(self, beginning: str, **names: str) -> list[str]:
        """Return an option of the remedy as it is typed."""
        named = [each for each in options_in(self.remedy) if each.startswith(beginning)]
        assert named, f"the remedy names no `{beginning}`: {self.remedy}"
        return words_of(named[0], names)

    async def completes(self, *options: str, **where: str) -> None:
        """Ask again and see the switch complete."""
        await self.has_completed(await self.begun(*options, **where))

    async def begun(self, *options: str, **where: str) -> str:
        """Ask again, be accepted, and return the switch."""
        ran = await self.ask(*options, **where)
        assert ran.code == 0, ran.err
        return str(json.loads(ran.out)["switch_id"])

    async def has_completed(self, switch_id: str) -> None:
        """See a switch complete."""
        row = await self.console.ended(switch_id)
        assert row["outcome"] == "completed", row
        self.ended = "completed"

    async def completes_by_hand(self, *options: str) -> None:
        """Start the switch by hand as the remedy says, and each step by the command that is told."""
        switch_id = await self.begun(*self.option("--mode"), *options)
        by_hand = ByHand(
            console=self.console,
            organization_id=self.organization_id,
            switch_id=switch_id,
            folder=self.folder,
        )
        for step in STEPS:
            told = await by_hand.until_next(step)
            (advice,) = (each for each in told["steps"] if each["step"] == step)
            await self.type_in(advice["command"].removeprefix("planswitch "))
        await self.has_completed(switch_id)

    async def has_told(self, *options: str, subscription: str = "") -> None:
        """End with the statement: support is named, and its bundle has the reason."""
        contact = await self.run("support", "contact")
        assert SUPPORT in contact.out
        assert "support" in self.remedy
        ran = await self.run(
            *("support", "bundle", "--organization", self.organization_id, "--to", self.way.target),
            *("--subscription", subscription or self.subscription_id, "--output", "-"),
            *options,
        )
        assert ran.code == 0, ran.err
        (assessed,) = json.loads(ran.out)["case"]["assessments"]
        assert self.code in [each["code"] for each in assessed["answer"]["reasons"]]
        self.ended = "told"

    async def edit(self, **facts: Any) -> None:
        """Do something by hand in the vendor's own pages."""
        await asyncio.to_thread(self.console.world.sandbox.edit, self.organization_id, **facts)

    async def change(self, **changes: Any) -> None:
        """Change the subscription by hand."""
        await self.edit(kind="subscription", subscription_id=self.subscription_id, changes=changes)

    async def purchase(self, plan: str, **facts: Any) -> str:
        """Let the organization have one more subscription, and return it."""
        before = self._purchased()
        await self.edit(kind="purchase", plan_id=plan_id(plan), **({"quantity": 5} | facts))
        (added,) = self._purchased() - before
        return added

    def _purchased(self) -> set[str]:
        purchases = self.console.world.sandbox.cloud.inquiries.purchases(self.organization_id)
        return {each.subscription_id for each in purchases}

    def a_user(self) -> str:
        """Return the sign-in name of a user."""
        path = f"/sandbox/organizations/{self.organization_id}/users"
        users = self.console.world.sandbox.control.get(path).raise_for_status().json()["users"]
        return str(users[0]["userPrincipalName"])

    def failings(self) -> dict[str, Any]:
        """Return the figures of the referee that no remedy may lead to, where they are not zero."""
        verdict = self.console.world.sandbox.verdict(self.organization_id)
        return {name: verdict[name] for name in FORBIDDEN if verdict[name]}


def plan_id(name: str) -> str:
    """Return the id of a plan."""
    return load_catalog().find(name).plan_id


async def begin(console: ConsoleWorld, folder: Path, code: str, way: Way) -> Walk:
    """Bring an organization of its own into the state of a way."""
    body = {
        "seed": zlib.crc32(code.encode()) >> 1,
        "users": way.users,
        "plan_id": plan_id(way.source),
        "options": {"has_side_products": False, **way.options},
        **way.made,
    }
    made = await asyncio.to_thread(console.world.sandbox.make, body)
    walk = Walk(console=console, folder=folder, code=code, way=way, organization=made)
    for each in way.edits:
        own = {"subscription_id": walk.subscription_id} if each["kind"] == "subscription" else {}
        await walk.edit(**{**own, **each})
    return walk
