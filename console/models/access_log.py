"""Answers about the access log."""

from __future__ import annotations

from console.models.base import Answer
from domain.people.access import AccessKind
from projections.reads.shown_rows import InstantText


class AccessAnswer(Answer):
    """One request to the console, as the access log has it."""

    #: Its number in the log.
    number: int
    at: InstantText
    kind: AccessKind
    #: Who made it; "" for strangers.
    actor: str
    #: Which key or session was shown; no secret.
    credential_id: str
    address: str
    method: str
    #: The template of its path.
    route: str
    #: "" where it names none.
    organization_id: str
    status: int
    #: The answer may hold names, addresses or directory ids of persons.
    shows_persons: bool
    request_id: str


class AccessLogPage(Answer):
    """One page of the access log, the newest entry first."""

    entries: tuple[AccessAnswer, ...]
    #: `after` of the next page; null: this is the last one.
    next: int | None
