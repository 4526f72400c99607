"""Access that ends in the middle: the switch renews it, or waits and goes on by itself; nobody is blamed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from temporalio.client import Client

from activities.contract import SwitchOrder
from domain.kernel.awaited import Party
from domain.ports.cloud import CloudFactory
from domain.switch.waiting_events import WaitNoted
from ops.stack.postgres_server import EmbeddedPostgres
from providers.access.cloud_access import cloud_access
from providers.access.profiles import Audience, CloudProfiles
from providers.profile_cloud import profile_factory
from store.switch_store import SwitchStore
from store.vault.secret_files import open_to_others
from tests.support.clouds.assertions import person_tokens
from tests.support.clouds.authority import SELLER_SCOPE, Authority, client_certificate, running_authority
from tests.support.clouds.cloud_server import SandboxCloud
from tests.support.clouds.profile_files import profile_file
from tests.support.worlds.world import CLEAN, TARGET_PLAN, World, open_world

USERS = 60
PROFILE = "one"


@dataclass(kw_only=True)
class _Cloud:
    """A world that signs in at an authority."""

    world: World
    authority: Authority
    #: Of the application; replaced by a test.
    certificate: Path

    def order(self) -> SwitchOrder:
        """Return the order of a switch of an organization of its own."""
        return self.world.order(self.world.organization(users=USERS))

    def faults(self, order: SwitchOrder, *rules: dict[str, Any]) -> None:
        """Make calls about an organization go wrong."""
        self.authority.faults(order.organization_id, *rules)

    def notes(self, order: SwitchOrder) -> list[WaitNoted]:
        """Return the waits that were noted."""
        events = [each.event for each in self.world.source_events(order)]
        return [event for event in events if isinstance(event, WaitNoted)]

    async def until_noted(self, order: SwitchOrder, code: str) -> WaitNoted:
        """Wait until a wait of a code is noted, and return it."""
        await self.world.until(lambda: any(each.code == code for each in self.notes(order)))
        return next(each for each in self.notes(order) if each.code == code)

    def require_nobody_blamed(self, order: SwitchOrder) -> None:
        """Hold the switch against the referee, and every row of a user against a move."""
        assert self.world.failings(order) == CLEAN
        rows = self.world.store.license_rows(order.switch_id, "move")
        assert {row.outcome for row in rows} == {"moved"}
        assert len({row.user_key for row in rows}) == USERS
        assert all(TARGET_PLAN in plans for plans in self.world.users(order).values())


def _connect(
    authority: Authority, folder: Path, certificate: Path
) -> Callable[[SandboxCloud, SwitchStore], tuple[CloudFactory, Callable[[], None]]]:
    """Return what connects a world by a profile: directory and seller over TLS, our interfaces beside."""

    def connect(sandbox: SandboxCloud, store: SwitchStore) -> tuple[CloudFactory, Callable[[], None]]:
        file = profile_file(
            authority,
            folder,
            PROFILE,
            access="write",
            grant="application_and_user",
            certificate_file=str(certificate),
            billing_url=f"{sandbox.url}/billing/v1",
            credit_url=f"{sandbox.url}/credit/v1",
            notices_url=f"{sandbox.url}/notices/v1",
        )
        profiles = CloudProfiles.load(file)
        access = cloud_access(profiles, is_open_to_others=open_to_others, sign_ins=store.cloud_sign_ins)
        return profile_factory(profiles, access.tokens)

    return connect


@pytest_asyncio.fixture(scope="module", name="cloud")
async def _cloud(
    temporal_client: Client, postgres_server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[_Cloud]:
    """Yield a world with a worker that signs in at an authority."""
    folder = Path(tmp_path_factory.mktemp("access"))
    database_url = postgres_server.create_database("access_world")
    with running_authority(folder) as authority:
        certificate = folder / "app.pem"
        certificate.write_text(authority.certificate.file.read_text())
        certificate.chmod(0o600)
        connect = _connect(authority, folder, certificate)
        async with open_world(
            temporal_client, database_url, authority.cloud, folder, connect=connect
        ) as world:
            cloud = _Cloud(world=world, authority=authority, certificate=certificate)
            await asyncio.to_thread(_sign_in, cloud)
            yield cloud


def _sign_in(cloud: _Cloud) -> None:
    """Let a person sign in for the seller."""
    token = person_tokens(cloud.authority, SELLER_SCOPE)["refresh_token"]
    cloud.world.store.cloud_sign_ins.keep_sign_in(
        PROFILE, Audience.SELLER.value, cloud.authority.client_id, token, actor="olga"
    )


async def test_tokens_that_end_in_the_middle_are_renewed_and_nobody_notices(cloud: _Cloud) -> None:
    """An expired token and a claims challenge cost one call each, in every step (access#tokens)."""
    orders = [cloud.order(), cloud.order()]
    for order, fault in zip(orders, ("token_expired", "claims_challenge"), strict=True):
        cloud.faults(
            order,
            {"operation": "change_licenses", "fault": fault, "hits": [2]},
            {"operation": "cancel_subscription", "fault": fault, "hits": [1]},
        )
    results = await asyncio.gather(*(cloud.world.complete(order) for order in orders))

    for order, result in zip(orders, results, strict=True):
        assert (result.outcome, result.moved) == ("completed", USERS)
        assert not cloud.notes(order)
        calls = cloud.world.store.calls(order.switch_id)
        refused = [each.call.operation for each in calls if each.call.status == 401]
        assert sorted(refused) == ["cancel_subscription", "change_licenses"]
        cloud.require_nobody_blamed(order)


async def test_consent_that_is_withdrawn_is_waited_for_and_the_switch_goes_on_by_itself(
    cloud: _Cloud,
) -> None:
    """The wait names who consents, by which link; after the consent nobody has to do anything more."""
    order = cloud.order()
    cloud.faults(order, {"operation": "change_licenses", "fault": "consent_missing", "hits": [2]})
    handle, answer = await cloud.world.start(order)
    assert answer.accepted
    note = await cloud.until_noted(order, "ACCESS_LOST")

    assert note.party == Party.ADMINISTRATOR.value
    assert "AADSTS65001" in note.message
    assert f"/{order.organization_id}/adminconsent?client_id={cloud.authority.client_id}" in note.remedy
    cloud.authority.cloud.edit(order.organization_id, kind="consent", client_id=cloud.authority.client_id)
    result = await cloud.world.result(handle)

    assert (result.outcome, result.moved) == ("completed", USERS)
    cloud.require_nobody_blamed(order)


async def test_a_revoked_sign_in_is_waited_for_until_somebody_signs_in(cloud: _Cloud) -> None:
    """The seller is asked in a person's name: its end waits for an operator, with the command."""
    order = cloud.order()
    cloud.faults(order, {"operation": "cancel_subscription", "fault": "sessions_revoked", "hits": [1]})
    handle, _answer = await cloud.world.start(order)
    note = await cloud.until_noted(order, "ACCESS_LOST")

    assert note.party == Party.OPERATOR.value
    assert "AADSTS50173" in note.message
    assert "planswitch cloud sign-in one" in note.remedy
    await asyncio.to_thread(_sign_in, cloud)
    result = await cloud.world.result(handle)

    assert result.outcome == "completed"
    cloud.require_nobody_blamed(order)


async def test_a_relationship_that_ends_is_waited_for(cloud: _Cloud) -> None:
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


async def test_a_certificate_is_replaced_while_a_switch_runs(cloud: _Cloud, tmp_path: Path) -> None:
    """The old one is taken away first: the switch waits, and takes the new file by itself."""
    order = cloud.order()
    ambush = cloud.world.ambushes.lay(order.switch_id, "license_reassignment.move_slice:call:change_licenses")
    handle, _answer = await cloud.world.start(order)
    await cloud.world.until(ambush.is_reached.is_set)
    new = client_certificate(tmp_path, "new")
    cloud.authority.register(certificates=[new.certificate])
    cloud.authority.revoke(order.organization_id)
    cloud.world.ambushes.go_on(order.switch_id)
    note = await cloud.until_noted(order, "ACCESS_LOST")

    assert "AADSTS700027" in note.message
    cloud.certificate.write_text(new.file.read_text())
    result = await cloud.world.result(handle)

    assert result.outcome == "completed"
    cloud.require_nobody_blamed(order)
