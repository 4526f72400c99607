"""Spans of a trace, as far as the product knows them: without the extra `tracing` there are none.

What opens them stands at the edge (`ops/telemetry/otel.py`); everything below only names what it does.
Attributes are ids and names of the product, never a person, an address or a provider's text.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol


class Tracing(Protocol):
    """What opens spans and hands them on."""

    def span(
        self, name: str, attributes: Mapping[str, str], carrier: Mapping[str, str]
    ) -> AbstractContextManager[None]:
        """Open a span around the block, below the current one or the one that `carrier` names."""

    def annotate(self, attributes: Mapping[str, str]) -> None:
        """Add attributes to the current span."""

    def carrier(self) -> dict[str, str]:
        """Return the headers by which another process goes on with the current trace."""


class _Spans:
    """The tracing of this process; None where there is none."""

    tracing: Tracing | None = None


def use_tracing(tracing: Tracing | None) -> None:
    """Let spans of this process be opened from now on.

    Args:
        tracing: Opens them; None opens none.
    """
    _Spans.tracing = tracing


def is_traced() -> bool:
    """Return whether this process opens spans."""
    return _Spans.tracing is not None


def span(
    name: str, *, carrier: Mapping[str, str] | None = None, **attributes: str
) -> AbstractContextManager[None]:
    """Open a span around the block.

    Args:
        name: What is done, of a bounded set of names.
        carrier: Headers of whoever began the trace; None: the current span goes on.
        attributes: Ids and names of the product.
    """
    tracing = _Spans.tracing
    return nullcontext() if tracing is None else tracing.span(name, attributes, carrier or {})


def annotate(**attributes: str) -> None:
    """Add attributes to the current span."""
    if _Spans.tracing is not None:
        _Spans.tracing.annotate(attributes)


def trace_headers() -> dict[str, str]:
    """Return the headers by which another process goes on with the current trace, if there is one."""
    return {} if _Spans.tracing is None else _Spans.tracing.carrier()
