"""An event's own facts as plain JSON, without what every event has and without large evidence."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from domain.kernel.facts import as_plain

#: Fields that every event has.
_COMMON = frozenset({"originator_id", "originator_version", "timestamp", "meta", "originator_topic"})
#: Fields that are read in the event itself: evidence by the page.
_EVIDENCE = frozenset({"assessment", "quote", "subject", "batches"})


def summary_of(event: Any) -> dict[str, Any]:
    """Return the event's facts for a timeline; dates and money in the record's own spelling."""
    facts = {name: value for name, value in vars(event).items() if name not in _COMMON | _EVIDENCE}
    return {name: _plain(value) for name, value in facts.items()}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else as_plain(value)
