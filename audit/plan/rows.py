"""Rows of a plan beside what happened; each says whether it came as planned, and why where it did not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.kernel.money import Money


class PlanState(StrEnum):
    """How one thing came, compared with the plan."""

    AS_PLANNED = "as_planned"
    OTHERWISE = "otherwise"
    #: The switch goes on: nothing can be said yet.
    SO_FAR = "so_far"
    #: Nobody planned it, so there is nothing to compare.
    UNPLANNED = "unplanned"


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedTime:
    """Something with a begin and an end: the whole switch, the move of licenses, a wait or a lock."""

    #: In words.
    what: str
    begun_at: datetime
    #: None: nobody planned or promised one.
    planned_end_at: datetime | None
    #: None: it goes on.
    ended_at: datetime | None
    #: From the planned end to the actual one; negative is early, None where either is not known.
    late_seconds: int | None
    state: PlanState
    why: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedCount:
    """A number of users, licenses or services."""

    what: str
    #: None: the plan does not say.
    planned: int | None
    #: None: it has not happened, or the record does not say.
    actual: int | None
    state: PlanState
    why: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedAmount:
    """An amount: as the accepted quote has it for the day, and as it was billed."""

    what: str
    #: None: the quote can't be computed.
    quoted: Money | None
    #: None: it is not billed.
    billed: Money | None
    #: Billed less quoted; None where either is not known.
    difference: Money | None
    state: PlanState
    why: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedMoney:
    """The accepted quote beside the bill."""

    #: First day on which the switch could complete, and the total of that day with tax: what the plan showed.
    first_on: date | None
    first_total: Money | None
    #: Day that was billed; None: nothing is billed.
    billed_on: date | None
    amounts: tuple[PlannedAmount, ...]
    #: Why the quote can't be computed again; "" where it can.
    broken: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanAndActual:
    """A switch as it was planned, and as it went."""

    switch_id: str
    organization_id: str
    #: Whether it has ended; otherwise everything is so far.
    has_ended: bool
    #: How it ended; "" while it goes on.
    outcome: str
    #: OTHERWISE where anything came otherwise.
    state: PlanState
    times: tuple[PlannedTime, ...]
    locks: tuple[PlannedTime, ...]
    users: tuple[PlannedCount, ...]
    money: PlannedMoney
    services: tuple[PlannedCount, ...]

    @property
    def otherwise(self) -> int:
        """Return how many rows came otherwise."""
        states = [
            *(each.state for each in (*self.times, *self.locks)),
            *(each.state for each in (*self.users, *self.services)),
            *(each.state for each in self.money.amounts),
        ]
        return states.count(PlanState.OTHERWISE)
