"""What deciding again gives: how many decisions are the same, which differ, and which can't be made again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Decision(StrEnum):
    """What was decided."""

    ELIGIBLE = "eligible"
    REASON = "reason"
    ACKNOWLEDGMENTS = "acknowledgments"
    FINDINGS = "findings"
    DIRECTION = "direction"
    KIND = "kind"
    SERVICES = "services"
    SERVICE_SETTINGS = "service_settings"
    CREDIT_CHECK = "credit_check"
    QUOTE = "quote"
    BILL = "bill"
    CREDIT_DEADLINE = "credit_deadline"
    ADMINISTRATION_LOCK = "administration_lock"
    SWITCH_BACK = "switch_back"


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """One decision that would have been another one."""

    decision: Decision
    #: Which part of it: the code of a reason, a figure of a quote, a deadline; "": the whole.
    about: str
    #: Event that has it, by its place in the log, and its instant.
    position: int
    at: datetime
    recorded: str
    would_be: str
    #: Which input makes the difference.
    why: str
    #: Of a quote the day that is compared, and how many of its days differ; "" of any other decision.
    days: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Undecided:
    """One decision that can't be made again, as its inputs are not recorded."""

    decision: Decision
    position: int
    at: datetime
    why: str


@dataclass(kw_only=True, slots=True)
class Outcome:
    """What deciding again gave, for a switch or for a single assessment."""

    #: Decisions that were made again, whether they came out the same or not.
    decisions: int = 0
    differences: list[Difference] = field(default_factory=list)
    undecided: list[Undecided] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """The event whose decisions are compared, and where the results go."""

    outcome: Outcome
    position: int
    at: datetime

    def same(self, count: int = 1) -> None:
        """Count decisions that came out as they were recorded."""
        self.outcome.decisions += count

    def differs(
        self, decision: Decision, about: str, *, recorded: str, would_be: str, why: str, days: str = ""
    ) -> None:
        """Note a decision that came out another one."""
        self.outcome.decisions += 1
        self.outcome.differences.append(
            Difference(
                decision=decision,
                about=about,
                position=self.position,
                at=self.at,
                recorded=recorded,
                would_be=would_be,
                why=why,
                days=days,
            )
        )

    def compare(
        self, decision: Decision, about: str, recorded: str, would_be: str, *, why: str, days: str = ""
    ) -> None:
        """Count a decision, and note it where it came out another one."""
        if recorded == would_be:
            self.same()
        else:
            self.differs(decision, about, recorded=recorded, would_be=would_be, why=why, days=days)

    def cannot(self, decision: Decision, why: str) -> None:
        """Note a decision that can't be made again."""
        self.outcome.undecided.append(
            Undecided(decision=decision, position=self.position, at=self.at, why=why)
        )
