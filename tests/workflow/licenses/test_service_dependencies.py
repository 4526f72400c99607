"""The directory's own list and its dependencies decide what is asked for (rules#dependent_service_off)."""

from __future__ import annotations

from typing import Any

import pytest

from activities.assessment.preflight import preview
from activities.contract import SwitchOrder
from audit.story.show import audit_of
from audit.users.user_outcomes import unresolved_users, user_outcomes
from domain.catalog.catalog import load_catalog
from domain.licenses.preflight import DEPENDENT_OFF
from domain.reasons.findings import DEPENDENT_SERVICE_OFF, FindingCode
from domain.switch.events import SwitchRequested
from domain.switch.move_events import DriftFound
from domain.switch.preflight_events import PreflightChecked
from domain.switch.settings_events import ServiceSettingsReassessed
from tests.support.controls.cancellation import source_of
from tests.support.controls.half_moved import recorded
from tests.support.worlds.world import CLEAN, SOURCE_PLAN, TARGET_PLAN, World

CATALOG = load_catalog()
E4, E5 = "1392051d-0cb9-4b7a-88d5-621fee5e8711", "c7df2760-2c81-4ef7-b578-5b5392b571df"
TELEPHONY = {"MCOSTANDARD", "TEAMS1"}
SHAREPOINT = "c7699d2e-19aa-44de-8edf-1736da088ca1"
SHAREPOINT_OF_TARGET = "5dbe027f-2339-4123-9542-606e4d348a72"
#: Office for the web, of both plans, which the directory gives only beside SharePoint.
WEB = "e95bec33-7c88-4a70-8e19-b10bd9d0c014"
SWAY = next(each.service_plan_id for each in CATALOG.plan(TARGET_PLAN).service_plans if each.name == "SWAY")
NEW_SERVICE = "7f0d1c4e-9a5b-4f3c-8e21-5a6b7c8d9e0f"


def organization_with(
    world: World, disabled: list[str], *, users: int = 6, plan_id: str = SOURCE_PLAN
) -> dict[str, Any]:
    """Make an organization all of whose users have just these services of the old plan off."""
    made = world.sandbox.make({"seed": next(world._seeds), "users": users, "plan_id": plan_id})
    path = f"/sandbox/organizations/{made['organization_id']}"
    found = world.sandbox.control.get(f"{path}/users").raise_for_status().json()["users"]
    edits = [
        {
            "kind": "licenses",
            "user_id": user["id"],
            "add": [{"skuId": plan_id, "disabledPlans": disabled}],
        }
        for user in found
    ]
    world.sandbox.control.post(f"{path}/edits", json={"edits": edits}).raise_for_status()
    return made


async def test_voice_that_is_on_alone_goes_off_as_confirmed_and_is_no_gap(world: World) -> None:
    """Phone System needs Skype or Teams, which stay off: it was confirmed, so nothing is lost unasked."""
    alone = [each.service_plan_id for each in CATALOG.plan(E4).service_plans if each.name in TELEPHONY]
    made = organization_with(world, alone, plan_id=E4)
    order = world.order(made, target_plan_id=E5, acknowledgments=(DEPENDENT_SERVICE_OFF,))

    result = await world.complete(order)

    off = {
        each.name for each in CATALOG.plan(E5).service_plans if each.service_plan_id in off_ids(world, order)
    }
    assert (result.outcome, result.moved) == ("completed", 6)
    assert off == {*TELEPHONY, "MCOEV", "MCOMEETADV"}
    assert world.failings(order) == CLEAN


def off_ids(world: World, order: SwitchOrder) -> set[str]:
    """Return what is off under E5 for anybody."""
    return {service for plans in world.users(order).values() for service in plans[E5]}


def off_after(world: World, order: SwitchOrder) -> set[tuple[str, ...]]:
    """Return what is off under the new plan, each combination once."""
    return {tuple(plans[TARGET_PLAN]) for plans in world.users(order).values()}


async def test_service_without_what_it_needs_is_told_confirmed_and_goes_off(world: World) -> None:
    """Office for the web is on while SharePoint is off: a finding before the order, with its users."""
    made = organization_with(world, [SHAREPOINT])
    told = preview(world.sandbox.cloud, world.toolbox.catalogs.current(), world.prepare(made))
    order = world.order(made, acknowledgments=(DEPENDENT_SERVICE_OFF,))

    result = await world.complete(order)

    assert told.preflight is not None
    (notice,) = told.preflight.notices
    assert notice.details["users"] == 6
    assert (notice.details["service"], notice.details["service_plan_id"]) == (
        "Office for the Web",
        WEB,
    )
    assert "SharePoint" in notice.message
    assert [(each.service_plan_id, each.users) for each in told.services.dependents] == [(WEB, 6)]
    assert result.outcome == "completed"
    assert off_after(world, order) == {tuple(sorted((SHAREPOINT_OF_TARGET, WEB)))}
    assert not recorded(world, order, DriftFound)
    (requested,) = recorded(world, order, SwitchRequested)
    (finding,) = requested.assessment["answer"]["findings"]
    assert finding["code"] == "DEPENDENT_SERVICE_OFF"
    (checked,) = recorded(world, order, PreflightChecked)
    (named,) = [each for each in checked.findings if each["code"] == DEPENDENT_OFF]
    assert (named["users"], len(named["user_keys"]), checked.failing) == (6, 6, 0)
    rows = world.store.license_rows(order.switch_id, "move")
    assert {(row.kept, row.dependents) for row in rows} == {((SHAREPOINT,), (WEB,))}
    page = user_outcomes(world.store, source_of(world, order), order.switch_id, catalog=CATALOG)
    assert {user.dependents for user in page.users} == {("SHAREPOINTWAC",)}
    assert world.failings(order) == CLEAN


async def test_service_that_goes_off_with_another_needs_a_confirmation(world: World) -> None:
    """Nothing is ordered unasked: without `dependent_service_off` the request is refused."""
    order = world.order(organization_with(world, [SHAREPOINT]))

    _, answer = await world.start(order)

    assert (answer.accepted, answer.code) == (False, "RULE_VIOLATED")
    assert DEPENDENT_SERVICE_OFF in answer.message
    assert world.verdict(order)["orders"] == 0
    assert world.is_free(order)


async def test_services_that_the_organization_lacks_are_not_asked_for(world: World) -> None:
    """What the directory's own plan does not list is never asked to be off, and nobody is blamed for it."""
    made = organization_with(world, [SWAY])
    world.sandbox.edit(made["organization_id"], kind="sku", plan_id=TARGET_PLAN, without=[SWAY])
    order = world.order(made)

    result = await world.complete(order)

    assert (result.outcome, result.moved) == ("completed", 6)
    assert off_after(world, order) == {()}
    assert not recorded(world, order, DriftFound)
    rows = world.store.license_rows(order.switch_id, "move")
    assert {(row.kept, row.no_counterpart) for row in rows} == {((), (SWAY,))}
    assert world.failings(order) == CLEAN
    (told,) = recorded(world, order, ServiceSettingsReassessed)
    (finding,) = told.findings
    assert finding["code"] == FindingCode.SERVICE_NOT_IN_PLAN
    assert (finding["details"]["service"], finding["details"]["users"]) == ("Sway", 6)
    (shown,) = audit_of(world.store, order.switch_id).findings
    assert (shown.code, shown.details) == (finding["code"], finding["details"])


async def test_service_that_only_the_organization_has_is_carried_over(world: World) -> None:
    """A service that the vendor added to both plans stays off by its id, though no list of ours has it."""
    made = world.organization(users=6)
    added = [{"service_plan_id": NEW_SERVICE, "name": "BRAND_NEW_SERVICE"}]
    for plan_id in (SOURCE_PLAN, TARGET_PLAN):
        world.sandbox.edit(made["organization_id"], kind="sku", plan_id=plan_id, add=added)
    user_id = next(iter(world.users(world.order(made))))
    disabled = [{"skuId": SOURCE_PLAN, "disabledPlans": [NEW_SERVICE]}]
    world.sandbox.edit(made["organization_id"], kind="licenses", user_id=user_id, add=disabled)
    order = world.order(made)

    result = await world.complete(order)

    assert result.outcome == "completed"
    assert world.users(order)[user_id][TARGET_PLAN] == [NEW_SERVICE]
    assert not recorded(world, order, DriftFound)


@pytest.mark.parametrize(
    "product", ["azure_plan", "legacy_azure", "software", "reservation", "saas", "unknown"]
)
async def test_other_products_at_the_seller_are_no_plans(world: World, product: str) -> None:
    """Consumption, software and what nobody knows stand beside the plan and in nobody's way."""
    made = world.organization(users=3)
    world.sandbox.edit(made["organization_id"], kind="product", product=product)
    held = world.sandbox.cloud.seller.subscriptions(made["organization_id"])

    prepared = world.prepare(made, source_subscription_id=None)

    assert product not in {each.plan_name for each in held}
    assert len({each.subscription_id for each in held}) == len(held)
    assert prepared.source.plan_id == SOURCE_PLAN
    assert not prepared.assessment.reasons


async def test_refusal_for_a_dependency_names_both_services(world: World) -> None:
    """Who is refused since one service needs another is told both by name, with what to do."""
    order = world.order(world.organization(users=6))
    user_id = min(world.users(order))
    phone, teams = "4828c8ec-dc2e-4779-b502-87ac9ce28ab7", "57ff2da0-773e-42df-b2af-ffb7a2317929"
    text = f"License assignment failed because service plan {phone} depends on the service plan(s) {teams}"
    world.sandbox.edit(
        order.organization_id, kind="refusal", user_id=user_id, code="Request_BadRequest", text=text, times=99
    )
    handle, _ = await world.start(order)
    await world.until_stage(handle, "held")

    (told,) = unresolved_users(world.store, source_of(world, order), order.switch_id)
    await world.roll_back(handle)
    await world.result(handle)

    assert (told.directory_id, told.error) == (user_id, "NEEDED_SERVICE_OFF")
    assert "Microsoft Teams" in told.message
    assert "Phone System" in told.remedy
