"""The page docs/e4-story.md is true: its commands, in their order, print what stands on it.

An organization on Office 365 E4 that pays by invoice goes to E5, by itself and by hand.
"""

from __future__ import annotations

import asyncio
import json
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from domain.ports.seller_port import SellerSubscription
from domain.switch.move_events import AddOnCarried, AddOnDropped, SourceCancelled
from ops.stack.embedded import CALLBACK_PATH
from sandbox.billing.bureau import BureauSettings
from tests.support.commands.page_examples import DOCS, Example, PageRun, examples_of
from tests.support.consoles.console_world import CREDIT_SECRET, LOOKS_MAX, ConsoleWorld
from tests.support.money import ledger
from tests.support.worlds.world import CLEAN

NAME, ORGANIZATION = "Harrow Lane Press", "e4000000-0000-4000-8000-000000000001"
E4, E5 = "1392051d-0cb9-4b7a-88d5-621fee5e8711", "c7df2760-2c81-4ef7-b578-5b5392b571df"
STORAGE, PHONE = "99049c9c-6011-4908-bf17-15f496e6519d", "e43b5b99-8dfb-405f-9987-dc307f34bcbd"
#: One license for one month, in cents of EUR, by the price book of the sandbox.
PRICES = {E4: 27_90, E5: 41_42, STORAGE: 17, PHONE: 8_70}
USERS = 25
LICENSES = {E4: 26, STORAGE: 40, PHONE: 10, E5: 26}
TAX = Fraction(19, 100)
EXAMPLES = tuple(examples_of((DOCS / "e4-story.md").read_text(encoding="utf-8")))
#: Sections that one of both ways has for itself.
OWN_SECTIONS = {
    "automatic": ("The checkout", "The credit check"),
    "manual": ("The start", "1. Buy", "2. Verify", "3. Reassign", "4. Cancel"),
}
#: Commands that start a switch: its locks are told before.
STARTS = ("checkout order", "switch start")


@pytest.fixture(name="bureau")
def _bureau() -> BureauSettings:
    """Return a bureau that calls back."""
    return BureauSettings(secret=CREDIT_SECRET)


@dataclass(kw_only=True)
class Story:
    """One run of the page against a console and its sandbox."""

    console: ConsoleWorld
    run: PageRun = field(default_factory=PageRun)
    #: What was told beside the answer, by the first words of the command.
    told: dict[str, str] = field(default_factory=dict)
    #: What the sandbox answered when it made the customer.
    made: dict[str, Any] = field(default_factory=dict)

    async def tell(self, example: Example) -> None:
        """Run a command; it prints what the page says."""
        words = shlex.split(self.run.command(example))
        if words[0] == "curl":
            await self._ask_sandbox(words)
        elif words[0] == "planswitch":
            await self._until_ready(words[1:])
            ran = await self.console.run(*words[1:])
            assert ran.code == 0, f"{example.command}\n{ran.err}"
            self.told[" ".join(words[1:3])] = ran.err
            if example.printed:
                self.run.compare(example, ran.err + ran.out)

    async def _ask_sandbox(self, words: list[str]) -> None:
        """Ask as `curl -s ADDRESS --json BODY` does."""
        path, body = words[2].removeprefix("$SANDBOX"), json.loads(words[4])
        answer = await asyncio.to_thread(self.console.world.sandbox.control.post, path, json=body)
        assert answer.is_success, answer.text
        if path == "/sandbox/organizations":
            self.made = answer.json()

    async def _until_ready(self, words: list[str]) -> None:
        """Wait until a command finds what the page shows: a page has no clock."""
        if " ".join(words[:2]) in STARTS:
            # What a customer confirms is what the referee holds against the services of the users.
            sandbox = self.console.world.sandbox
            await asyncio.to_thread(sandbox.acknowledge, ORGANIZATION, E5, ["dependent_service_off"])
        elif words[:2] in (["switch", "next"], ["switch", "step"]):
            await self._until("/steps", lambda row: any(each["command"] for each in row["steps"]))
        elif words[:2] == ["switch", "show"]:
            await self._until("", lambda row: row["stage"] in {"credit_check", "completed"})

    async def _until(self, path: str, is_so: Callable[[dict[str, Any]], bool]) -> None:
        answer: dict[str, Any] = {}
        for _ in range(LOOKS_MAX):
            answer = (await self.console.get(f"/api/switches/{ORGANIZATION}{path}")).json()
            if is_so(answer):
                return
            await asyncio.sleep(0.1)
        raise AssertionError(f"it never came to that: {answer}")

    def owned(self) -> dict[tuple[str, str], SellerSubscription]:
        """Return plan and status -> subscription, as the seller shows them."""
        seller = self.console.world.sandbox.cloud.seller
        return {(each.plan_id, each.status): each for each in seller.subscriptions(ORGANIZATION)}

    def billed(self, path: str) -> dict[str, Any]:
        """Return what billing shows of the customer."""
        answer = self.console.world.sandbox.control.get(
            f"/billing/v1/customers/{ORGANIZATION}/{path}",
            headers={"Authorization": f"Bearer {self.made['token']}"},
        )
        facts: dict[str, Any] = answer.raise_for_status().json()
        return facts

    def event(self, kind: type[Any]) -> Any:
        """Return the only event of a kind."""
        (event,) = (
            each.event for each in self.console.world.store.notifications() if isinstance(each.event, kind)
        )
        return event


def bill(cutover_on: date, period_start_on: date) -> ledger.Bill:
    """Return what the switch costs by a computation that shares no code with the product (rules)."""
    cycle = ledger.Cycle(billing_day=period_start_on.day, months=1)
    old = [ledger.Account(plan=each, price=PRICES[each], cycle=cycle) for each in (E4, STORAGE, PHONE)]
    for each in old:
        each.change(LICENSES[each.plan], period_start_on)
    new = [ledger.Purchase(plan=each, price=PRICES[each], licenses=LICENSES[each]) for each in (E5, STORAGE)]
    return ledger.switch(old, new, cycle, ledger.Terms(cutover=cutover_on, tax_rate=TAX))


def test_every_command_of_the_page_is_run() -> None:
    """Each section belongs to one way or to both, and no command of the page is left out."""
    sections = {each.section for each in EXAMPLES}

    assert {each for own in OWN_SECTIONS.values() for each in own} < sections
    assert all(each.command.startswith(("planswitch ", "curl ", "export ")) for each in EXAMPLES)


@pytest.mark.parametrize("mode", ["automatic", "manual"])
async def test_the_e4_story(console: ConsoleWorld, mode: str) -> None:
    """Invoice, credit check, lock window, one add-on carried and one removed, status from everywhere.

    See rules#addon_incompatible, rules#credit-check and cli#names-of-a-switch.
    """
    story, sandbox = Story(console=console), console.world.sandbox
    await asyncio.to_thread(sandbox.settings, callback_url=f"{console.url}{CALLBACK_PATH}")
    left_out = {each for other, own in OWN_SECTIONS.items() if other != mode for each in own}
    for example in EXAMPLES:
        if example.section not in left_out:
            await story.tell(example)

    row = await console.ended((await console.get(f"/api/switches/{ORGANIZATION}")).json()["switch_id"])
    assert (row["outcome"], row["credit_check"], row["moved"], row["total"]) == (
        *("completed", "approved"),
        *(USERS, USERS),
    )
    await _check_status(console, row)
    _check_locks(story)
    _check_addons(story, row)
    _check_money(story, row)
    verdict = sandbox.verdict(ORGANIZATION)
    assert {name: verdict[name] for name in CLEAN} == CLEAN
    # E4 and both add-ons end.
    assert (verdict["orders"], verdict["cancellations"]) == (1, 3)
    timeline = (await console.get(f"/api/switches/{row['switch_id']}/timeline")).json()
    answered = {each["actor"] for each in timeline["events"] if "credit-check-approved" in each["event"]}
    assert answered == {"credit-bureau"}


async def _check_status(console: ConsoleWorld, row: dict[str, Any]) -> None:
    """The old subscription, the new one, the organization's id and its name name the switch."""
    names = (row["source_subscription_id"], row["target_subscription_id"], ORGANIZATION, NAME.lower())
    shown = [await console.run("switch", "show", each, "--json") for each in names]

    assert {json.loads(each.out)["switch_id"] for each in shown} == {row["switch_id"]}


def _check_locks(story: Story) -> None:
    """What is locked, from when to when, and a time to start are told before the switch is started."""
    (told,) = (" ".join(story.told[each].split()) for each in STARTS if each in story.told)

    assert "administration, from freeze to the end of completion, " in told
    assert "advice: start " in told


def _check_addons(story: Story, row: dict[str, Any]) -> None:
    """The storage goes on under the new plan; what the new plan includes is not billed any more."""
    owned = story.owned()
    storage, phone = owned[STORAGE, "active"], owned[PHONE, "suspended"]
    carried, dropped = story.event(AddOnCarried), story.event(AddOnDropped)

    assert (storage.quantity, storage.parent_subscription_id) == (
        LICENSES[STORAGE],
        row["target_subscription_id"],
    )
    assert carried.replacement_subscription_id == storage.subscription_id
    assert carried.subscription_id == owned[STORAGE, "suspended"].subscription_id
    assert dropped.subscription_id == phone.subscription_id
    assert (PHONE, "active") not in owned
    states = {
        each: story.billed(f"subscriptions/{each}")["state"]
        for each in (storage.subscription_id, carried.subscription_id, phone.subscription_id)
    }
    assert list(states.values()) == ["billing", "stopped", "stopped"]


def _check_money(story: Story, row: dict[str, Any]) -> None:
    """The invoice is what the days cost, paid as before, and conserves to the cent."""
    entries = story.billed("ledger")["entries"]
    (invoice,) = (each for each in entries if each["kind"] == "invoice")
    due = bill(story.event(SourceCancelled).cutover_on, date.fromisoformat(story.made["period_start_on"]))

    assert row["charged_total"] == invoice["amount_minor_units"] == due.total
    assert sorted(each["amount_minor_units"] for each in invoice["lines"]) == sorted(
        each.amount for each in due.lines if each.kind in {ledger.CREDIT, ledger.CHARGE}
    )
    assert due.paid == due.consumed + due.credit
    profile = story.console.world.sandbox.cloud.billing.profile(ORGANIZATION)
    assert invoice["payment_method"] == profile.payment_method == "invoice"
