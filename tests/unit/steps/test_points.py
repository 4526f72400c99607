"""Named points of steps, and the heartbeat that every step has."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import cast

import pytest
from temporalio import activity
from temporalio.testing import ActivityEnvironment

import activities.base.attempt
from activities.base.attempt import BEAT_SECONDS, Heart, beating
from activities.base.points import REACHED_FILE, REACHED_SUFFIX, FileGates, NoPoints
from activities.base.step import Toolbox
from activities.contract import ActivitySpec
from domain.kernel.errors import InvalidInput
from ops.base.settings import Settings
from worker import license_activities, money_activities, points_of

GATE = "org-1@purchase.order_replacement:save"
CONTRACTS = [
    import_module(found.name)
    for found in walk_packages(activities.__path__, "activities.")
    if found.name.endswith("contract")
]
SPECS = {
    spec.name: spec
    for module in CONTRACTS
    for spec in vars(module).values()
    if isinstance(spec, ActivitySpec)
}


def test_a_step_stands_at_its_gate_until_the_gate_is_gone(tmp_path: Path) -> None:
    """A gate of one organization and point holds that step alone, and tells that it has come."""
    gates = FileGates(tmp_path)
    (tmp_path / GATE).touch()
    step = threading.Thread(
        target=gates.reached, args=("switch-1", "org-1", "purchase.order_replacement:save")
    )
    step.start()
    gates.reached("switch-2", "org-2", "purchase.order_replacement:save")
    gates.reached("switch-1", "org-1", "purchase.order_replacement:saved")
    while not (tmp_path / f"{GATE}{REACHED_SUFFIX}").exists():
        time.sleep(0.01)
    assert step.is_alive()

    (tmp_path / GATE).unlink()

    step.join(timeout=60)
    assert not step.is_alive()
    assert sorted((tmp_path / REACHED_FILE).read_text().splitlines()) == [
        "org-1 purchase.order_replacement:save",
        "org-1 purchase.order_replacement:saved",
        "org-2 purchase.order_replacement:save",
    ]


def test_nobody_listens_by_default() -> None:
    """Outside tests a point costs a call that does nothing."""
    fields = Toolbox.__dataclass_fields__
    assert fields["points"].default_factory is NoPoints
    NoPoints().reached("switch-1", "org-1", "purchase.order_replacement:begin")


def until(is_so: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something is so, for so long at most."""
    deadline = time.monotonic() + seconds
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.01)


def beat_fast(monkeypatch: pytest.MonkeyPatch) -> Heart:
    """Give the process a heart of its own that beats fast."""
    heart = Heart()
    monkeypatch.setattr(activities.base.attempt, "BEAT_SECONDS", 0.01)
    monkeypatch.setattr(activities.base.attempt, "_heart", heart)
    return heart


@pytest.mark.parametrize("heartbeat_seconds", [15, None])
def test_a_step_beats_while_it_works(monkeypatch: pytest.MonkeyPatch, heartbeat_seconds: int | None) -> None:
    """A step that may lose its worker says that it is alive, whatever it waits for."""
    beat_fast(monkeypatch)
    environment = ActivityEnvironment()
    timeout = timedelta(seconds=heartbeat_seconds) if heartbeat_seconds else None
    environment.info = replace(environment.info, heartbeat_timeout=timeout)
    beats: list[float] = []
    environment.on_heartbeat = lambda *_: beats.append(time.monotonic())

    def work() -> None:
        with beating():
            until(lambda: bool(beats), seconds=60 if heartbeat_seconds else 0.2)

    environment.run(work)
    sent = len(beats)
    time.sleep(0.1)

    assert bool(sent) is (heartbeat_seconds is not None)
    assert len(beats) <= sent + 1, "it goes on beating after its end"


def test_a_step_that_cannot_beat_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """All steps beat from one thread: it goes on where one of them fails, and ends after the last."""
    heart = beat_fast(monkeypatch)
    beats: list[float] = []
    failing, sound = ActivityEnvironment(), ActivityEnvironment()

    def fail(*_: object) -> None:
        raise ValueError

    for environment in (failing, sound):
        environment.info = replace(environment.info, heartbeat_timeout=timedelta(seconds=15))
    failing.on_heartbeat = fail
    sound.on_heartbeat = lambda *_: beats.append(time.monotonic())

    def work() -> None:
        with beating():
            sound.run(work_inside)

    def work_inside() -> None:
        with beating():
            until(lambda: len(beats) > 2)

    failing.run(work)
    until(lambda: heart._thread is None)

    assert len(beats) > 2
    assert heart._thread is None


def test_every_step_is_missed_in_seconds() -> None:
    """No step waits for its whole time when its worker dies, and beats come several times in that time."""
    assert SPECS
    for spec in SPECS.values():
        assert BEAT_SECONDS * 3 < spec.heartbeat_seconds <= 15, spec.name


def test_no_step_is_torn_out_of_its_work() -> None:
    """A cancel that a heartbeat brings never interrupts a step between a call and its record."""
    toolbox = cast("Toolbox", None)
    methods = [*money_activities(toolbox), *license_activities(toolbox)]
    definitions = [activity._Definition.must_from_callable(method) for method in methods]
    assert {each.name for each in definitions} == set(SPECS)
    assert all(each.no_thread_cancel_exception for each in definitions)


def test_steps_at_a_real_cloud_are_never_stopped_by_files(tmp_path: Path) -> None:
    """SECURITY.md, found and mended: whoever could set the variable stopped steps of a production worker."""
    assert isinstance(points_of(Settings()), NoPoints)
    assert isinstance(points_of(Settings(points_dir=tmp_path)), FileGates)
    with pytest.raises(InvalidInput, match="PLANSWITCH_POINTS_DIR"):
        points_of(Settings(points_dir=tmp_path, cloud_file="clouds.toml"))
