"""One wait of a switch: the finished story, and its state while the events are read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from domain.event_table.event_declaration import WaitKind

#: `Wait.ended` of a wait that goes on.
OPEN = "open"


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """Something that happened while a switch waited, and did not end the wait."""

    at: datetime
    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Wait:
    """One wait."""

    kind: WaitKind
    #: What is waited for, in words, and every thing of it by name.
    about: str
    names: tuple[str, ...]
    #: When it is looked next, by the newest note; None where nobody knows, or it has ended.
    looks_at: datetime | None
    #: Seconds from one look to the next, where they are steady; 0: nobody knows.
    looks_every_seconds: int
    begun_at: datetime
    #: As the newest plan has it; None when nobody planned an end.
    planned_end_at: datetime | None
    #: None while it goes on.
    ended_at: datetime | None
    #: One word, such as approved, extended or retried; `open` while it goes on.
    ended: str
    #: Why it ended, in words.
    why: str
    #: What ends it; "" once it has ended.
    what_to_do: str
    marks: tuple[Mark, ...]

    @property
    def is_open(self) -> bool:
        """Return whether it goes on."""
        return self.ended_at is None


@dataclass(kw_only=True)
class RunningWait:
    """A wait while its events are read."""

    kind: WaitKind
    about: str
    names: tuple[str, ...] = ()
    looks_at: datetime | None = None
    looks_every_seconds: int = 0
    #: Step that waits, by the name of its activity.
    step: str = ""
    planned_end_at: datetime | None = None
    #: When a credit check is given up.
    cap_at: datetime | None = None
    what_to_do: str = ""
    is_missed: bool = False
    #: The command to go back that was recorded before the wait began; "" without one.
    turned_by: str = ""
    begun_at: datetime | None = None
    ended_at: datetime | None = None
    ended: str = OPEN
    why: str = "still waiting"
    marks: list[Mark] = field(default_factory=list)

    def as_wait(self) -> Wait:
        """Return the wait as it stands."""
        if self.begun_at is None:
            raise AssertionError
        return Wait(
            kind=self.kind,
            about=self.about,
            names=self.names,
            looks_at=None if self.ended_at else self.looks_at,
            looks_every_seconds=0 if self.ended_at else self.looks_every_seconds,
            begun_at=self.begun_at,
            planned_end_at=self.planned_end_at,
            ended_at=self.ended_at,
            ended=self.ended,
            why=self.why,
            what_to_do="" if self.ended_at else self.what_to_do,
            marks=tuple(self.marks),
        )
