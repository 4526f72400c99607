"""What an auditor waits for: the story of a large switch; seals, verification, what-if of a long record."""

from __future__ import annotations

from statistics import median
from typing import Any

from bench import whatif
from bench.history import throw_away_server
from bench.large import asof
from bench.verification import measure_events

EVENTS_DEFAULT = 1_000_000
#: The memory at so many times fewer events is what that at all of them is compared with.
FEWER = 10
#: Users of the large switch: fewer where a shorter record than the usual one is asked for.
_USERS_MIN = 1_000
_OF_SWITCH = ("show_ms", "at_ms")
_OF_RECORD = ("verify_events_per_second", "emitter_events_per_second", "seal_events_per_second")


def measure(events: int) -> dict[str, Any]:
    """Measure a record of so many events, one of a tenth of them, and a switch of many users.

    Args:
        events: Of the long record; the switch has 300,000 users at a million.
    """
    users = min(asof.USERS_DEFAULT, max(_USERS_MIN, asof.USERS_DEFAULT * events // EVENTS_DEFAULT))
    switch, decided = asof.measure(users), whatif.measure(events)
    with throw_away_server() as server:
        few = measure_events(server, events // FEWER)
        many = measure_events(server, events)
    return {
        "users": users,
        **{name: switch[name] for name in _OF_SWITCH},
        "events": events,
        **{name: many[name] for name in _OF_RECORD},
        "whatif_seconds_per_million": decided["whatif_seconds_per_million"],
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
        "whatif_seconds_per_million": round(figures["whatif_seconds_per_million"], 1),
        "verify_of_emitter_percent": round(100 * speed),
        "verify_peak_of_a_tenth_percent": round(100 * memory),
    }
