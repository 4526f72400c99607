"""What a request is made of; whoever uses this package sends it by an HTTP library of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """A request of one operation."""

    method: str
    #: With its parameters in braces.
    path: str
    #: What stands in their place, not yet escaped.
    path_parameters: Mapping[str, str] = field(default_factory=dict)
    #: The query, without what is left out.
    params: Mapping[str, Any] = field(default_factory=dict)
    #: A JSON object; None where none is sent.
    body: Mapping[str, Any] | None = None
    #: A file as it is; None where none is sent.
    content: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Answered(Protocol):
    """An answer, as the usual HTTP libraries have it."""

    @property
    def status_code(self) -> int:
        """The status."""

    @property
    def content(self) -> bytes:
        """The body."""

    @property
    def text(self) -> str:
        """The body as text."""

    def json(self) -> Any:
        """Return the body as JSON."""
