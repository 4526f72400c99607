"""The report of every organization: plans, ways to switch, and what blocks (first-look#the-report)."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from cli.report.customer_rows import COLUMNS
from tests.support.consoles.console_world import COLUMNS as WIDTH
from tests.support.consoles.console_world import ConsoleWorld
from tests.support.products.acts import edit, owe, owner

NOBODY = "00000000-0000-4000-8000-00000000dead"
FORMULA = '=HYPERLINK("http://evil.example")'


async def _organizations(console: ConsoleWorld) -> tuple[dict[str, Any], dict[str, Any]]:
    """Make one that can be switched, and one that owes money, has a conflict and a name like a formula."""
    able = await owner(console, seed=1)
    troubled = await owner(console, seed=2, users=6)
    await owe(console, troubled)
    await edit(
        console,
        troubled,
        kind="subscription",
        subscription_id=troubled["subscription_id"],
        changes={"quantity": 4},
    )
    await edit(console, troubled, kind="profile", changes={"display_name": FORMULA})
    return able, troubled


def _named(*organizations: dict[str, Any]) -> list[str]:
    return [part for each in organizations for part in ("--organization", each["organization_id"])]


async def test_the_report_tells_each_organization_and_one_failure_ends_nothing(
    console: ConsoleWorld, tmp_path: Path
) -> None:
    """Text, JSON, CSV and page have the same facts; an unknown organization between others is one row."""
    able, troubled = await _organizations(console)
    named = [*_named(able), "--organization", NOBODY, *_named(troubled)]
    files = (tmp_path / "report.csv", tmp_path / "report.html")

    told = await console.run("report", "tenants", *named)
    documented = await console.run(
        "report", "tenants", *named, "--json", "--csv", str(files[0]), "--html", str(files[1])
    )

    assert (told.code, documented.code) == (8, 8)
    assert told.longest_line <= WIDTH
    assert "UNPAID_BALANCE" in told.out
    assert "could not be looked at: UNKNOWN_ORGANIZATION" in told.out
    document = json.loads(documented.out)
    assert [each["organization_id"] for each in document["organizations"]] == [
        able["organization_id"],
        NOBODY,
        troubled["organization_id"],
    ]
    first, failed, last = document["organizations"]
    assert failed["report"] is None
    assert failed["problem"]["code"] == "UNKNOWN_ORGANIZATION"
    assert document["summary"]["failed"] == 1
    assert first["report"]["plans"][0]["targets"][0]["is_possible_automatically"]
    (plan,) = last["report"]["plans"]
    assert plan["licenses"] == {
        "bought": 4,
        "assigned": 6,
        "free": 0,
        "in_grace": 0,
        "in_conflict": 2,
    }
    codes = {reason["code"] for target in plan["targets"] for reason in target["reasons"]}
    assert {"UNPAID_BALANCE", "MORE_USERS_THAN_LICENSES"} <= codes
    _check_csv(files[0], able, troubled)
    page = files[1].read_text(encoding="utf-8")
    assert FORMULA not in page
    assert "=HYPERLINK(&quot;http://evil.example&quot;)" in page
    assert page.endswith("</body></html>\n")


def _is_there(path: str) -> bool:
    return Path(path).exists()


def _check_csv(path: Path, able: dict[str, Any], troubled: dict[str, Any]) -> None:
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *lines = csv.reader(file)
    assert tuple(header) == COLUMNS
    rows = [dict(zip(header, line, strict=True)) for line in lines]
    by_id = {each["organization_id"]: each for each in rows}
    assert by_id[NOBODY]["error"].startswith("UNKNOWN_ORGANIZATION: ")
    assert by_id[able["organization_id"]]["switch_automatically_to"] != ""
    last = by_id[troubled["organization_id"]]
    assert (last["bought"], last["assigned"], last["in_conflict"]) == ("4", "6", "2")
    assert last["organization"] == f"'{FORMULA}"
    assert "UNPAID_BALANCE: " in last["in_the_way"]


async def test_the_report_says_the_same_as_targets_and_changes_nothing(console: ConsoleWorld) -> None:
    """Each plan has the targets of `switch targets` in its order; the referee sees no change."""
    able, _ = await _organizations(console)
    organization_id, subscription_id = able["organization_id"], able["subscription_id"]
    before = await console.get(f"/api/organizations/{organization_id}/assessments")

    report = (await console.get(f"/api/customers/{organization_id}/report")).json()
    path = f"/api/organizations/{organization_id}/subscriptions/{subscription_id}/targets"
    targets = (await console.get(path)).json()["targets"]
    after = await console.get(f"/api/organizations/{organization_id}/assessments")

    (plan,) = report["plans"]
    assert [(each["plan_id"], each["reason"]) for each in plan["targets"]] == [
        (each["target_plan_id"], each["reason"]) for each in targets
    ]
    assert [[each["code"] for each in one["reasons"]] for one in plan["targets"]] == [
        [each["code"] for each in one["reasons"]] for one in targets
    ]
    assert report["unread"] == []
    assert len(after.json()["assessments"]) == len(before.json()["assessments"]) + 2


async def test_a_report_that_can_not_begin_leaves_no_file(console: ConsoleWorld, tmp_path: Path) -> None:
    """Two forms in one place are refused, and no console leaves no empty file in the way of the next try."""
    path = str(tmp_path / "report.csv")
    refused = [
        await console.run("report", "tenants", *options)
        for options in (
            ("--json", "--csv", "-"),
            ("--csv", path, "--html", path),
            ("--csv", path, "--organization", "../x"),
        )
    ]
    alone = await console.run("report", "tenants", "--csv", path, PLANSWITCH_API_URL="http://127.0.0.1:9")

    assert [(each.code, each.out) for each in refused] == [(2, "")] * 3
    assert (alone.code, alone.out) == (7, "")
    assert not _is_there(path)


async def test_without_profiles_the_record_names_the_organizations(console: ConsoleWorld) -> None:
    """At the sandbox the list is that of the record, and an unknown profile is refused by name."""
    listed = (await console.get("/api/customers")).json()
    refused = await console.get("/api/customers", profile="contoso")

    assert (listed["source"], listed["customers"], listed["profile"]) == ("record", [], "")
    assert (refused.status_code, refused.json()["field"]) == (422, "profile")
