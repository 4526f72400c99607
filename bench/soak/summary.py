"""What the result file of a soak says: what grew, what was lost, and what went wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from bench.soak.judgment import RISE_PERCENT_MAX, Sample, rise_percent, slope_per_hour
from bench.soak.record import GROWING

#: The processes that are judged; the others are the emulated cloud and programs of others.
JUDGED = ("worker", "project", "serve", "sealer")
#: Caches are full and pools are open by then.
WARM_SECONDS = 30 * 60.0
_MEMORY = ("private", "rss", "pss")
_HANDLES = ("files", "sockets", "other_handles", "threads", "children")
#: A handle more or less is a connection that comes and goes.
HANDLES_RISE_MAX = 3
_SAMPLES_MIN = 3
#: Figures of the referee that must be zero.
_CLEAN = (
    *("unlicensed_user_seconds", "data_service_gap_user_seconds", "double_charges", "unbilled_days"),
    *("orphan_orders", "wrong_amounts", "renewal_differences"),
)
Facts = dict[str, Any]


def summary_of(result: Path) -> Facts:
    """Return what the lines of a result file say together.

    Args:
        result: Written by a soak; its last line may be cut off.
    """
    lines = list(_lines(result))
    samples = [line for line in lines if line["kind"] == "sample"]
    warm = [line for line in samples if line["seconds"] >= WARM_SECONDS]
    judged = {name: _process(warm, name) for name in JUDGED if _is_judgeable(warm, name)}
    return {
        "samples": len(samples),
        "minutes": round(samples[-1]["seconds"] / 60, 1) if samples else 0.0,
        "judged_samples": len(warm),
        "processes": judged,
        "is_flat": len(judged) == len(JUDGED) and all(each["is_flat"] for each in judged.values()),
        "processor_percent": _processor_percent(samples),
        "connections_max": _connections_max(samples),
        "switches": samples[-1]["load"]["switches"] if samples else 0,
        "open_workflows": samples[-1]["open_workflows"] if samples else None,
        "problems": list(_problems(lines, samples)),
    }


def _lines(result: Path) -> Iterator[Facts]:
    for line in result.read_text(encoding="utf-8").splitlines():
        try:
            yield json.loads(line)
        except json.JSONDecodeError:
            continue


def _is_judgeable(samples: Sequence[Facts], name: str) -> bool:
    return len([line for line in samples if name in line["processes"]]) >= _SAMPLES_MIN


def _process(samples: Sequence[Facts], name: str) -> Facts:
    """Return how the figures of a process went: its memory in megabytes, rises in percent."""
    figures: Facts = {}
    for kind in _MEMORY:
        line = _line(samples, name, kind)
        figures[kind] = {
            "first": _megabytes(line[: len(line) // 10 + 1]),
            "last": _megabytes(line[-(len(line) // 10 + 1) :]),
            "rise_percent": round(rise_percent(line), 2),
        }
    for kind in _HANDLES:
        line = _line(samples, name, kind)
        hours = (line[-1][0] - line[0][0]) / 3_600
        figures[kind] = {
            "least": min(figure for _at, figure in line),
            "most": max(figure for _at, figure in line),
            "rise": round(slope_per_hour(line) * hours, 1),
        }
    is_flat = figures["private"]["rise_percent"] <= RISE_PERCENT_MAX
    is_flat = is_flat and all(figures[kind]["rise"] <= HANDLES_RISE_MAX for kind in _HANDLES)
    return {"is_flat": is_flat, **figures}


def _line(samples: Sequence[Facts], name: str, kind: str) -> list[Sample]:
    return [
        (line["seconds"], float(line["processes"][name][kind]))
        for line in samples
        if name in line["processes"]
    ]


def _megabytes(samples: Sequence[Sample]) -> float:
    return round(median(figure for _at, figure in samples) / 1_024, 1)


def _processor_percent(samples: Sequence[Facts]) -> dict[str, float]:
    """Return the share of one core that each part used."""
    if len(samples) < _SAMPLES_MIN:
        return {}
    first, last = samples[0], samples[-1]
    seconds = last["seconds"] - first["seconds"]
    used = {
        name: 100 * (last["processor_seconds"].get(name, before) - before) / seconds
        for name, before in first["processor_seconds"].items()
    }
    return {name: round(share, 1) for name, share in used.items()} | {
        "together": round(sum(used.values()), 1)
    }


def _connections_max(samples: Sequence[Facts]) -> dict[str, int]:
    most: dict[str, int] = {}
    for line in samples:
        for role, count in line["connections"].items():
            most[role] = max(count, most.get(role, 0))
    return most


def _problems(lines: Sequence[Facts], samples: Sequence[Facts]) -> Iterator[str]:
    """Yield everything that is wrong beside growth."""
    for name in JUDGED:
        ids = {line["processes"][name]["process_id"] for line in samples if name in line["processes"]}
        if len(ids) > 1:
            yield f"{name} was started {len(ids)} times"
    yield from _lost_rows(samples)
    if samples and (errors := samples[-1]["load"].get("server errors", 0)):
        yield f"{errors} answers were server errors"
    for line in lines:
        if line["kind"] == "end":
            yield from _of_end(line)


def _lost_rows(samples: Sequence[Facts]) -> Iterator[str]:
    for before, after in pairwise(samples):
        for table in GROWING:
            if after["rows"][table] < before["rows"][table]:
                yield f"{table} lost rows before second {after['seconds']}"


def _of_end(end: Facts) -> Iterator[str]:
    """Yield what referee, record and read models say against the soak."""
    yield from (f"referee: {name} is {end['referee'][name]}" for name in _CLEAN if end["referee"][name])
    yield from (f"{rows} rows of {table} differ" for table, rows in end["differences"].items() if rows)
    if open_switches := end["outcomes"].get("open", 0):
        yield f"{open_switches} switches have not ended"
    if sum(end["outcomes"].values()) != end["started"]:
        yield f"{end['started']} switches were started, and the board has {sum(end['outcomes'].values())}"
    for name in ("streams_with_holes", "undelivered_webhooks", "dead_letters"):
        if end[name]:
            yield f"{name}: {end[name]}"
