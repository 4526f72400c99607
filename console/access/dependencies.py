"""What the console works with; its composition root builds it once per process."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from fastapi import Request

from console.access.readiness import ReadinessWatch
from console.access.sessions import Sessions
from console.access.wrong_tries import WrongTries
from services.base.tools import Tools


@dataclass(frozen=True, kw_only=True)
class ConsoleDependencies(Tools):
    """Everything that the endpoints use."""

    #: How the parts are on which switches depend.
    readiness: ReadinessWatch
    #: PostgreSQL of store and read models.
    database_url: str
    #: The operator's key; None refuses everybody.
    api_key: str | None
    #: Who acts when the key is used.
    actor: str
    sessions: Sessions
    #: Signs the credit bureau's callbacks; empty takes none.
    credit_secret: bytes = b""
    wrong_tries: WrongTries = field(default_factory=WrongTries)

    #: Whom this installation calls support; "" where nobody is named.
    support_contact: str = ""


def dependencies(request: Request) -> ConsoleDependencies:
    """Return the dependencies of the app that serves `request`, with one catalog for the whole request."""
    shared = request.app.state.dependencies
    assert isinstance(shared, ConsoleDependencies)  # noqa: S101 - create_app put it there
    return replace(shared)
