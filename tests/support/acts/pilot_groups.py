"""Groups of the directory that tests name as a pilot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from activities.contract import SwitchOrder
from domain.ports.directory_port import DirectoryUser
from sandbox.cloud.state import named_id
from tests.support.clouds.cloud_server import SandboxCloud
from tests.support.worlds.world import SOURCE_PLAN, World

NAME = "pilots"


def users_of(sandbox: SandboxCloud, organization_id: str) -> tuple[DirectoryUser, ...]:
    """Return the users of the old plan in the directory's order."""
    return sandbox.cloud.directory.users_page(organization_id, SOURCE_PLAN, None).users


def make_group(sandbox: SandboxCloud, organization_id: str, members: Iterable[str], name: str = NAME) -> str:
    """Put users into a group, which is made with the first, and return its id."""
    edits = [{"kind": "group_member", "name": name, "user_id": user_id} for user_id in members]
    sandbox.edit(organization_id, edits=edits)
    return named_id(organization_id, f"group:{name}")


def empty_group(sandbox: SandboxCloud, organization_id: str, members: Iterable[str]) -> None:
    """Take users out of the group."""
    for user_id in members:
        sandbox.edit(organization_id, kind="group_member", name=NAME, user_id=user_id, is_member=False)


def pilot_order(
    world: World, organization: dict[str, Any], numbers: Sequence[int], **changes: Any
) -> tuple[SwitchOrder, list[str]]:
    """Return an order whose pilot are users by their place in the directory, and who they are."""
    organization_id = organization["organization_id"]
    users = users_of(world.sandbox, organization_id)
    members = [users[number].directory_id for number in numbers]
    group_id = make_group(world.sandbox, organization_id, members)
    return replace(world.order(organization), pilot_group_id=group_id, **changes), members
