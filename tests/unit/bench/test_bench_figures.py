"""What `./run bench` answers: names that others read, and text for people (docs/performance.md)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bench import __main__ as command
from bench import licenses
from bench.switches import switches
from bench.switches.switch_rounds import Measured
from bench.switches.switch_shape import SwitchShape
from bench.text import lines_of
from cli.stack.demo_plan import DemoResult

PLAN = switches.Plan(count=10, users=25, rounds=2, has_peer=True)
SHAPE = SwitchShape(switch=("step", "child"), license_move=("licenses",), history_events=60)
SHARE = {"quota_share": 0.999, "quota_throttled": 4, "quota_throttled_twice_in_a_row": 0}
STEPS = {"license_reassignment.start_license_move": 21.0, "verification.verify_move": 12.0}


def one_switch(users: int, *, move_seconds: float, megabytes: float) -> licenses.Measured:
    """Return a switch as its stack would show it."""
    result = DemoResult(
        status="completed",
        switch_id="s",
        from_plan="E1",
        to_plan="E3",
        users=users,
        moved=users,
        failed=0,
        services_kept=0,
        credit_check="not_required",
        quote_total=None,
        charged_total=0,
        currency="EUR",
        events=30,
        history_events=398,
        seconds=85.0,
        referee={"gaps": 0},
    )
    return licenses.Measured(
        result=result,
        move_seconds=move_seconds,
        step_seconds=STEPS,
        processor_seconds={"worker": 1.0},
        peak_megabytes=megabytes,
        load_ms=11.0,
    )


def measured(*per_second: float) -> Measured:
    """Return what was measured of one kind."""
    return Measured(per_second=list(per_second), processor_milliseconds={"worker": 20.0, "temporal": 30.0})


def test_the_license_step_answers_by_its_names() -> None:
    """Speed, history, memory, load time and share of the quota stand under the names of the docs."""
    small = one_switch(30_000, move_seconds=4.0, megabytes=100.0)
    large = one_switch(300_000, move_seconds=30.0, megabytes=112.0)

    figures = json.loads(json.dumps(licenses.figures_of(small, large, SHARE)))

    told = {
        name: figures[name]
        for name in ("users_per_second", "history_events", "peak_memory_ratio", "load_ms", "quota_share")
    }
    assert told == {
        "users_per_second": 10_000.0,
        "history_events": 398,
        "peak_memory_ratio": 1.12,
        "load_ms": 11.0,
        "quota_share": 0.999,
    }
    assert (figures["users"], figures["freeze_seconds"], figures["verify_seconds"]) == (300_000, 21.0, 12.0)


def test_whole_switches_answer_by_their_names() -> None:
    """Ratios are medians over the rounds, each round beside its own neighbors."""
    found = {"switches": measured(10, 12), "floor": measured(20, 20), "dbos_working": measured(10, 8)}

    figures = json.loads(json.dumps(switches.figures_of(found, SHAPE, PLAN)))

    assert figures["switches_per_second"] == 11.0
    assert figures["ratio_to_floor"] == 0.55
    assert figures["ratio_to_dbos"] == 1.25
    assert figures["activities"] == 2


def test_a_peer_that_is_not_there_has_no_figures() -> None:
    """Without DBOS the names stand and their figures are null, in JSON; a dash for people."""
    found = {"switches": measured(10), "floor": measured(20)}

    figures = switches.figures_of(found, SHAPE, PLAN)

    names = ("dbos_per_second", "ratio_to_dbos", "dbos_empty_per_second", "ratio_to_dbos_empty")
    assert {figures[name] for name in names} == {None}
    assert "ratio_to_dbos          -" in lines_of(figures)


def test_nested_figures_are_small_tables() -> None:
    """A figure in figures is a row of its own, aligned under its heading; nothing prints as a dict."""
    lines = lines_of(
        {
            "users": 5,
            "rounds": {"switches": [10.5, 9.0], "floor": [20.25]},
            "processor": {"switches": {"worker": 20.0, "temporal": 30.0}, "floor": {"temporal": 7.5}},
            "referee": {"gaps": 0, "double_charges": 12},
            "nothing": {},
        }
    )

    assert lines == [
        "users                  5",
        "rounds",
        "  switches   10.5  9.0",
        "  floor     20.25",
        "processor",
        "            worker  temporal",
        "  switches    20.0      30.0",
        "  floor          -       7.5",
        "referee",
        "  gaps             0",
        "  double_charges  12",
        "nothing",
    ]


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_the_command_prints_text_or_json(
    options: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--json` prints the figures as they are; people get lines."""
    figures: dict[str, Any] = {"users": 5, "referee": {"gaps": 0}}
    monkeypatch.setattr(switches, "measure", lambda **_: figures)
    monkeypatch.setattr("sys.argv", ["bench", "switches", *options])

    command.main()

    out = capsys.readouterr().out
    assert json.loads(out) == figures if options else out.splitlines() == lines_of(figures)
