"""A world that signs in at an authority by profiles, and ways to end its access."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from temporalio.client import Client

from activities.contract import SwitchOrder
from domain.ports.cloud import CloudFactory
from domain.switch.waiting_events import WaitNoted
from providers.access.cloud_access import cloud_access
from providers.access.profiles import Audience, CloudProfiles
from providers.profile_cloud import profile_factory
from store.switch_store import SwitchStore
from store.vault.secret_files import open_to_others
from tests.support.access.assertions import person_tokens
from tests.support.access.authority import SELLER_SCOPE, Authority
from tests.support.access.profile_files import profile_file
from tests.support.clouds.cloud_server import SandboxCloud
from tests.support.worlds.world import CLEAN, TARGET_PLAN, World, open_world

USERS = 60
PROFILE = "one"
#: Profile -> its fields beside the usual ones.
Profiles = Mapping[str, Mapping[str, object]]


@dataclass(kw_only=True)
class AccessWorld:
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

    def sign_in(self) -> None:
        """Let a person sign in for the seller."""
        token = person_tokens(self.authority, SELLER_SCOPE)["refresh_token"]
        self.world.store.cloud_sign_ins.keep_sign_in(
            PROFILE, Audience.SELLER.value, self.authority.client_id, token, actor="olga"
        )


@asynccontextmanager
async def open_access_world(
    client: Client, database_url: str, authority: Authority, folder: Path, profiles: Profiles | None = None
) -> AsyncIterator[AccessWorld]:
    """Open a world with a worker that signs in at an authority.

    Args:
        client: Of Temporal.
        database_url: Of an empty database.
        authority: Its sandbox is directory and seller.
        folder: Takes the file of profiles.
        profiles: In place of one in which a person has signed in for the seller.
    """
    certificate = folder / "app.pem"
    certificate.write_text(authority.certificate.file.read_text())
    certificate.chmod(0o600)
    usual = {PROFILE: {"grant": "application_and_user", "certificate_file": str(certificate)}}
    connect = _connect(authority, folder, profiles or usual)
    async with open_world(client, database_url, authority.cloud, folder, connect=connect) as world:
        opened = AccessWorld(world=world, authority=authority, certificate=certificate)
        if profiles is None:
            await asyncio.to_thread(opened.sign_in)
        yield opened


def _connect(
    authority: Authority, folder: Path, profiles: Profiles
) -> Callable[[SandboxCloud, SwitchStore], tuple[CloudFactory, Callable[[], None]]]:
    """Return what connects a world by profiles: directory and seller over TLS, our interfaces beside."""

    def connect(sandbox: SandboxCloud, store: SwitchStore) -> tuple[CloudFactory, Callable[[], None]]:
        parties = {
            "billing_url": f"{sandbox.url}/billing/v1",
            "credit_url": f"{sandbox.url}/credit/v1",
            "notices_url": f"{sandbox.url}/notices/v1",
        }
        for name, fields in profiles.items():
            profile_file(authority, folder, name, access="write", **parties, **fields)
        read = CloudProfiles.load(folder / "cloud.toml")
        access = cloud_access(read, is_open_to_others=open_to_others, sign_ins=store.cloud_sign_ins)
        return profile_factory(read, access.tokens)

    return connect
