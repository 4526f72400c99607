"""How a part of the installation is, as the others see it: for `doctor`, readiness, metrics and pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

OK = "ok"
#: It works, and somebody should look at it.
WARNING = "warning"
DOWN = "down"
#: What would tell is down itself.
UNKNOWN = "unknown"

EVENT_STORE = "event store"
PROJECTOR = "projector"
MASTER_KEY = "master key"
COMMAND_KEY = "command key"
RECONCILER = "reconciler"
SEALER = "sealer"
TEMPORAL = "temporal"
SEARCH_ATTRIBUTES = "search attributes"
CLOUD = "cloud"
WORKFLOWS = "workflows"
NOTICES = "notices"
WEBHOOKS = "webhooks"
#: Which build of the workers gets work; there where workers have versions.
DEPLOYMENT = "deployment"
#: Archive of what Temporal deletes after its retention.
HISTORIES = "histories"
#: A worker's part is this and the name of its queue.
WORKER = "worker"


@dataclass(frozen=True, kw_only=True, slots=True)
class PartState:
    """One part at one moment."""

    part: str
    #: OK, WARNING, DOWN or UNKNOWN.
    state: str
    #: What is so, without anything that only this installation may know.
    detail: str
    #: Stable code of what is wrong; "" where nothing is.
    code: str = ""
    #: What to do; "" where nothing is to be done.
    remedy: str = ""
    #: What the server said, for the operator alone: it may name addresses and accounts.
    cause: str = ""
    #: Figures by name, such as `silence_seconds`.
    figures: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_missing(self) -> bool:
        """Return whether nobody can count on this part."""
        return self.state in {DOWN, UNKNOWN}


@dataclass(frozen=True, kw_only=True, slots=True)
class Readiness:
    """Every part at one moment."""

    looked_at: datetime
    parts: tuple[PartState, ...]

    @property
    def is_ready(self) -> bool:
        """Return whether no part is missing."""
        return not any(each.is_missing for each in self.parts)


def ok(part: str, detail: str, figures: Mapping[str, float] | None = None) -> PartState:
    """Return a part with which all is well."""
    return PartState(part=part, state=OK, detail=detail, figures=figures or {})


def down(
    part: str,
    code: str,
    detail: str,
    remedy: str,
    *,
    cause: str = "",
    figures: Mapping[str, float] | None = None,
) -> PartState:
    """Return a part that does not work."""
    return PartState(
        part=part, state=DOWN, code=code, detail=detail, remedy=remedy, cause=cause, figures=figures or {}
    )


def warning(
    part: str,
    code: str,
    detail: str,
    remedy: str,
    *,
    cause: str = "",
    figures: Mapping[str, float] | None = None,
) -> PartState:
    """Return a part that works, at which somebody should look."""
    return replace(down(part, code, detail, remedy, cause=cause, figures=figures), state=WARNING)


def unknown(part: str, because: str) -> PartState:
    """Return a part that can't be looked at, since another one is missing."""
    return PartState(
        part=part,
        state=UNKNOWN,
        code="UNKNOWN",
        detail=f"is not known without {because}",
        remedy=f"Repair {because} first.",
    )
