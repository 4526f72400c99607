"""What a switch leaves behind: its events, its money, its users' settings.

See architecture#streams-and-events.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest_asyncio

from activities.contract import SwitchOrder
from domain.catalog.disabled_services import map_disabled
from domain.quote.quote import Quote
from domain.switch.events import QuoteFixed, SwitchRequested
from domain.switch.move_events import BillingCutOver, LicensesReassigned, SourceCancelled
from store.record.notifications import StoredNotification
from tests.support.worlds.world import ACTOR, CLEAN, SOURCE_PLAN, TARGET_PLAN, World, meta_of
from workflows.base.messages import SwitchResult

USERS = 45


class Story:
    """A completed switch, and how its users were before."""

    def __init__(self, world: World, order: SwitchOrder) -> None:
        self.world = world
        self.order = order
        self.before = world.users(order)
        self.result: SwitchResult | None = None

    def event(self, event_class: type[Any]) -> Any:
        """Return the only event of a class in the source's stream."""
        return next(
            each.event for each in self.world.source_events(self.order) if isinstance(each.event, event_class)
        )


@pytest_asyncio.fixture(name="story", scope="module")
async def _story(shared_world: World) -> Story:
    """Return the story of a switch of 45 users that completed."""
    story = Story(shared_world, shared_world.order(shared_world.organization(USERS)))
    story.result = await shared_world.complete(story.order)
    return story


async def test_each_activity_appends_its_events_to_source_target_and_organization(story: Story) -> None:
    """Every one of the customer's five activities is in the source's stream."""
    by_activity: dict[str, list[str]] = {}
    for each in story.world.source_events(story.order):
        activity = meta_of(each)["activity"].split(".")[0]
        by_activity.setdefault(activity, []).append(each.topic.removeprefix("subscription."))
    target = [each.topic.removeprefix("subscription.") for each in story.world.target_events(story.order)]
    organization = [each.topic for each in story.world.organization_events(story.order)]

    assert by_activity == {
        "eligibility": ["opened", "switch-requested", "quote-fixed", "preflight-checked"],
        "purchase": ["replacement-ordered", "replacement-ready"],
        "credit_check": ["credit-check-not-required"],
        "license_reassignment": ["license-move-started", "licenses-reassigned"],
        "verification": ["license-move-finished"],
        "cancellation": ["cancellation-begun", "cancelled"],
        "billing_cutover": ["billing-stopped", "credit-issued", "billing-cut-over"],
        "notices": ["notice-sent", "switch-completed"],
    }
    assert target == ["opened", "provisioned", "licenses-received", "billing-started", "invoice-issued"]
    assert organization == [
        "organization.registered",
        "organization.switch-reserved",
        "organization.administration-locked",
        "organization.administration-unlocked",
        "organization.switch-released",
    ]


async def test_every_event_tells_who_and_why_and_what_it_follows(story: Story) -> None:
    """The chain of causes leads from every event back to the request (architecture#streams-and-events)."""
    order, world = story.order, story.world
    events = [
        *world.source_events(order),
        *world.target_events(order),
        *world.organization_events(order),
    ]
    versions = {f"{each.stream_id}@{each.version}" for each in events}

    for each in events:
        meta = meta_of(each)
        assert (meta["actor"], meta["reason"], meta["switch_id"]) == (ACTOR, "grow", order.switch_id)
        assert meta["workflow_id"] == f"switch:{order.organization_id}:{order.request_id}" or (
            meta["workflow_id"] == f"licenses:{order.switch_id}:1"
        )
        assert meta["run_id"]
        assert meta["activity_id"]
        assert meta["attempt"] >= 1
        assert _leads_to_request(each, events, versions, f"request:{order.request_id}")


def _leads_to_request(
    event: StoredNotification, events: list[StoredNotification], versions: set[str], request: str
) -> bool:
    by_name = {f"{each.stream_id}@{each.version}": each for each in events}
    seen = 0
    cause = meta_of(event)["causation"]
    while cause != request:
        seen += 1
        assert cause in versions, f"{event.topic} follows {cause}, which is not recorded"
        assert by_name[cause].id < event.id, "a cause is older than its effect"
        assert seen < len(events)
        cause = meta_of(by_name[cause])["causation"]
    return True


async def test_the_card_is_charged_what_the_quote_said_for_the_cutover_day(story: Story) -> None:
    """The cutover charge equals the accepted quote of that day, in the ledger too.

    See rules#quote-and-cutover.
    """
    quote = Quote.from_facts(story.event(QuoteFixed).quote)
    cutover_on: date = story.event(SourceCancelled).cutover_on
    total = quote.day(cutover_on).total

    invoices = story.world.ledger(story.order, "invoice")

    assert [entry["charged_minor_units"] for entry in invoices] == [total.minor_units]
    assert story.event(BillingCutOver).total == total
    assert story.world.failings(story.order) == CLEAN


async def test_services_that_a_user_had_off_stay_off_under_the_new_plan(story: Story) -> None:
    """What was off stays off where the new plan has it; other licenses are left alone (switch#services)."""
    catalog = story.world.toolbox.catalogs.current()
    source, target = catalog.plan(SOURCE_PLAN), catalog.plan(TARGET_PLAN)
    after = story.world.users(story.order)

    assert any(plans[SOURCE_PLAN] for plans in story.before.values()), "nobody had a service off"
    for user, plans in story.before.items():
        mapped = map_disabled(source, target, plans[SOURCE_PLAN])
        others = {plan: off for plan, off in plans.items() if plan != SOURCE_PLAN}
        assert after[user] == {**others, TARGET_PLAN: sorted(mapped.new_disabled)}


async def test_the_record_counts_every_user_once(story: Story) -> None:
    """Groups of at most 500 users in batches of 20 add up to everybody (switch#licenses)."""
    group = story.event(LicensesReassigned)

    assert story.result is not None
    assert (story.result.moved, story.result.skipped) == (USERS, 0)
    assert (group.count, group.moved, group.failed, group.batches) == (USERS, USERS, 0, [0, 2])
    rows = story.world.store.license_rows(story.order.switch_id, "move")
    assert [row.outcome for row in rows] == ["moved"] * USERS


async def test_grant_all_gives_everyone_every_service(world: World) -> None:
    """A request may choose that everyone gets every service, as the vendor does (switch#services)."""
    order = world.order(world.organization(), service_settings="grant_all")

    await world.complete(order)

    requested = next(
        each.event for each in world.source_events(order) if isinstance(each.event, SwitchRequested)
    )
    assert isinstance(requested, SwitchRequested)
    assert requested.service_settings == "grant_all"
    assert {tuple(plans[TARGET_PLAN]) for plans in world.users(order).values()} == {()}
    assert world.failings(order) == CLEAN
