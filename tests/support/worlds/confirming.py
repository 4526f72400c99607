"""Telling the sandbox's referee what an operator confirms with an order."""

from __future__ import annotations

import asyncio

from activities.contract import SwitchOrder
from tests.support.clouds.cloud_server import SandboxCloud


async def confirm(sandbox: SandboxCloud, order: SwitchOrder, *, is_refused: bool = False) -> None:
    """Tell what is confirmed with the order that comes; one that was refused has confirmed nothing."""
    codes = () if is_refused else order.acknowledgments
    if order.acknowledgments:
        await asyncio.to_thread(
            sandbox.acknowledge,
            order.organization_id,
            order.target_plan_id,
            codes,
            is_owned=order.licenses_only,
        )
