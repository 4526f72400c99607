"""Steps of the schema as this program knows them, and what each of them means for programs that do not.

A step that expands adds what older programs neither read nor need: they go on beside it. A step that
contracts takes something away, and names the step whose programs can do without it
(upgrades#what-a-step-promises).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

#: The library's own creation of tables for our recorder.
EVENTS_STEP = "0000_events"
#: Where the SQL of the other steps lies.
MIGRATIONS = Path(__file__).parents[1] / "migrations"
#: What step 0000 means; change it when the library or our recorder creates something else.
_EVENTS_DEFINITION = b"eventsourcing 9.5 application recorder on uuid streams, with recorded_at"
#: Steps of before there were declarations; no program has ever worked without them beside newer ones.
_LAST_UNDECLARED = "0031"
#: Written before a file could say it, and never edited since.
_EXPANDING = frozenset({"0032_notice_answers_by_time", "0033_key_changes", "0034_log_origins"})
_EXPAND_LINE = "-- expand"
_CONTRACT_LINE = "-- contract after "


class Phase(StrEnum):
    """What a step means for programs that do not know it."""

    #: Of before there were declarations: whoever does not know it is too old.
    BASE = "base"
    EXPAND = "expand"
    CONTRACT = "contract"


@dataclass(frozen=True, kw_only=True, slots=True)
class SchemaStep:
    """One change of the schema."""

    name: str
    checksum: str
    phase: Phase
    #: A program that knows this step can do without what a contraction takes away; "" for other phases, and
    #: for a contraction that names none, which only its own program and later ones can bear.
    after: str = ""

    def is_borne_by(self, known: Mapping[str, SchemaStep]) -> bool:
        """Return whether a program works on a database that has this step.

        Args:
            known: The steps of the program, by name.
        """
        return self.name in known or self.phase == Phase.EXPAND or self.after in known


def known_steps(folder: Path = MIGRATIONS) -> dict[str, SchemaStep]:
    """Return every step by its name, in order.

    Args:
        folder: Holds one SQL file for each step but the first.
    """
    events = SchemaStep(name=EVENTS_STEP, checksum=_checksum(_EVENTS_DEFINITION), phase=Phase.BASE)
    return {EVENTS_STEP: events} | {file.stem: _step(file) for file in sorted(folder.glob("*.sql"))}


def newest_step(folder: Path = MIGRATIONS) -> str:
    """Return the name of the newest step, by which others tell how old this program is."""
    return max(known_steps(folder))


def _step(file: Path) -> SchemaStep:
    content = file.read_bytes()
    phase, after = _declaration(file.stem, content.decode("utf-8").partition("\n")[0])
    return SchemaStep(name=file.stem, checksum=_checksum(content), phase=phase, after=after)


def _declaration(name: str, first_line: str) -> tuple[Phase, str]:
    """Return what a step says of itself; one that says nothing counts as the more dangerous kind."""
    if name.partition("_")[0] <= _LAST_UNDECLARED:
        return Phase.BASE, ""
    if name in _EXPANDING or first_line == _EXPAND_LINE:
        return Phase.EXPAND, ""
    return Phase.CONTRACT, first_line.removeprefix(_CONTRACT_LINE) if _CONTRACT_LINE in first_line else ""


def is_declared(step: SchemaStep, folder: Path = MIGRATIONS) -> bool:
    """Return whether a step says what it means for older programs.

    Args:
        step: One of `known_steps`.
        folder: Holds its file.
    """
    return step.phase != Phase.CONTRACT or step.after in known_steps(folder)


def _checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
