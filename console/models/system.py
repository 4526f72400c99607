"""Answers about the installation itself: health, readiness, projections, sign-in, support."""

from __future__ import annotations

from typing import Literal

from console.models.base import Answer, RecordedObject
from projections.board.rows import IncompleteStream
from projections.reads.shown_rows import InstantText


class Health(Answer):
    """The console answers."""

    status: Literal["ok"] = "ok"


class PartReadiness(Answer):
    """One part on which switches depend."""

    part: str
    #: ok, warning, down or unknown.
    state: str
    code: str
    detail: str
    remedy: str
    figures: dict[str, int | float]


class ReadinessAnswer(Answer):
    """What anybody may read: no address, no account, no message of a server."""

    status: Literal["ready", "not_ready"]
    #: By the console's clock: an answer whose instant stands still is an old one.
    looked_at: InstantText
    parts: tuple[PartReadiness, ...]


class ProjectionAnswer(Answer):
    """How far a projection is behind the events."""

    name: str
    version: int
    position: int
    head: int
    lag: int
    dead_letters: int
    updated_at: InstantText
    behind_seconds: float
    #: null: the projector has never worked.
    silence_seconds: float | None
    incomplete: tuple[IncompleteStream, ...]
    is_degraded: bool
    #: ok, behind, silent or degraded.
    state: str
    shown_age_seconds: float


class Projections(Answer):
    """How far the read models are behind the events."""

    projections: tuple[ProjectionAnswer, ...]


class SignInCode(Answer):
    """A path that signs a browser in once."""

    path: str
    lifetime_seconds: int


class SupportContact(Answer):
    """Whom this installation calls support; "" where nobody was named."""

    contact: str


class SupportBundle(Answer):
    """The redacted facts of one case; it holds nobody's data and no secret."""

    format: str
    format_version: int
    made_at: InstantText
    product_version: str
    contact: str
    catalog_versions: tuple[str, ...]
    rule_sets: tuple[str, ...]
    #: Assessments, quotes, calls and events as they were recorded, in every older version.
    case: RecordedObject
