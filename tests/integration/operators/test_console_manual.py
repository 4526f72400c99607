"""A switch by hand, by API and command line on real parts (manual#steps)."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from tests.support.consoles.console_world import COLUMNS, ConsoleWorld, start_body
from tests.support.consoles.waits import WAITING, day
from tests.support.switches.by_hand import (
    REASON,
    SOURCE_PLAN,
    TARGET_PLAN,
    ByHand,
    buy_outside,
    held_by,
    started,
)
from tests.support.worlds.world import CLEAN

#: Who owns the key of the tests.
OWNER = "olga"


async def _mend(by_hand: ByHand) -> None:
    """Give the user who could not be moved a location, and let the switch try again."""
    console = by_hand.console
    (user,) = (await console.get(f"/api/switches/{by_hand.switch_id}/unresolved")).json()["users"]
    console.world.sandbox.edit(
        by_hand.organization_id, kind="user", user_id=user["directory_id"], usage_location="DE"
    )
    await console.run("switch", "retry", by_hand.switch_id[:8], "--reason", "location set")


async def test_a_manual_switch_of_60_users_in_three_batches(console: ConsoleWorld, tmp_path: Path) -> None:
    """Each step is an operator's; one fails and is repaired, one was done outside (manual#steps)."""
    by_hand = await started(console, tmp_path, missing_usage_location=1)
    everyone = by_hand.on(SOURCE_PLAN)
    shown = await console.run("switch", "next", by_hand.switch_id[:8])
    early = await by_hand.step("verify")
    buy_outside(console, by_hand.organization_id, await by_hand.licenses())
    for step in ("buy", "verify"):
        await by_hand.until_next(step)
        await by_hand.step(step)
    for batch in (everyone[:20], everyone[20:40]):
        await by_hand.until_next("reassign")
        await by_hand.reassign(batch)
    await by_hand.until_next("reassign")
    after_two = len(by_hand.on(TARGET_PLAN))
    await by_hand.step("reassign")
    await console.until(by_hand.switch_id, "held")
    held = await by_hand.step("cancel")
    await _mend(by_hand)
    await by_hand.until_next("cancel")
    await by_hand.step("cancel")
    row = await console.ended(by_hand.switch_id)

    command = f"planswitch switch step {by_hand.switch_id[:8]} buy"
    assert command in " ".join(shown.out.split())
    assert shown.longest_line <= COLUMNS
    assert (early.code, "STEP_NOT_NEXT" in early.err) == (5, True)
    assert 39 <= after_two <= 40
    assert held.code == 5
    assert (row["outcome"], row["moved"], row["failed"], row["total"]) == ("completed", 60, 0, 60)
    states = await by_hand.states()
    assert states == {"buy": "done_outside", "verify": "done", "reassign": "done", "cancel": "done"}
    verdict = console.world.sandbox.verdict(by_hand.organization_id)
    assert {name: verdict[name] for name in CLEAN} == CLEAN
    assert (verdict["orders"], verdict["cancellations"]) == (1, 1)
    actors = await by_hand.actors()
    assert actors["manual-step-begun"] == (OWNER, REASON)
    assert actors["manual-step-done-outside"][0] == "planswitch"
    audit = await console.run("audit", "show", by_hand.switch_id)
    assert "step buy was done outside" in " ".join(audit.out.split())


async def test_a_step_out_of_its_turn_changes_nothing(console: ConsoleWorld, tmp_path: Path) -> None:
    """STEP_NOT_NEXT is a 409 that names the next step; wrong steps and users are refused (manual#steps)."""
    by_hand = await started(console, tmp_path, users=5)
    path = f"/api/switches/{by_hand.switch_id}/steps"

    answers = {
        step: await console.post(f"{path}/{step}", {"reason": "early"})
        for step in ("verify", "reassign", "cancel", "reduce", "dance")
    }
    named = await console.post(f"{path}/buy", {"reason": "r", "users_listed": ["somebody@example.com"]})
    unknown = await console.run("switch", "step", by_hand.switch_id, "buy", "--reason", " ")
    automatic = (await console.get(path)).json()

    assert {step: (each.status_code, each.json()["code"]) for step, each in answers.items()} == {
        "verify": (409, "STEP_NOT_NEXT"),
        "reassign": (409, "STEP_NOT_NEXT"),
        "cancel": (409, "STEP_NOT_NEXT"),
        "reduce": (409, "STEP_NOT_NEXT"),
        "dance": (422, "INVALID_INPUT"),
    }
    assert answers["verify"].json()["detail"] == "Step verify is not next: buy is."
    assert f"/api/v1/switches/{by_hand.switch_id[:8]}/steps/buy" in answers["verify"].json()["remedy"]
    assert named.status_code == 422
    assert unknown.code == 2
    assert (automatic["mode"], automatic["next"]) == ("manual", "buy")
    assert await by_hand.states() == {
        "buy": "next",
        "verify": "later",
        "reassign": "later",
        "cancel": "later",
    }


async def test_the_same_request_id_starts_a_step_once(console: ConsoleWorld, tmp_path: Path) -> None:
    """A repeated start is answered again, and orders nothing more (manual#steps)."""
    by_hand = await started(console, tmp_path, users=5)
    path = f"/api/switches/{by_hand.switch_id}/steps/buy"
    body = {"reason": "r", "request_id": "buy-1"}

    first = await console.post(path, body)
    await by_hand.until_next("verify")
    again = await console.post(path, body)
    other_users = await console.post(path, {**body, "users_listed": by_hand.on(SOURCE_PLAN)[:1]})
    other_step = await console.post(path.removesuffix("buy") + "verify", body)
    cancelled = await console.run("switch", "cancel", by_hand.switch_id, "--reason", "no", "--yes")
    row = await console.ended(by_hand.switch_id)

    assert (first.status_code, again.status_code) == (200, 200)
    for reused in (other_users, other_step):
        assert (reused.status_code, reused.json()["code"]) == (409, "REQUEST_REUSED")
    assert cancelled.code == 0
    assert row["outcome"] == "cancelled"
    verdict = console.world.sandbox.verdict(by_hand.organization_id)
    assert {name: verdict[name] for name in CLEAN} == CLEAN
    assert (verdict["orders"], verdict["cancellations"]) == (1, 0)


async def test_a_request_id_names_one_switch_of_the_same_users(console: ConsoleWorld) -> None:
    """Another mode, or other users, under a request id that was used is no repeated request."""
    organization = await console.organization(users=6)
    some = sorted(held_by(console, organization["organization_id"]))[:2]
    body = start_body(organization, mode="manual", request_id="some-1", users_listed=some)
    first = await console.post("/api/switches", body)
    again = await console.post("/api/switches", body)
    others: list[dict[str, Any]] = [
        {"users_listed": some[:1]},
        {"users_listed": []},
        {"mode": "automatic"},
    ]
    reused = [await console.post("/api/switches", {**body, **changed}) for changed in others]

    assert (first.status_code, again.status_code) == (201, 200), first.text
    assert [(each.status_code, each.json()["code"]) for each in reused] == [(409, "REQUEST_REUSED")] * 3


async def test_a_repeated_start_for_some_users_is_answered_again(
    console: ConsoleWorld, tmp_path: Path
) -> None:
    """They have left the old plan by then: the record knows whom it was for (manual#steps)."""
    by_hand = await started(console, tmp_path, users=12)
    for step in ("buy", "verify"):
        await by_hand.until_next(step)
        await by_hand.step(step)
    await by_hand.until_next("reassign")
    some, others = by_hand.on(SOURCE_PLAN)[:5], by_hand.on(SOURCE_PLAN)[5:7]
    path = f"/api/switches/{by_hand.switch_id}/steps/reassign"
    body = {"reason": "r", "request_id": "reassign-1", "users_listed": some}
    first = await console.post(path, body)
    await by_hand.until_next("reassign")
    again = await console.post(path, body)
    reused = [
        await console.post(path, changed)
        for changed in ({**body, "users_listed": others}, {**body, "users_listed": []})
    ]

    assert (first.status_code, again.status_code) == (200, 200)
    assert [(each.status_code, each.json()["code"]) for each in reused] == [(409, "REQUEST_REUSED")] * 2
    assert by_hand.on(TARGET_PLAN) == some
    assert (await by_hand.states())["reassign"] == "next"


async def test_a_manual_switch_pauses_and_rolls_back(console: ConsoleWorld, tmp_path: Path) -> None:
    """No step starts in a pause; a roll-back returns whom an operator has named (manual#steps)."""
    by_hand = await started(console, tmp_path, users=30)
    everyone = by_hand.on(SOURCE_PLAN)
    for step in ("buy", "verify"):
        await by_hand.until_next(step)
        await by_hand.step(step)
    await by_hand.until_next("reassign")
    await by_hand.reassign(everyone[:10])
    await by_hand.until_next("reassign")
    await console.run("switch", "pause", by_hand.switch_id, "--reason", "lunch")
    paused = await by_hand.step("reassign")
    await console.run("switch", "resume", by_hand.switch_id, "--reason", "back")
    await by_hand.until_next("reassign")
    moved = by_hand.on(TARGET_PLAN)
    await console.run("switch", "rollback", by_hand.switch_id, "--reason", "no", "--yes")
    row = await console.ended(by_hand.switch_id)

    assert (paused.code, "paused" in paused.err) == (5, True)
    assert moved == everyone[:10]
    assert row["outcome"] == "rolled_back"
    assert by_hand.on(SOURCE_PLAN) == everyone
    assert by_hand.on(TARGET_PLAN) == []
    verdict = console.world.sandbox.verdict(by_hand.organization_id)
    assert {name: verdict[name] for name in CLEAN} == CLEAN


@pytest.mark.long
async def test_a_partial_switch_of_12_of_60(console: ConsoleWorld, tmp_path: Path) -> None:
    """12 move, 48 stay with 48 licenses, and the money conserves (manual#some-users)."""
    organization = await console.organization(users=60)
    organization_id = organization["organization_id"]
    everyone = sorted(held_by(console, organization_id))
    movers = [name for name in everyone if SOURCE_PLAN in held_by(console, organization_id)[name]][:12]
    by_hand = ByHand(console=console, organization_id=organization_id, switch_id="", folder=tmp_path)
    file = by_hand.file_of(movers)
    question = (organization_id, "--to", "E3", "--mode", "manual", "--users", str(file))
    ran = await console.run("switch", "start", *question, "--yes", "--reason", "pilot team", "--json")
    assert ran.code == 0, ran.err
    by_hand.switch_id = (await console.get("/api/switches")).json()["switches"][0]["switch_id"]
    for step in ("buy", "verify", "reassign", "reduce"):
        await by_hand.until_next(step)
        taken = await by_hand.step(step)
        assert taken.code == 0, taken.err
    row = await console.ended(by_hand.switch_id)

    assert (row["outcome"], row["moved"], row["total"], row["licenses"]) == ("completed", 12, 12, 12)
    assert by_hand.on(TARGET_PLAN) == movers
    assert len(by_hand.on(SOURCE_PLAN)) == 48
    seller = console.world.sandbox.cloud.seller
    source = seller.subscription(organization_id, row["source_subscription_id"])
    target = seller.subscription(organization_id, row["target_subscription_id"])
    assert (source.quantity, source.status, target.quantity, target.status) == (48, "active", 12, "active")
    verdict = console.world.sandbox.verdict(organization_id)
    assert {name: verdict[name] for name in CLEAN} == CLEAN
    assert (verdict["orders"], verdict["cancellations"]) == (1, 0)
    audit = (await console.get(f"/api/switches/{by_hand.switch_id}/audit")).json()
    assert audit["journal"]["is_whole"], audit["journal"]


async def test_a_selection_is_refused_where_it_cant_be(console: ConsoleWorld) -> None:
    """Unknown users, everyone, two ways at once and the automatic mode are refused (manual#some-users)."""
    organization = await console.organization(users=6)
    organization_id = organization["organization_id"]
    everyone = sorted(held_by(console, organization_id))

    async def ask(**changes: object) -> tuple[int, str]:
        body = {"organization_id": organization_id, "target_plan": "E3", "mode": "manual", **changes}
        answer = await console.post("/api/quotes", body)
        return answer.status_code, str(answer.json().get("field"))

    assert await ask(users_listed=["nobody@example.com"]) == (422, "users_listed")
    assert await ask(users_listed=everyone) == (422, "users_listed")
    assert (await ask(users_listed=everyone[:1], users_of_department="Sales"))[0] == 422
    assert await ask(users_of_department="No such department") == (422, "users_of_department")
    assert await ask(users_of_group="0d0e0f00-0000-4000-8000-000000000000") != (200, "None")
    assert (await ask(users_listed=everyone[:2]))[0] == 200
    refused = await console.post("/api/switches", start_body(organization, users_listed=everyone[:2]))
    assert (refused.status_code, refused.json()["field"]) == (422, "selection")


async def test_a_user_of_a_licensing_group_is_refused_with_the_group(console: ConsoleWorld) -> None:
    """A list with a user whom a group alone licenses is refused (rules#licensing-groups)."""
    organization = await console.organization(users=6, group_licensed=2)
    organization_id = organization["organization_id"]
    directory = console.world.sandbox.cloud.directory
    users = directory.users_page(organization_id, SOURCE_PLAN, None).users
    fed = [user.directory_id for user in users if not user.has_direct(SOURCE_PLAN)]
    body = {
        "organization_id": organization_id,
        "target_plan": "E3",
        "mode": "manual",
        "users_listed": fed[:1],
    }

    refused = await console.post("/api/quotes", body | {"users_listed": fed[:1]})
    problem = refused.json()

    assert (len(fed), refused.status_code, problem["code"]) == (2, 409, "GROUP_SUBSET")
    assert "1 of the chosen users has the old plan by group" in problem["detail"]


async def test_a_quote_says_whether_its_own_mode_is_possible(console: ConsoleWorld) -> None:
    """What blocks the automatic switch alone does not make the manual one impossible (rules#reasons)."""
    made = await console.organization(users=5, profile={"segment": "government"})
    question = ("switch", "quote", made["organization_id"], "--to", "E3")

    by_itself = await console.run(*question)
    by_hand = await console.run(*question, "--mode", "manual")

    assert " possible no " in " ".join(by_itself.out.split())
    assert " possible yes" in " ".join(by_hand.out.split())


async def test_the_page_of_a_manual_switch_is_its_checklist(console: ConsoleWorld, tmp_path: Path) -> None:
    """The page shows each step, and starts the next one by its form (manual#steps)."""
    by_hand = await started(console, tmp_path, users=6)
    page = (await console.get(f"/switches/{by_hand.switch_id}")).text
    form = {"reason": "as agreed", "request_id": "form-1"}
    path = f"/switches/{by_hand.switch_id}/step-"

    def send(step: str, **fields: str) -> httpx2.Response:
        return console.http.post(f"{path}{step}", data={**form, **fields}, follow_redirects=False)

    bought = await asyncio.to_thread(send, "buy")
    await by_hand.until_next("verify")
    refused = await asyncio.to_thread(send, "cancel", request_id="form-2")

    assert 'id="step-buy"' in page
    assert f'action="/switches/{by_hand.switch_id}/step-buy' in page
    assert f'action="/switches/{by_hand.switch_id}/step-verify' not in page
    assert bought.status_code == 303
    assert refused.status_code == 409
    assert "STEP_NOT_NEXT" in refused.text


async def test_a_request_that_waits_is_known_by_mode_users_and_target(console: ConsoleWorld) -> None:
    """Another mode, other users or another target is another request; a user deleted since is the same."""
    organization = await console.organization(users=6, group_licensed=0)
    organization_id = organization["organization_id"]
    some = sorted(held_by(console, organization_id))[:2]
    body = start_body(organization, mode="manual", request_id="later-1", users_listed=some, start_on=day(3))
    first = await console.post("/api/switches", body)
    await console.until(first.json()["switch_id"], WAITING)
    another = str(uuid4())

    async def reused() -> list[str]:
        changes: tuple[dict[str, object], ...] = (
            {"users_listed": some[:1]},
            {"users_listed": [*some, f"nobody-{another}@example.com"]},
            {"mode": "automatic"},
            {"users_listed": []},
            {"target_subscription_id": another},
        )
        answers = [await console.post("/api/switches", {**body, **changed}) for changed in changes]
        return [each.json()["code"] for each in answers]

    while_it_waits = await reused()
    gone = console.world.sandbox.cloud.directory.users(organization_id, some[:1])[0].directory_id
    console.world.sandbox.edit(organization_id, kind="delete_user", user_id=gone)
    again = await console.post("/api/switches", body)
    await console.run("schedule", "undo", first.json()["switch_id"], "--reason", "no", "--yes")
    await console.ended(first.json()["switch_id"])
    ended = await console.post("/api/switches", body)

    assert first.status_code == 201, first.text
    assert while_it_waits == ["REQUEST_REUSED"] * 5
    assert (again.status_code, ended.status_code) == (200, 200), (again.text, ended.text)
    assert (await reused()) == ["REQUEST_REUSED"] * 5
