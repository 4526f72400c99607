"""Commands on users who could not be moved."""

from __future__ import annotations

from activities.contract import SwitchOrder
from tests.support.worlds.world import OPERATOR, SwitchHandle, World
from workflows.base.messages import CommandAnswer, RetryUsers, SkipUser
from workflows.switch.plan_switch import PlanSwitch


def key_of(world: World, order: SwitchOrder, user: str) -> str:
    """Return the opaque key of a user."""
    (key,) = world.store.vault.keys_for(order.organization_id, [user])
    return str(key)


async def skip(handle: SwitchHandle, key: str, request_id: str, *, accept: bool = False) -> CommandAnswer:
    """Send the operator's skip."""
    command = SkipUser(
        request_id=request_id, actor=OPERATOR, reason="leaves", user_key=key, is_loss_accepted=accept
    )
    return await handle.execute_update(PlanSwitch.skip_user, command)


async def retry_users(handle: SwitchHandle, *keys: str, request_id: str = "users-1") -> CommandAnswer:
    """Send the operator's retry of single users."""
    command = RetryUsers(request_id=request_id, actor=OPERATOR, reason="mended", user_keys=keys)
    return await handle.execute_update(PlanSwitch.retry_users, command)
