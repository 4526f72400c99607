"""The first look over a real sign-in: whose organizations, what can't be read, and nothing is changed.

See first-look#which-organizations and vendor#read-only-access.
"""

from __future__ import annotations

import asyncio
import csv
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest_asyncio
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from ops.base.payloads import data_converter
from providers.access.profiles import Access
from providers.transport.operations import OPERATIONS
from store.roles.role import DatabaseRole
from tests.support.access.authority import Authority, running_authority
from tests.support.clouds.cloud_server import SOURCE_PLAN, TARGET_PLAN
from tests.support.clouds.plain_http import WITHOUT_TLS
from tests.support.consoles.console_world import (
    COLUMNS,
    KEY,
    ConsoleWorld,
    Ran,
    open_console_world,
    running_console,
    start_body,
)

#: Nine licenses of E3, from somebody else.
OWNED: dict[str, Any] = {
    "kind": "purchase",
    "plan_id": TARGET_PLAN,
    "quantity": 9,
    "is_sold_elsewhere": True,
}
TROUBLES = ("unlicensed_user_seconds", "data_service_gap_user_seconds", "orphan_orders", "double_charges")


@dataclass
class _World:
    """A console over cloud profiles, and the authority at which they sign in."""

    console: ConsoleWorld
    authority: Authority
    folder: Path

    async def organization(self, seed: int, **options: Any) -> str:
        """Make an organization, and return its id."""
        made = await self.console.organization(
            seed=seed, users=5, has_side_products=False, group_licensed=0, **options
        )
        return str(made["organization_id"])

    def profile(self, **fields: object) -> Path:
        """Write a file with one profile, which may only read."""
        facts: dict[str, object] = {
            "tenant_id": self.authority.tenant_id,
            "client_id": self.authority.client_id,
            "authority": self.authority.url,
            "directory_url": f"{self.authority.url}/v1.0",
            "seller_url": f"{self.authority.url}/v1",
            "ca_file": str(self.authority.ca_file),
            "instance_discovery": False,
            "certificate_file": str(self.authority.certificate.file),
        } | fields
        lines = [f"{name} = {json.dumps(value)}" for name, value in facts.items()]
        file = self.folder / "cloud.toml"
        file.write_text("\n".join(["[profiles.one]", *lines]), encoding="utf-8")
        return file

    @contextmanager
    def signed_in(self, **fields: object) -> Iterator[ConsoleWorld]:
        """Serve a console that signs in by a profile."""
        settings = self.console.settings.model_copy(update={"cloud_file": str(self.profile(**fields))})
        with (
            running_console(settings) as url,
            httpx2.Client(verify=WITHOUT_TLS, base_url=url, headers={"X-API-Key": KEY}, timeout=30) as http,
        ):
            yield replace(self.console, url=url, http=http, settings=settings)

    async def doctor(self, *arguments: str, **fields: object) -> Ran:
        """Run `doctor --cloud` with a profile."""
        variables = {"PLANSWITCH_CLOUD_FILE": str(self.profile(**fields))}
        return await self.console.run("doctor", "--cloud", *arguments, **variables)


@pytest_asyncio.fixture(name="world")
async def _world(
    temporal_env: WorkflowEnvironment, database_url: str, tmp_path: Path
) -> AsyncIterator[_World]:
    """Yield a console, and an authority at which a profile signs in."""
    config = temporal_env.client.config()
    config["data_converter"] = data_converter
    with running_authority(tmp_path) as authority:
        async with open_console_world(Client(**config), database_url, authority.cloud, tmp_path) as console:
            yield _World(console=console, authority=authority, folder=tmp_path)


def _longest(ran: Ran) -> int:
    """Return the length of the longest line; a link is never broken."""
    lines = (ran.out + ran.err).splitlines()
    return max(len(each) for each in lines if "https://" not in each)


async def test_the_profile_the_directory_and_the_seller_name_the_organizations_in_this_order(
    world: _World,
) -> None:
    """Each source says who it is; one that lists nobody, or does not let us see, is passed over by name."""
    first, second = await world.organization(1), await world.organization(2)
    with world.signed_in() as console:
        by_seller = (await console.get("/api/customers")).json()
        world.authority.cloud.edit(first, kind="relationship")
        by_directory = (await console.get("/api/customers")).json()
    with world.signed_in(tenants=[second]) as console:
        by_profile = (await console.get("/api/customers")).json()
    for each in (first, second):
        world.authority.cloud.edit(each, kind="partner", partner_tenant_id=world.authority.tenant_id)
    with world.signed_in(tenant_id=second) as console:
        by_itself = (await console.get("/api/customers")).json()

    assert (by_seller["source"], by_seller["passed_over"]) == ("seller", ["the directory lists nobody"])
    assert {each["organization_id"] for each in by_seller["customers"]} == {first, second}
    assert all(each["name"] for each in by_seller["customers"])
    assert (by_directory["source"], by_directory["passed_over"]) == ("directory", [])
    assert [each["organization_id"] for each in by_directory["customers"]] == [first]
    assert (by_profile["source"], by_profile["profile"]) == ("profile", "one")
    assert [each["organization_id"] for each in by_profile["customers"]] == [second]
    assert by_itself["source"] == "own"
    assert [each["organization_id"] for each in by_itself["customers"]] == [second]
    assert len(by_itself["passed_over"]) == 2


async def test_the_report_reads_what_it_may_and_one_without_consent_is_one_row(world: _World) -> None:
    """Without billing the rest is judged, licenses alone among it; a lack of consent says who must act."""
    able, closed = await world.organization(1), await world.organization(2)
    consent = {"kind": "consent", "client_id": world.authority.client_id, "state": "missing"}
    world.authority.cloud.edit(closed, **consent)
    world.authority.cloud.edit(able, **OWNED)
    with world.signed_in() as console:
        ran = await console.run("report", "tenants", "--json")
        shown = await console.run("report", "tenants")
    document = json.loads(ran.out)
    entries = {each["organization_id"]: each for each in document["organizations"]}

    assert (ran.code, shown.code, document["source"]) == (8, 8, "seller")
    assert _longest(shown) <= COLUMNS
    assert entries[closed]["problem"]["code"] == "ACCESS_LOST"
    assert "AADSTS65001" in entries[closed]["problem"]["message"]
    assert "adminconsent" in entries[closed]["problem"]["remedy"]
    report = entries[able]["report"]
    assert [each.partition(" (")[0] for each in report["unread"]] == ["billing"]
    assert report["name"], "the directory tells the name where the profile has no billing"
    plan = next(each for each in report["plans"] if not each["is_sold_elsewhere"])
    assert (plan["licenses"]["bought"], plan["licenses"]["assigned"]) == (6, 5)
    assert plan["targets"][0]["is_possible_automatically"]
    owned = [(each["plan_id"], each["free"], each["is_possible"]) for each in plan["owned_targets"]]
    assert owned == [(TARGET_PLAN, 9, True)]
    other = next(each for each in report["plans"] if each["is_sold_elsewhere"])
    assert not any(each["is_possible_by_hand"] for each in other["targets"])
    assert world.authority.cloud.verdict(able)["orphan_orders"] == 0


async def test_an_organization_of_its_own_sees_where_its_licenses_could_move(world: _World) -> None:
    """Without a seller the directory alone is asked: no plan is called another's, owned plans are judged."""
    organization_id = await world.organization(1)
    world.authority.cloud.edit(organization_id, **OWNED)
    # No partner has a tenant of its own: the token service knows no seller there.
    own = {"tenant_id": organization_id, "seller_audience": "https://no-partner.example"}
    file = world.folder / "report.csv"
    with world.signed_in(**own) as console:
        ran = await console.run("report", "tenants", "--json", "--csv", str(file))
        shown = await console.run("report", "tenants")
    document = json.loads(ran.out)
    (entry,) = document["organizations"]

    assert (ran.code, shown.code, document["source"]) == (0, 0, "own")
    assert document["passed_over"][0].startswith("the directory")
    assert "AADSTS500011" in document["passed_over"][1]
    assert "the one that signs in" in ran.err
    report = entry["report"]
    assert report["is_seller_read"] is False
    assert [each.partition(" (")[0] for each in report["unread"]] == ["the seller", "billing"]
    plans = {each["subscription"]["plan_id"]: each for each in report["plans"]}
    owned = [(each["plan_id"], each["is_possible"]) for each in plans[SOURCE_PLAN]["owned_targets"]]
    assert owned == [(TARGET_PLAN, True)]
    assert "Office 365 E3 (licenses only)" in shown.out
    assert "another seller's" not in shown.out
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert {each["seller"] for each in rows} == {"unknown"}
    moved = next(each for each in rows if each["plan_id"] == SOURCE_PLAN)
    assert moved["move_licenses_only_to"] == "Office 365 E3"


async def test_what_one_party_does_not_show_hides_nothing_else(world: _World) -> None:
    """Who is no customer at the seller, and a seller that is away, leave what the directory tells."""
    foreign, away = await world.organization(1), await world.organization(2)
    for each in (foreign, away):
        world.authority.cloud.edit(each, **OWNED)
    world.authority.cloud.edit(foreign, kind="partner", partner_tenant_id="")
    world.authority.faults(
        away, {"operation": "subscriptions", "fault": "failed", "status": 503, "rate": 1.0}
    )
    with world.signed_in(tenants=[foreign, away]) as console:
        ran = await console.run("report", "tenants", "--json")
    reports = {each["organization_id"]: each["report"] for each in json.loads(ran.out)["organizations"]}

    assert ran.code == 0
    assert "UNKNOWN_ORGANIZATION" in reports[foreign]["unread"][0]
    assert "PROVIDER_UNAVAILABLE" in reports[away]["unread"][0]
    for report in reports.values():
        assert not report["is_seller_read"]
        owned = [each for plan in report["plans"] for each in plan["owned_targets"]]
        assert any(each["plan_id"] == TARGET_PLAN and each["is_possible"] for each in owned)


async def test_the_report_only_reads(world: _World) -> None:
    """Every call is one that the table declares a read, and the cloud has the same facts as before."""
    able, closed = await world.organization(1), await world.organization(2)
    world.authority.cloud.edit(closed, kind="consent", client_id=world.authority.client_id, state="missing")
    journal = world.authority.cloud.journal
    before = journal.read_bytes()
    # What would write may, here: the report itself is what does not.
    with world.signed_in(access="write") as console:
        ran = await console.run("report", "tenants", "--json")
    with psycopg.connect(world.console.settings.required_database_url_of(DatabaseRole.OWNER)) as database:
        rows = database.execute("SELECT DISTINCT operation FROM planswitch.provider_call")
        asked = {name for (name,) in rows}

    assert ran.code == 8
    assert {each["organization_id"] for each in json.loads(ran.out)["organizations"]} == {able, closed}
    assert {"subscribed_plans", "purchases", "subscriptions", "customers"} <= asked
    assert {OPERATIONS[each] for each in asked} == {Access.READ}
    assert journal.read_bytes() == before


async def test_a_profile_that_may_only_read_begins_nothing(world: _World) -> None:
    """Acts by hand and on products are refused before anything is recorded; the cloud sees no write."""
    organization_id = await world.organization(1)
    user = {"user": "nobody", "plan": "E3", "action": "assign", "reason": "why", "request_id": "r"}
    path = f"/api/organizations/{organization_id}"
    with world.signed_in() as console:
        license_edit = await console.post(f"{path}/licenses", user)
    with world.signed_in(
        **{
            f"{each}_url": f"{world.authority.cloud.url}/{each}/v1"
            for each in ("billing", "credit", "notices")
        }
    ) as console:
        started = await console.post("/api/switches", start_body({"organization_id": organization_id}))
        listed = (await console.get("/api/switches")).json()

    assert [(each.status_code, each.json()["code"]) for each in (license_edit, started)] == [
        (409, "READ_ONLY_ACCESS")
    ] * 2
    assert 'access = "write"' in started.json()["remedy"]
    assert listed["total"] == 0
    verdict = world.authority.cloud.verdict(organization_id)
    assert {name: verdict[name] for name in TROUBLES} == dict.fromkeys(TROUBLES, 0)
    assert world.authority.cloud.quota(organization_id)["allowed"] == 0


async def test_doctor_names_what_is_wrong_and_ends_with_seven(world: _World) -> None:
    """As text and as JSON; without profiles it says how to write one."""
    organization_id = await world.organization(1)
    fine = await world.doctor(organization_id, access="read")
    world.authority.cloud.edit(
        organization_id, kind="consent", client_id=world.authority.client_id, state="missing"
    )
    faulty = await world.doctor(organization_id, "--json")
    told = await world.doctor(tenants=[organization_id])
    none = await asyncio.gather(
        world.console.run("doctor", "--cloud"),
        world.console.run("doctor", organization_id),
        world.doctor("../contoso"),
    )

    assert (fine.code, faulty.code, told.code) == (0, 7, 7)
    assert max(_longest(fine), _longest(told)) <= COLUMNS
    checks = json.loads(faulty.out)["organizations"][0]["checks"]
    wrong = [each for each in checks if each["verdict"] == "fault"]
    assert [each["code"] for each in wrong] == ["AADSTS65001"]
    assert f"{organization_id}/" in wrong[0]["remedy"]
    assert "what to do: token of the directory:" in told.out
    assert [each.code for each in none] == [2, 2, 2]
    assert "docs/access.md#profiles" in none[0].err
