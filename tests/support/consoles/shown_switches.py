"""Answers of the API in tests: as JSON, and rows with nothing in them but what a test says."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, get_type_hints

from cli.text.output import as_facts
from console.models.switches import ShownSwitch
from projections.reads.shown_rows import EventRow

#: What stands in a field of a type that a test leaves out; None in any other.
_BLANKS: dict[object, object] = {str: "", int: 0, bool: False, list[str]: []}


def facts_of(answer: object) -> dict[str, Any]:
    """Return an answer as JSON, for tests that look into it by name."""
    return as_facts(answer)


def shown_switch(**known: object) -> ShownSwitch:
    """Return a switch of which these fields are known."""
    return ShownSwitch(**(_blank(ShownSwitch) | known))  # type: ignore[arg-type]


def event_row(**known: object) -> EventRow:
    """Return an event of which these fields are known."""
    return EventRow(**(_blank(EventRow) | known))  # type: ignore[arg-type]


def _blank(kind: type[ShownSwitch | EventRow]) -> dict[str, object]:
    hints = get_type_hints(kind)
    return {
        each.name: () if str(hints[each.name]).startswith("tuple") else _BLANKS.get(hints[each.name])
        for each in fields(kind)
    }
