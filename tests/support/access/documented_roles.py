"""What docs/roles.md says, read from its tables: what a reader relies on, and no table of the code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_DOCUMENT = Path(__file__).parents[3] / "docs" / "roles.md"
_ROW = re.compile(r"^\| `([^`]+)` \| (.+?) \| ([a-z ]+) \|(?: (yes|\u2013) \|)?$", re.MULTILINE)
_NONE = "\u2013"
#: Role -> roles whose work it may do, as the table of roles on the page says.
INCLUDES = {
    "viewer": {"viewer"},
    "operator": {"viewer", "operator"},
    "approver": {"viewer", "approver"},
    "auditor": {"viewer", "auditor"},
    "administrator": {"viewer", "operator", "approver", "auditor", "administrator"},
}


@dataclass(frozen=True, kw_only=True)
class DocumentedRow:
    """One row: a route, a command or a view."""

    name: str
    roles: frozenset[str]
    #: Last part of the path -> roles that suffice for it.
    stricter: dict[str, frozenset[str]]
    over: str
    shows_persons: bool

    def suffices(self, role: str, command: str = "") -> bool:
        """Return whether a role suffices for it."""
        return bool(INCLUDES[role] & self.stricter.get(command, self.roles))


def documented(section: str) -> dict[str, DocumentedRow]:
    """Return the rows of a section of the page by their names."""
    text = _DOCUMENT.read_text(encoding="utf-8").split(f"\n## {section}\n")[1].split("\n## ")[0]
    return {
        name: DocumentedRow(
            name=name,
            roles=_names(roles.partition(";")[0]),
            stricter={command: _names(names) for command, names in re.findall(r"`(\w+)`: ([a-z ]+)", roles)},
            over=over,
            shows_persons=persons == "yes",
        )
        for name, roles, over, persons in _ROW.findall(text)
    }


def _names(text: str) -> frozenset[str]:
    return frozenset(text.strip().split(" or ")) - {_NONE}
