"""How fast a stored record is sealed: read, hashed, signed, recorded, and published on the disk."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from audit.seals.folder import SealFolder
from audit.seals.keys import KeyFile
from audit.seals.sealer import Sealer
from store.core.application import SwitchApplication
from store.record.seals import SealStore


def seal_record(database_url: str, folder: Path) -> dict[str, Any]:
    """Seal everything that no seal covers yet, and return how fast that was.

    Args:
        database_url: A migrated store that the caller has filled, and throws away.
        folder: An empty folder; keys and published seals are made in it.

    Returns:
        `events`, `calls`, `seals`, `seal_seconds` and `seal_events_per_second`.
    """
    keys = KeyFile(folder / "seal.key")
    keys.make(datetime.now(tz=UTC))
    events = calls = seals = 0
    with SwitchApplication(database_url, pool_size=1) as application:
        sealer = Sealer(SealStore(application), SealFolder(folder / "seals"), keys)
        began = perf_counter()
        while (seal := sealer.seal_once(datetime.now(tz=UTC))) is not None:
            events, calls, seals = events + seal.events, calls + seal.calls, seals + 1
        seconds = perf_counter() - began
    return {
        "events": events,
        "calls": calls,
        "seals": seals,
        "seal_seconds": round(seconds, 3),
        "seal_events_per_second": round(events / seconds),
    }
