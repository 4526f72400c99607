"""The kill matrix as a table, on the screen and in docs/reliability.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "reliability.md"
BEGIN = "<!-- kill-matrix:begin (./run chaos matrix --write) -->"
END = "<!-- kill-matrix:end -->"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One kill: a scenario stopped at a point, and the part that was killed there."""

    scenario: str
    point: str
    part: str
    #: What went wrong; "" when nothing did.
    problem: str
    #: From the kill to the end of the switch.
    seconds: float
    #: False: the switch ended without passing the point, so the kill met it elsewhere.
    is_reached: bool = True


def table(cells: Sequence[Cell]) -> list[str]:
    """Return the lines of the table: a row for each scenario and point, a column for each part."""
    parts = list(dict.fromkeys(cell.part for cell in cells))
    rows = list(dict.fromkeys((cell.scenario, cell.point) for cell in cells))
    found = {(cell.scenario, cell.point, cell.part): cell for cell in cells}
    lines = [
        "| scenario | stopped at | " + " | ".join(f"kill {part}" for part in parts) + " |",
        "|---|---|" + "---|" * len(parts),
    ]
    for scenario, point in rows:
        results = [_result(found.get((scenario, point, part))) for part in parts]
        lines.append(f"| {scenario} | {point} | " + " | ".join(results) + " |")
    return lines


def write_table(cells: Sequence[Cell]) -> None:
    """Put the table between the markers of docs/reliability.md.

    Raises:
        ValueError: The page has no markers.
    """
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    if not rest:
        raise ValueError(f"{PAGE} has no marker {BEGIN}")
    ok = sum(not cell.problem for cell in cells)
    head = f"{len(cells)} kills; {ok} switches ended as the rules say."
    body = "\n".join([head, "", *table(cells)])
    PAGE.write_text(f"{before}{BEGIN}\n\n{body}\n\n{END}{after}", encoding="utf-8")


def _result(cell: Cell | None) -> str:
    if cell is None:
        return ""
    if cell.problem:
        return "**failed**"
    return f"ok {cell.seconds:.0f} s" if cell.is_reached else "(not passed)"
