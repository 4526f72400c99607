"""The `temporal` command of the server's package, as anybody who reaches its port has it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from ops.stack.temporal_server import temporal_binary
from tests.support.worlds.world import World


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the command said."""

    code: int
    text: str


async def temporal(world: World, *arguments: str) -> Told:
    """Run the command against the server of a world."""
    address = world.client.service_client.config.target_host
    process = await asyncio.create_subprocess_exec(
        temporal_binary(),
        *arguments,
        *("--address", address, "--namespace", world.client.namespace),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return Told(code=process.returncode or 0, text=said.decode())


def inputs(*messages: Any) -> list[str]:
    """Return the arguments that give messages as JSON."""
    return [part for message in messages for part in ("--input", json.dumps(message))]
