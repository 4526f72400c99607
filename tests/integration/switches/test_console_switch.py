"""API and command line over a whole world: real PostgreSQL, Temporal, sandbox, worker and projector."""

from __future__ import annotations

import json
from typing import Any

from activities.contract import SYSTEM_ACTOR
from domain.eligibility.assessment import Assessed
from tests.support.consoles.console_world import COLUMNS, ConsoleWorld, start_body


def _topics(console: ConsoleWorld) -> list[str]:
    return [each.topic for each in console.world.store.notifications()]


async def test_switch_runs_from_request_to_audit(console: ConsoleWorld) -> None:
    """A switch started by the API completes, is billed as quoted, and its whole story can be read."""
    organization = await console.organization(users=30)

    answer = await console.post("/api/switches", start_body(organization))
    row = await console.ended(answer.json()["switch_id"])
    audit = (await console.get(f"/api/switches/{row['switch_id'][:8]}/audit")).json()
    history = (await console.get(f"/api/switches/{row['switch_id']}/history")).json()
    settings = (await console.get(f"/api/switches/{row['switch_id']}/service-settings")).json()

    assert answer.status_code == 201
    assert (row["outcome"], row["moved"], row["failed"]) == ("completed", 30, 0)
    assert row["charged_total"] == row["quote_total"]
    assert row["requested_by"] == "olga"
    own = {"subscription.invoice-awaited", "subscription.invoice-delivered", "subscription.credit-settled"}
    assert {entry["actor"] for entry in audit["events"] if entry["event"] not in own} == {"olga"}
    assert {entry["actor"] for entry in audit["events"] if entry["event"] in own} <= {SYSTEM_ACTOR}
    assert all(entry["cause"] and entry["effect"] for entry in audit["events"])
    assert audit["provider_calls"]
    assert history["events"] < 400
    # The switch, its license move, and the watch over its invoice.
    assert len(history["workflows"]) == 3
    assert settings["users"] == 30


async def test_repeated_request_is_one_switch(console: ConsoleWorld) -> None:
    """The same request id answers the same switch, and another question under it is refused."""
    organization = await console.organization(users=5)
    body = start_body(organization, request_id="request-0001")

    first = (await console.post("/api/switches", body)).json()
    await console.ended(first["switch_id"])
    second = await console.post("/api/switches", body)
    other = await console.post("/api/switches", {**body, "target_plan": "E5"})

    assert (second.status_code, second.json()["switch_id"]) == (200, first["switch_id"])
    assert (other.status_code, other.json()["code"]) == (409, "REQUEST_REUSED")
    assert _topics(console).count("subscription.switch-requested") == 1


async def test_second_switch_while_one_runs_is_a_conflict(console: ConsoleWorld) -> None:
    """SWITCH_IN_PROGRESS names the switch that runs; nothing but the assessment is written.

    See rules#switch_in_progress.
    """
    organization = await console.organization(users=5)
    console.world.sandbox.settings(provisioning_delay_seconds=600)
    first = (await console.post("/api/switches", start_body(organization))).json()

    second = await console.post("/api/switches", start_body(organization))
    ran = await console.run("switch", "start", organization["organization_id"], "--to", "E3", "--yes")

    assert (second.status_code, second.json()["code"]) == (409, "SWITCH_IN_PROGRESS")
    assert first["switch_id"] in second.json()["detail"]
    assert ran.code == 5
    await console.post(f"/api/switches/{first['switch_id']}/cancel", {"reason": "seen enough"})
    await console.ended(first["switch_id"])
    assert _topics(console).count("subscription.switch-requested") == 1


async def test_refusals_write_nothing_but_the_assessment(console: ConsoleWorld) -> None:
    """Unknown plan, no path and too few licenses are refused with code and remedy."""
    organization = await console.organization(users=5)
    cases: dict[str, dict[str, Any]] = {
        "UNKNOWN_PLAN": {"target_plan": "E77"},
        "UNKNOWN_ORGANIZATION": {"organization_id": "nobody"},
        "NOT_ELIGIBLE_FOR_SWITCH": {"quantity": 3},
        "INVALID_INPUT": {"payment_method": "cash"},
    }

    answers = {
        code: (await console.post("/api/switches", start_body(organization, **change))).json()
        for code, change in cases.items()
    }
    no_path = (
        await console.post("/api/switches", start_body(organization, target_plan="VISIOCLIENT"))
    ).json()

    assert {code: answer["code"] for code, answer in answers.items()} == {code: code for code in cases}
    assert all(answer["remedy"] and answer["request_id"] for answer in answers.values())
    assert "TOO_FEW_LICENSES" in {reason["code"] for reason in answers["NOT_ELIGIBLE_FOR_SWITCH"]["reasons"]}
    assert "NO_PATH" in {reason["code"] for reason in no_path["reasons"]}
    assert set(_topics(console)) <= {Assessed.TOPIC}


async def test_a_switch_is_paid_as_the_organization_pays(console: ConsoleWorld) -> None:
    """cli#how-a-switch-is-paid: quote, start and targets of who pays by invoice know its rules unasked."""
    organization = await console.organization(users=5, profile={"payment_method": "invoice"})
    owner, subscription = organization["organization_id"], organization["subscription_id"]

    started = (await console.post("/api/switches", start_body(organization))).json()
    quoted = await console.run("switch", "quote", owner, "--to", "E3", "--json")
    by_card = await console.run("switch", "quote", owner, "--to", "E3", "--payment-method", "card", "--json")
    targets = (await console.get(f"/api/organizations/{owner}/subscriptions/{subscription}/targets")).json()

    blocked = {
        each["target_plan"]: {reason["code"] for reason in each["reasons"]} for each in targets["targets"]
    }
    assert "INVOICE_BELOW_MINIMUM" in {each["code"] for each in started["reasons"]}
    assert [json.loads(each.out)["payment_method"] for each in (quoted, by_card)] == ["invoice", "card"]
    assert "INVOICE_BELOW_MINIMUM" in blocked["Office 365 E3"]


async def test_targets_are_never_an_empty_answer(console: ConsoleWorld) -> None:
    """Every offered plan comes with direction, gains, losses, modes and reasons.

    See rules#which-plans-are-offered.
    """
    organization = await console.organization(users=5)
    path = (
        f"/api/organizations/{organization['organization_id']}"
        f"/subscriptions/{organization['subscription_id']}/targets"
    )

    current = (await console.get(path)).json()
    old = (await console.get(path, rule_set="2014")).json()

    by_name = {each["target_plan"]: each for each in current["targets"]}
    assert by_name["Office 365 E3"]["eligible"] == {"automatic": True, "manual": True}
    assert by_name["Office 365 E3"]["direction"] == "upgrade"
    assert old["targets"] or old["reasons"]


async def test_command_line_tells_a_whole_switch(console: ConsoleWorld) -> None:
    """Quote, start, show, list, audit and status work as commands, in 80 columns, with JSON on each."""
    organization = (await console.organization(users=5))["organization_id"]

    quote = await console.run("switch", "quote", organization, "--to", "E3")
    quoted = await console.run("switch", "quote", organization, "--to", "E3", "--json")
    digest = json.loads(quoted.out)["quote"]["digest"]
    started = await console.run(
        "switch", "start", organization, "--to", "E3", "--quote", digest, "--wait", "--json"
    )
    switch_id = json.loads(started.out)["switch_id"]
    told = [
        await console.run(*command)
        for command in (
            ("switch", "list"),
            ("switch", "show", switch_id[:8]),
            ("switch", "watch", switch_id[:8]),
            ("audit", "show", switch_id[:8]),
            ("projection", "status"),
            ("catalog", "compare", "E1", "E3"),
        )
    ]
    # Doctor looks for a worker on the usual queue, and the one of this test has another.
    looked = await console.run("doctor")

    assert started.code == 0, started.err
    assert [each.code for each in told] == [0] * len(told)
    assert (looked.code, "WORKER_ABSENT" in looked.out) == (7, True)
    assert all(each.out for each in told)
    assert max(each.longest_line for each in (quote, *told)) <= COLUMNS


async def test_unused_licenses_are_offered_to_be_left_out_and_only_then_are(console: ConsoleWorld) -> None:
    """Quote and checkout tell what 25 instead of 40 would cost; who asks for 25 is quoted just that."""
    made = await console.organization(users=25, quantity=40)
    organization = made["organization_id"]

    shown = await console.run("switch", "quote", organization, "--to", "E3")
    body = {"organization_id": organization, "target_plan": "E3"}
    plain = (await console.post("/api/quotes", body)).json()
    sized = (await console.post("/api/quotes", {**body, "quantity": 25})).json()
    older = (await console.post("/api/quotes", {**body, "rule_set": "2020"})).json()
    draft = (await console.post("/api/checkouts", {**body, "reason": "growth"})).json()

    told = plain["right_sizing"]
    assert (plain["quantity"], told["unused"], told["quantity"], told["is_possible"]) == (40, 15, 25, True)
    assert told["first_day_total_minor_units"] == sized["quote"]["total_minor_units"]
    assert (sized["right_sizing"], older["right_sizing"]["is_possible"]) == (None, False)
    assert draft["quoted"]["right_sizing"] == told
    assert draft["sections"]["items"]["quantity"] == 40, "never applied without being asked for"
    assert "15 licenses would be unused" in shown.out
    assert "--quantity 25" in shown.out
    assert shown.longest_line <= COLUMNS


async def test_commands_say_what_is_wrong_by_exit_code(console: ConsoleWorld) -> None:
    """Usage is 2, not found 3, refused 4, auth 6, server down 7, each with what to do (docs/cli.md)."""
    organization = (await console.organization(users=5))["organization_id"]
    down = {"PLANSWITCH_API_URL": "http://127.0.0.1:9"}

    codes = {
        2: await console.run("switch", "start", organization, "--to", "E3"),
        3: await console.run("switch", "quote", organization, "--to", "E77"),
        4: await console.run("switch", "start", organization, "--to", "E3", "--quantity", "3", "--yes"),
        6: await console.run("switch", "list", PLANSWITCH_API_KEY="not-the-key-of-this-console"),
        7: await console.run("switch", "list", **down),
    }

    assert {code: ran.code for code, ran in codes.items()} == {code: code for code in codes}
    assert all("what to do:" in ran.err for ran in codes.values())
    assert all(ran.out == "" for ran in codes.values())
    assert max(ran.longest_line for ran in codes.values()) <= COLUMNS


async def test_commands_on_an_ended_switch_are_refused(console: ConsoleWorld) -> None:
    """Retry and cancel of a switch that has ended are refused by the rules (switch#ways-back)."""
    organization = await console.organization(users=5)
    switch_id = (await console.post("/api/switches", start_body(organization))).json()["switch_id"]
    await console.ended(switch_id)

    for command in ("retry", "cancel"):
        answer = await console.post(f"/api/switches/{switch_id}/{command}", {"reason": "try"})
        assert (answer.status_code, answer.json()["code"]) == (409, "RULE_VIOLATED")


async def test_cancel_before_the_move_voids_the_order(console: ConsoleWorld) -> None:
    """A cancel while the order is set up takes everything back; the actor comes from the key."""
    organization = await console.organization(users=5)
    console.world.sandbox.settings(provisioning_delay_seconds=600)
    switch_id = (await console.post("/api/switches", start_body(organization))).json()["switch_id"]

    answer = await console.post(f"/api/switches/{switch_id}/cancel", {"reason": "changed our mind"})
    row = await console.ended(switch_id)
    ran = await console.run("switch", "watch", switch_id)

    assert answer.status_code == 200, answer.text
    assert (row["outcome"], row["moved"]) == ("cancelled", 0)
    assert ran.code == 4


async def test_live_rows_resume_where_the_client_stopped(console: ConsoleWorld) -> None:
    """The stream of an ended switch sends its row once and ends; a client that has seen it gets the end."""
    organization = await console.organization(users=5)
    switch_id = (await console.post("/api/switches", start_body(organization))).json()["switch_id"]
    row = await console.ended(switch_id)
    path = f"/api/switches/{switch_id}/events"

    fresh = await console.get(path)
    resumed = console.http.get(path, headers={"Last-Event-ID": str(row["position"])})

    assert fresh.text.count("event: switch") == 1
    assert f"id: {row['position']}" in fresh.text
    assert "event: switch" not in resumed.text
    assert "event: end" in resumed.text
