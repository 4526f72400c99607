"""What is declared of a stored event: what it may follow, where it leads, what it changes, and its effect.

Below stand the words for what is in an event: plans, instants and names of the record as people read them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from domain.catalog.catalog import UnknownPlan, load_catalog
from domain.switch.stage import Stage
from domain.switch.stage_words import StageWords, words_of


class WaitKind(StrEnum):
    """The waits of a switch."""

    ELIGIBILITY = "eligibility"
    CREDIT_CHECK = "credit_check"
    CREDIT_OVERDUE = "credit_overdue"
    PROVISIONING = "provisioning"
    HOLD = "hold"
    PAUSE = "pause"
    STUCK = "stuck"
    #: The whole switch, which is to be done by its promised end.
    PROMISE = "promise"
    INVOICE = "invoice"
    SETTLEMENT = "settlement"
    #: A step that is tried again.
    STEP = "step"


@dataclass(frozen=True, kw_only=True, slots=True)
class Declaration:
    """One stored event, as every reader knows it."""

    event: type[Any]
    #: Returns what an event of it changed, in one line.
    effect: Callable[[Any], str]
    #: Columns of the board that it changes, beside those that follow from the stage that it leads to.
    board: frozenset[str]
    #: Wait that begins with it; None: none does.
    begins: WaitKind | None

    @property
    def follows(self) -> frozenset[Stage] | None:
        """Return the stages that it may follow; None for an event that no stage decides."""
        return getattr(self.event, "AFTER", None)

    @property
    def leads_to(self) -> Stage | None:
        """Return the stage that it leads to; None leaves the stage as it is."""
        return getattr(self.event, "STAGE", None)

    @property
    def words(self) -> StageWords | None:
        """Return whom the switch waits for after it, and its mark; None where both stay as they are."""
        return words_of(self.leads_to) if self.leads_to else None


def declared(
    event: type[Any], effect: Callable[[Any], str], *, board: str = "", begins: WaitKind | None = None
) -> Declaration:
    """Return what is declared of an event.

    Args:
        event: Its class, which says itself what it may follow and where it leads.
        effect: Returns what an event of it changed, in one line.
        board: Columns of the board that it changes, with blanks between.
        begins: Wait that begins with it.
    """
    return Declaration(event=event, effect=effect, board=frozenset(board.split()), begins=begins)


def table_of(*declarations: Declaration) -> Mapping[type[Any], Declaration]:
    """Return declarations by their event; a dictionary that is written out keeps the last of two, silently.

    Raises:
        ValueError: An event is declared twice.
    """
    table: dict[type[Any], Declaration] = {}
    for each in declarations:
        if each.event in table:
            raise ValueError(f"{each.event.__qualname__} is declared twice; keep one.")
        table[each.event] = each
    return table


def time_of(moment: datetime) -> str:
    """Return an instant for people, to the second."""
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def codes_of(reasons: Sequence[dict[str, Any]]) -> str:
    """Return the codes of what stands in the way of a request that waits."""
    return ", ".join(each["code"] for each in reasons) or "nothing blocks the switch"


def name_words(name: str) -> str:
    """Return a name of the record as people read it."""
    return name.replace("_", " ")


def plan_name(plan_id: str) -> str:
    """Return the name that people use today, or the id of a plan that the catalog no longer has."""
    try:
        return load_catalog().plan(plan_id).name
    except UnknownPlan:
        return f"plan {plan_id}"
