"""The plan of a switch beside what happened, by API, command line and page (audit#did-it-go-as-planned)."""

from __future__ import annotations

from typing import Any

from tests.support.consoles.console_world import COLUMNS, ConsoleWorld, start_body


async def test_a_completed_switch_went_as_planned(console: ConsoleWorld) -> None:
    """Nothing came otherwise: times, locks, users, and each amount to the cent of the accepted quote."""
    answer = await console.post("/api/switches", start_body(await console.organization(users=5)))
    row = await console.ended(answer.json()["switch_id"])

    plan: dict[str, Any] = (await console.get(f"/api/switches/{row['switch_id'][:8]}/plan-and-actual")).json()
    ran = await console.run("audit", "plan", row["switch_id"])
    page = await console.get(f"/switches/{row['switch_id']}")

    assert (plan["state"], plan["outcome"]) == ("as_planned", "completed")
    amounts = {each["what"]: each for each in plan["money"]["amounts"]}
    assert amounts["total"]["billed"]["minor_units"] == row["charged_total"]
    assert {each["difference"]["minor_units"] for each in amounts.values()} == {0}
    users = {each["what"]: (each["planned"], each["actual"]) for each in plan["users"]}
    assert users["users who move"] == (5, 5)
    assert {each["what"] for each in plan["services"]} >= {"services that were off and stay off"}
    assert (ran.code, ran.err) == (0, "")
    assert "AS PLANNED. It ended as completed." in ran.out
    assert ran.longest_line <= COLUMNS
    assert "Plan and actual" in page.text
    assert "Everything came as planned." in page.text
