"""The table of docs/notices.md as a person reads it; it shares nothing with the program's table."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

DOCUMENT = Path(__file__).parents[3] / "docs" / "notices.md"
_ROW = re.compile(r"^\| `(\w+)` \| (.+?) \| subscribers \| once for each switch \| (.+?) \|$", re.MULTILINE)
_CAUSE = re.compile(r"^`([\w.-]+)`(?: (if|unless) `(\w+)` is ((?:`\w+`(?: or )?)+))?$")


@dataclass(frozen=True, kw_only=True)
class WrittenCause:
    """An event of the second column."""

    topic: str
    #: "if", "unless" or "".
    condition: str
    field: str
    values: frozenset[str]

    def is_met(self, topic: str, facts: dict[str, Any]) -> bool:
        """Tell whether a stored event causes the notice."""
        if topic != self.topic:
            return False
        if not self.condition:
            return True
        return (str(facts[self.field]) in self.values) == (self.condition == "if")


@dataclass(frozen=True, kw_only=True)
class WrittenKind:
    """A row of the table."""

    kind: str
    causes: tuple[WrittenCause, ...]
    subject: str


def written_kinds() -> list[WrittenKind]:
    """Return the rows of the table, in order."""
    return [
        WrittenKind(kind=kind, causes=tuple(map(_cause, causes.split("; "))), subject=subject)
        for kind, causes, subject in _ROW.findall(DOCUMENT.read_text(encoding="utf-8"))
    ]


def _cause(text: str) -> WrittenCause:
    match = _CAUSE.match(text)
    assert match, text
    topic, condition, field, values = match.groups(default="")
    return WrittenCause(
        topic=topic, condition=condition, field=field, values=frozenset(re.findall(r"`(\w+)`", values))
    )


def caused(database_url: str) -> Iterator[tuple[str, str, str]]:
    """Yield switch, organization and kind of every notice that the stored events cause, by the document."""
    query = "SELECT topic, state FROM planswitch.switch_events ORDER BY notification_id"
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(query).fetchall()
    kinds = written_kinds()
    for topic, state in rows:
        facts = json.loads(bytes(state))
        for kind in kinds:
            if any(cause.is_met(topic, facts) for cause in kind.causes):
                yield facts["meta"]["switch_id"], facts["meta"]["organization_id"], kind.kind
