"""Every request to the directory is one of the vendor's own description of its interface."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from domain.ports.directory_port import GroupPlan, LicenseChange
from domain.ports.seller_port import OrderLine
from tests.support.adapters.published import VERSION, Published, Sent
from tests.support.clouds.cloud_server import SERVICE, SOURCE_PLAN, TARGET_PLAN, SandboxCloud, running_sandbox

#: Each path that the adapter asks for, by itself or in a batch; ids are left out.
ASKED = {
    "/$batch",
    "/admin/serviceAnnouncement/healthOverviews",
    "/directory/subscriptions",
    "/groups",
    "/groups/{}",
    "/groups/{}/assignLicense",
    "/groups/{}/membersWithLicenseErrors",
    "/groups/{}/transitiveMembers",
    "/subscribedSkus",
    "/users",
    "/users/{}",
    "/users/{}/assignLicense",
    "/users/{}/reprocessLicenseAssignment",
    "/users/{}/transitiveMemberOf/microsoft.graph.directoryRole",
}
_ID = re.compile(r"/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=/|$)")


@pytest.fixture(name="published", scope="session")
def _published(shared_data: Path) -> Published:
    """Return the vendor's description of the directory."""
    return Published.of(shared_data)


@pytest.fixture(name="sandbox")
def _sandbox(tmp_path: Path) -> Iterator[SandboxCloud]:
    """Yield a running sandbox with the clients."""
    with running_sandbox(tmp_path) as running:
        yield running


def _recorded(request: httpx2.Request) -> Iterator[Sent]:
    """Yield a request as it went out and, when it is a batch, every request inside it."""
    target = request.url.raw_path.decode().removeprefix(VERSION)
    body = json.loads(request.content) if request.content else None
    sent = Sent.of(request.method, target, dict(request.headers), body)
    yield sent
    yield from sent.items()


def _use_everything(sandbox: SandboxCloud) -> None:
    organization_id = sandbox.organization(users=1005, group_licensed=3)["organization_id"]
    line = OrderLine(plan_id=TARGET_PLAN, quantity=5, term="P1M", billing_cycle="monthly", currency="EUR")
    sandbox.cloud.seller.place_order(organization_id, line, cart_key="cart", checkout_key="checkout")
    directory = sandbox.cloud.directory
    directory.subscribed_plans(organization_id)
    page = directory.users_page(organization_id, SOURCE_PLAN, None)
    directory.users_page(organization_id, SOURCE_PLAN, page.next_cursor)
    ids = [user.directory_id for user in page.users if user.has_direct(SOURCE_PLAN)][:2]
    directory.users(organization_id, ids)
    moves = [
        LicenseChange(
            directory_id=each,
            add_plan_id=TARGET_PLAN,
            disabled_service_ids=(SERVICE,),
            remove_plan_id=SOURCE_PLAN,
        )
        for each in ids
    ]
    # The second time the users are read back; with other services one is added alone.
    directory.change_licenses(organization_id, moves)
    directory.change_licenses(organization_id, moves)
    other = LicenseChange(directory_id=ids[0], add_plan_id=TARGET_PLAN, remove_plan_id=SOURCE_PLAN)
    directory.change_licenses(organization_id, [other])
    removal = LicenseChange(directory_id=ids[0], add_plan_id=None, remove_plan_id=TARGET_PLAN)
    directory.change_licenses(organization_id, [removal])
    sandbox.cloud.health.service_health(organization_id)
    _use_names_and_groups(sandbox, organization_id, ids)


def _use_names_and_groups(sandbox: SandboxCloud, organization_id: str, ids: list[str]) -> None:
    directory, groups, inquiries = sandbox.cloud.directory, sandbox.cloud.groups, sandbox.cloud.inquiries
    directory.department_page(organization_id, "O'Neill & Sons", None)
    named = directory.named_page(organization_id, SOURCE_PLAN, None)
    directory.named_page(organization_id, SOURCE_PLAN, named.next_cursor)
    names = [each.principal_name for each in named.users[:40]]
    directory.users_by_name(organization_id, [*names, "o'neill@contoso.com"])
    directory.set_locations(organization_id, ids, "DE")
    inquiries.purchases(organization_id)
    inquiries.roles(organization_id, ids[0])
    (group,) = groups.feeding(organization_id, SOURCE_PLAN)
    groups.members_page(organization_id, group.group_id, None)
    groups.change(organization_id, group.group_id, add=GroupPlan(plan_id=TARGET_PLAN))
    groups.sign(organization_id, group.group_id)
    groups.reprocess(organization_id, ids[0])


def test_every_directory_request_is_the_vendors(sandbox: SandboxCloud, published: Published) -> None:
    """Path, query, headers and body of each request, inside batches too, fit the vendor's description."""
    _use_everything(sandbox)
    sent = [each for each in sandbox.requests if each.url.path.startswith(f"{VERSION}/")]
    recorded = [one for request in sent for one in _recorded(request)]

    assert [text for each in recorded for text in published.complaints(each)] == []
    assert {_ID.sub("/{}", each.path) for each in recorded} == ASKED
    assert len(recorded) > len(sent)
    assert any("$skiptoken" in each.query for each in recorded)
    assert all(request.headers["client-request-id"] for request in sent)


def test_advanced_queries_say_so(sandbox: SandboxCloud) -> None:
    """Roles are asked for with eventual consistency and a count; a real directory refuses it otherwise."""
    organization_id = sandbox.organization(users=3)["organization_id"]
    (user, *_) = sandbox.cloud.directory.users_page(organization_id, SOURCE_PLAN, None).users
    sandbox.edit(organization_id, kind="roles", user_id=user.directory_id, roles=["Global Administrator"])

    roles = sandbox.cloud.inquiries.roles(organization_id, user.directory_id)

    (asked,) = [each for each in sandbox.requests if "transitiveMemberOf" in each.url.path]
    assert roles == ("Global Administrator",)
    assert asked.headers["ConsistencyLevel"] == "eventual"
    assert asked.url.params["$count"] == "true"
