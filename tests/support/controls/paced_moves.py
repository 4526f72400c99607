"""Moves of users that take a while each, while everything else is as fast as ever."""

from __future__ import annotations

import dataclasses
import time
from typing import Any

from domain.ports.cloud import Cloud
from tests.support.worlds.world import World


class PacedMoves:
    """Changes of licenses that take `seconds` each; calls that have begun keep their time.

    Args:
        world: Whose cloud is paced, until it is calm again.
        seconds: What one call takes longer.
    """

    def __init__(self, world: World, *, seconds: float) -> None:
        self.seconds = seconds
        world.change_cloud = self._paced

    def _paced(self, cloud: Cloud) -> Cloud:
        directory: Any = _PacedDirectory(cloud.directory, self)
        return dataclasses.replace(cloud, directory=directory)


class _PacedDirectory:
    def __init__(self, directory: Any, pace: PacedMoves) -> None:
        self._directory = directory
        self._pace = pace

    def __getattr__(self, name: str) -> Any:
        return getattr(self._directory, name)

    def change_licenses(self, *arguments: Any, **named: Any) -> Any:
        """Change licenses, some time later."""
        time.sleep(self._pace.seconds)
        return self._directory.change_licenses(*arguments, **named)
