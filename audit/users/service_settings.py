"""What became of the services that users had switched off, over all passes of a switch (switch#services)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.licenses.move import GroupMoved, MoveRow

if TYPE_CHECKING:
    from audit.story.show import SwitchAudit
    from store.switch_store import SwitchStore


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceSettings:
    """Totals over users; each setting is one service that one user had switched off."""

    #: Users whose license moved.
    users: int
    #: Switched off before, and still.
    kept: int
    #: The new plan does not have the service.
    no_counterpart: int
    #: Services that are switched on now and were not before.
    newly_granted: int
    #: Switched off with others, as nothing that they need is on.
    dependents: int


def service_settings_of(store: SwitchStore, audit: SwitchAudit) -> ServiceSettings:
    """Count the settings of every user whom a pass moved."""
    passes = dict.fromkeys(
        str(entry.facts["pass_name"]) for entry in audit.events if entry.event == GroupMoved.TOPIC
    )
    moved = [row for name in passes for row in _rows(store, audit.switch_id, name) if row.outcome == "moved"]
    return ServiceSettings(
        users=len(moved),
        kept=sum(len(row.kept) for row in moved),
        no_counterpart=sum(len(row.no_counterpart) for row in moved),
        newly_granted=sum(len(row.newly_granted) for row in moved),
        dependents=sum(len(row.dependents) for row in moved),
    )


def _rows(store: SwitchStore, switch_id: str, pass_name: str) -> Iterable[MoveRow]:
    after = -1
    while page := store.license_rows(switch_id, pass_name, after_position=after):
        yield from page
        after = page[-1].position
