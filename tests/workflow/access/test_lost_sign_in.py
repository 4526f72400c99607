"""Sign-ins, relationships and certificates that end while a switch runs, and two profiles at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.client import Client

from domain.kernel.awaited import Party
from ops.stack.postgres_server import EmbeddedPostgres
from tests.support.access.access_world import USERS, AccessWorld, open_access_world
from tests.support.access.authority import client_certificate, running_authority

OTHER_CLIENT = "cccccccc-0000-4000-8000-000000000002"
OTHER_HOME = "aaaaaaaa-0000-4000-8000-000000000002"


@pytest_asyncio.fixture(scope="module", name="cloud")
async def _cloud(
    temporal_client: Client, postgres_server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[AccessWorld]:
    """Yield a world with a worker that signs in at an authority."""
    folder = Path(tmp_path_factory.mktemp("access"))
    database_url = postgres_server.create_database("sign_in_world")
    with running_authority(folder) as authority:
        async with open_access_world(temporal_client, database_url, authority, folder) as opened:
            yield opened


async def test_a_revoked_sign_in_is_waited_for_until_somebody_signs_in(cloud: AccessWorld) -> None:
    """The seller is asked in a person's name: its end waits for an operator, with the command."""
    order = cloud.order()
    cloud.faults(order, {"operation": "cancel_subscription", "fault": "sessions_revoked", "hits": [1]})
    handle, _answer = await cloud.world.start(order)
    note = await cloud.until_noted(order, "ACCESS_LOST")

    assert note.party == Party.OPERATOR.value
    assert "AADSTS50173" in note.message
    assert "planswitch cloud sign-in one" in note.remedy
    await asyncio.to_thread(cloud.sign_in)
    result = await cloud.world.result(handle)

    assert result.outcome == "completed"
    cloud.require_nobody_blamed(order)


async def test_a_relationship_that_ends_is_waited_for(cloud: AccessWorld) -> None:
    """The seller lets the partner's people in no more; a new relationship lets the switch go on."""
    order = cloud.order()
    cloud.authority.cloud.edit(order.organization_id, kind="relationship", name="first")
    cloud.faults(order, {"operation": "cancel_subscription", "fault": "relationship_ended", "hits": [1]})
    handle, _answer = await cloud.world.start(order)
    note = await cloud.until_noted(order, "PERMISSION_MISSING")

    assert note.party == Party.OPERATOR.value
    cloud.authority.cloud.edit(order.organization_id, kind="relationship", name="second")
    result = await cloud.world.result(handle)

    assert result.outcome == "completed"
    cloud.require_nobody_blamed(order)


async def test_a_certificate_is_replaced_while_a_switch_runs(cloud: AccessWorld, tmp_path: Path) -> None:
    """The old one is taken away first: the switch waits, and takes the new file by itself."""
    order = cloud.order()
    ambush = cloud.world.ambushes.lay(order.switch_id, "license_reassignment.move_slice:call:change_licenses")
    handle, _answer = await cloud.world.start(order)
    await cloud.world.until(ambush.is_reached.is_set)
    new = client_certificate(tmp_path, "new")
    # Whoever signs in after this test proves the application by the new one.
    cloud.authority.certificate = new
    cloud.authority.register()
    cloud.authority.revoke(order.organization_id)
    cloud.world.ambushes.go_on(order.switch_id)
    note = await cloud.until_noted(order, "ACCESS_LOST")

    assert "AADSTS700027" in note.message
    cloud.certificate.write_text(new.file.read_text())
    result = await cloud.world.result(handle)

    assert result.outcome == "completed"
    cloud.require_nobody_blamed(order)


async def test_two_organizations_switch_by_two_profiles_at_once(
    temporal_client: Client, database_url: str, tmp_path: Path
) -> None:
    """Each is asked about as the application of its own profile, in its own tenant (access#profiles).

    Each lets in one application and is sold to by one partner: a call by the other profile would be refused.
    """
    with running_authority(tmp_path) as authority:
        second = client_certificate(tmp_path, "second")
        other = {"client_id": OTHER_CLIENT, "tenant_id": OTHER_HOME, "certificates": [second.certificate]}
        authority.put("applications", other)
        made = [authority.cloud.organization(seed=seed, users=USERS) for seed in (71, 72)]
        owners = [(authority.tenant_id, OTHER_CLIENT), (OTHER_HOME, authority.client_id)]
        for each, (partner, stranger) in zip(made, owners, strict=True):
            own_id = each["organization_id"]
            authority.cloud.edit(own_id, kind="partner", partner_tenant_id=partner)
            authority.cloud.edit(own_id, kind="consent", client_id=stranger, state="missing")
        profiles: dict[str, dict[str, object]] = {
            "one": {"tenants": [made[0]["organization_id"]]},
            "two": {
                "tenants": [made[1]["organization_id"]],
                "tenant_id": OTHER_HOME,
                "client_id": OTHER_CLIENT,
                "certificate_file": str(second.file),
            },
        }
        async with open_access_world(temporal_client, database_url, authority, tmp_path, profiles) as cloud:
            orders = [cloud.world.order(each) for each in made]
            results = await asyncio.gather(*(cloud.world.complete(order) for order in orders))

            assert [result.outcome for result in results] == ["completed", "completed"]
            for order in orders:
                assert not cloud.notes(order)
                cloud.require_nobody_blamed(order)
