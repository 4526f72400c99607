"""The table of event types in docs/webhooks.md.

`python -m tools.pages.webhook_table` writes it anew; a test compares it with the code.
"""

from __future__ import annotations

from pathlib import Path

from domain.webhooks.event_types import TYPES

PAGE = Path(__file__).parents[2] / "docs" / "webhooks.md"
_BEGIN, _END = "<!-- types:begin -->", "<!-- types:end -->"


def table() -> str:
    """Return the table, with what each event is."""
    rows = [f"| `{each.name}` | {each.meaning} | {_fields(each.fields)} |" for each in TYPES]
    return "\n".join(["| type | when | fields |", "|---|---|---|", *rows])


def page_with_table(text: str) -> str:
    """Return the page with the table of today."""
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}\n{table()}\n{_END}{after}"


def _fields(fields: tuple[str, ...]) -> str:
    return ", ".join(f"`{each}`" for each in fields) or "none"


if __name__ == "__main__":
    PAGE.write_text(page_with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
