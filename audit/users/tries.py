"""How often a user was tried, and when last: one try is one pass that dealt with the user."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from domain.licenses.move import GroupMoved
from store.switch_store import SwitchStore


@dataclass(kw_only=True)
class PassTimes:
    """When each group of the passes of a switch was recorded; a pass is read once, when it is asked for."""

    store: SwitchStore
    switch_id: str
    _groups: dict[str, tuple[GroupMoved, ...]] = field(default_factory=dict)

    def at(self, pass_name: str, position: int) -> datetime | None:
        """Return when the pass had dealt with the user at a position; None: no group tells."""
        if pass_name not in self._groups:
            self._groups[pass_name] = self.store.chunks(self.switch_id, pass_name)
        return _newest(group for group in self._groups[pass_name] if group.first_position <= position)


def _newest(before: Iterable[GroupMoved]) -> datetime | None:
    """Return the instant of the group that begins last: groups follow each other by position."""
    group = max(before, key=lambda each: each.first_position, default=None)
    return group.timestamp.astimezone(UTC) if group else None
