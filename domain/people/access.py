"""Entries of the access log: who did what at the console, and how it was answered (access-log#entries)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AccessKind(StrEnum):
    """Why a request is in the access log."""

    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"
    #: It was answered 401, 403 or 429.
    REFUSAL = "refusal"
    #: It could change something, whether it was carried out or not.
    CHANGE = "change"
    #: Its answer may hold data of persons.
    PERSONS_READ = "persons_read"


@dataclass(frozen=True, kw_only=True, slots=True)
class AccessEntry:
    """One request to the console.

    Args:
        kind: Why it is in the log.
        actor: Who made it; "" for strangers.
        credential_id: Which key or session was shown; no secret.
        address: Where it came from.
        method: Of HTTP.
        route: The template of its path; the path itself may hold ids of users.
        organization_id: Directory id of the organization that it names; "" where it names none.
        status: HTTP status of the answer.
        shows_persons: The answer may hold names, addresses or directory ids of persons.
        request_id: Names it in every log.
    """

    kind: AccessKind
    actor: str
    credential_id: str
    address: str
    method: str
    route: str
    organization_id: str
    status: int
    shows_persons: bool
    request_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordedAccess(AccessEntry):
    """An entry as it is recorded: with its number in the log and the instant of the database's clock."""

    number: int
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class AccessFilter:
    """Which entries are read; None and "" filter nothing.

    Args:
        organizations: Only entries of these organizations, in lower case; None: of all, and of none.
        organization_id: Only entries of this organization, in any case.
        actor: Only entries of this actor, to the letter.
        address: Only entries from this address, to the letter.
        kind: Only entries of this kind.
        since: Only entries from this instant on.
        until: Only entries before this instant.
    """

    organizations: frozenset[str] | None = None
    organization_id: str = ""
    actor: str = ""
    address: str = ""
    kind: AccessKind | None = None
    since: datetime | None = None
    until: datetime | None = None
