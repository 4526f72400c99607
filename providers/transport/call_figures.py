"""Figures of the calls to providers of this process: how many, what they meant, how long they took.

Labels are names of the product, never of an organization, so that their number is bounded.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram

#: Meaning of a success; the others are those of the table of meanings.
OK = "ok"
#: No answer came, or one that can't be read: the effect is unknown.
UNANSWERED = "unanswered"
#: Upper bounds in seconds: a step waits for 10 at most.
_BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

#: The figures of this process.
CALL_FIGURES = CollectorRegistry()
_calls = Counter(
    "planswitch_provider_calls",
    "Calls to providers, by what the answer meant.",
    ["provider", "operation", "meaning"],
    registry=CALL_FIGURES,
)
_seconds = Histogram(
    "planswitch_provider_call_seconds",
    "How long calls to providers took.",
    ["provider", "operation"],
    buckets=_BUCKETS,
    registry=CALL_FIGURES,
)


def count_call(*, provider: str, operation: str, meaning: str, seconds: float) -> None:
    """Count one call.

    Args:
        provider: Name of the provider in the record of calls.
        operation: Name of the call there.
        meaning: OK, UNANSWERED or a `Meaning`.
        seconds: How long it took.
    """
    _calls.labels(provider, operation, meaning).inc()
    _seconds.labels(provider, operation).observe(seconds)
