"""What a soak makes of its samples: growth, noise, lost rows, restarts (performance#soak)."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from bench.soak.judgment import rise_percent, slope_per_hour
from bench.soak.record import GROWING
from bench.soak.summary import JUDGED, WARM_SECONDS, summary_of

_FIGURES = ("files", "sockets", "other_handles", "threads", "children")
_MEGABYTE = 1_024


def _sample(seconds: float, private: float, **changes: Any) -> dict[str, Any]:
    figures = {
        "process_id": 7,
        "rss": private,
        "pss": private,
        "private": private,
        **dict.fromkeys(_FIGURES, 9),
    }
    return {
        "kind": "sample",
        "seconds": seconds,
        "processes": {name: dict(figures) for name in JUDGED},
        "processor_seconds": {"worker": seconds / 50},
        "rows": dict.fromkeys(GROWING, int(seconds)),
        "connections": {"planswitch_worker": 5},
        "open_workflows": 3,
        "load": {"switches": 4},
        **changes,
    }


def _file(folder: Path, lines: list[dict[str, Any]]) -> Path:
    path = folder / "result.jsonl"
    # A program that was killed leaves the last line unfinished.
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines) + '{"kind": "sam', encoding="utf-8")
    return path


def _samples(rise: float) -> list[dict[str, Any]]:
    """Return samples each half minute for two hours; memory rises by a share from minute 30 on."""
    draw, last = random.Random(7), 7_200.0

    def percent(seconds: float) -> float:
        share = max(0.0, seconds - WARM_SECONDS) / (last - WARM_SECONDS)
        return 100 + 100 * rise * share + draw.uniform(-1, 1)

    return [_sample(at, _MEGABYTE * percent(at)) for at in map(float, range(0, 7_201, 30))]


@pytest.mark.parametrize(("rise", "is_flat"), [(0.0, True), (0.03, True), (0.08, False)])
def test_growth_of_more_than_five_percent_is_told_from_noise(
    tmp_path: Path, rise: float, *, is_flat: bool
) -> None:
    """The rise of a noisy figure is measured to a percent, and what happens in the first half hour is not."""
    summary = summary_of(_file(tmp_path, _samples(rise)))

    assert summary["is_flat"] is is_flat
    assert summary["problems"] == []
    for name in JUDGED:
        assert summary["processes"][name]["private"]["rise_percent"] == pytest.approx(100 * rise, abs=1)


def test_a_few_samples_beside_the_line_do_not_move_it() -> None:
    """A collection that comes late, or a page that was large, is no growth."""
    flat = [(float(at), 100.0 + (50.0 if at % 1_000 == 0 else 0.0)) for at in range(0, 7_200, 30)]

    assert rise_percent(flat) == 0
    assert slope_per_hour([(0.0, 1.0), (1_800.0, 2.0), (3_600.0, 3.0)]) == pytest.approx(2)


def test_leaked_handles_restarts_and_lost_rows_are_told(tmp_path: Path) -> None:
    """An open file that stays, a process that was started again and rows that are gone each fail a soak."""
    samples = _samples(0.0)
    for number, sample in enumerate(samples):
        sample["processes"]["serve"]["sockets"] = 9 + number // 10
    samples[50]["processes"]["worker"]["process_id"] = 8
    samples[60]["rows"]["switch_events"] = 3

    summary = summary_of(_file(tmp_path, samples))

    assert not summary["processes"]["serve"]["is_flat"]
    assert summary["processes"]["project"]["is_flat"]
    assert "worker was started 2 times" in summary["problems"]
    assert [each for each in summary["problems"] if each.startswith("switch_events lost rows")]


def test_what_referee_and_record_say_at_the_end_is_told(tmp_path: Path) -> None:
    """A switch that nobody finds, a gap in service and a difference of the read models each fail a soak."""
    clean = dict.fromkeys(
        (
            *("unlicensed_user_seconds", "data_service_gap_user_seconds", "double_charges", "unbilled_days"),
            *("orphan_orders", "wrong_amounts", "renewal_differences"),
        ),
        0,
    )
    end = {
        "kind": "end",
        "started": 4,
        "outcomes": {"completed": 3},
        "streams_with_holes": 0,
        "undelivered_webhooks": 1,
        "referee": clean | {"double_charges": 1},
        "differences": {"switch_board": 2},
        "dead_letters": 0,
    }

    problems = summary_of(_file(tmp_path, [*_samples(0.0), end]))["problems"]

    assert problems == [
        "referee: double_charges is 1",
        "2 rows of switch_board differ",
        "4 switches were started, and the board has 3",
        "undelivered_webhooks: 1",
    ]
