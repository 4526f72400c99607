"""What an auditor waits for: sealing and verification of a long record, and the memory that they take."""

from __future__ import annotations

from statistics import median
from typing import Any

from bench.history import throw_away_server
from bench.verification import measure_events

EVENTS_DEFAULT = 1_000_000
#: The memory at so many times fewer events is what that at all of them is compared with.
FEWER = 10
_FIGURES = ("verify_events_per_second", "emitter_events_per_second", "seal_events_per_second")


def measure(events: int) -> dict[str, Any]:
    """Measure a record of so many events, and one of a tenth of them."""
    with throw_away_server() as server:
        few = measure_events(server, events // FEWER)
        many = measure_events(server, events)
    return {
        "events": events,
        **{name: many[name] for name in _FIGURES},
        "verify_peak_megabytes": many["verify_peak_megabytes"],
        "verify_peak_megabytes_of_a_tenth": few["verify_peak_megabytes"],
    }


def summarize(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the medians of the runs, and how they stand to what they are compared with."""
    figures = {name: median(run[name] for run in runs) for name in runs[0]}
    speed = figures["verify_events_per_second"] / figures["emitter_events_per_second"]
    memory = figures["verify_peak_megabytes"] / figures["verify_peak_megabytes_of_a_tenth"]
    return {
        **{name: round(figure) for name, figure in figures.items()},
        "verify_of_emitter_percent": round(100 * speed),
        "verify_peak_of_a_tenth_percent": round(100 * memory),
    }
