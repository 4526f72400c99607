"""Green when it is not: how readiness judges a part by its signs of life, and what doctor prints of it."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest

from cli.base.client import SIGN_SECONDS_MAX, SILENCE_SECONDS_MAX, WATCH_SECONDS, ConsoleClient
from cli.base.errors import AnswerLost
from cli.stack.checks import Check, check_lines, check_of
from console.api.routes_system import readiness_facts
from ops.readiness.deployment_checks import deployment_state
from ops.readiness.part_state import DOWN, OK, WARNING, PartState, Readiness, down, ok
from ops.readiness.readiness import FRESH_SECONDS, LOOK_SECONDS_MAX, ReadinessWatch
from ops.readiness.store_checks import (
    SEALER_SILENT_SECONDS,
    UNSEALED_SECONDS_MAX,
    projector_state,
    reconciler_state,
    sealer_state,
)
from ops.readiness.temporal_checks import command_key_state, worker_state
from projections.running.status import ProjectionStatus
from services.base.rounds import RETRY_SECONDS, repeating
from services.temporal.deployments import VersionStatus, WorkerVersion
from services.temporal.worker_watch import POLLER_SECONDS_MAX, Poller, queue_state
from store.health.heartbeats import BEAT_SECONDS, RECONCILER, SEALER, SILENT_SECONDS, WORKER, Heartbeat
from store.health.known_workers import KnownWorkers

#: Within this every surface tells of a part that stopped.
TOLD_SECONDS_MAX = 10.0
#: console/static/live.js: how often a page asks.
PAGE_POLL_SECONDS = 2.0
#: console/static/live.js: how long it waits for an answer.
PAGE_ANSWER_SECONDS = 5.0
KNOWN = KnownWorkers(keys={"w1": (), "w2": ()})
GONE_SECONDS = POLLER_SECONDS_MAX + 1


def _beat(instance: str, age_seconds: float, part: str = WORKER, failure: str = "") -> Heartbeat:
    return Heartbeat(
        part=part, instance=instance, age_seconds=age_seconds, every_seconds=300, failure=failure
    )


def _old(identity: str) -> Poller:
    """Return a worker of a build that gets no new work."""
    return Poller(identity=identity, age_seconds=10, gets_new_work=False)


def _status(**changes: object) -> ProjectionStatus:
    facts = {
        "name": "switches",
        "version": 1,
        "position": 10,
        "head": 10,
        "lag": 0,
        "dead_letters": 0,
        "updated_at": datetime(2026, 11, 29, tzinfo=UTC),
        "behind_seconds": 0.0,
        "silence_seconds": 0.5,
        **changes,
    }
    return ProjectionStatus(**facts)  # type: ignore[arg-type]


def test_what_each_surface_needs_leaves_it_below_ten_seconds() -> None:
    """A stopped part is silent, then looked at, then told: the bounds together are below what is promised."""
    missed = BEAT_SECONDS + SILENT_SECONDS
    page = missed + FRESH_SECONDS + PAGE_POLL_SECONDS
    silent_server = FRESH_SECONDS + LOOK_SECONDS_MAX + PAGE_POLL_SECONDS

    assert max(page, silent_server) < TOLD_SECONDS_MAX
    assert PAGE_POLL_SECONDS + PAGE_ANSWER_SECONDS < TOLD_SECONDS_MAX
    # A look whose part is silent must come back before the page gives the console up.
    assert LOOK_SECONDS_MAX + FRESH_SECONDS < PAGE_ANSWER_SECONDS
    assert WATCH_SECONDS + SILENCE_SECONDS_MAX + SIGN_SECONDS_MAX < TOLD_SECONDS_MAX


@pytest.mark.parametrize(
    ("changes", "state", "words"),
    [
        ({}, "ok", "at most 5 s old"),
        ({"lag": 112, "behind_seconds": 4.0}, "ok", "112 events behind"),
        ({"lag": 112, "behind_seconds": 12.0}, "warning", "what is shown is 12 s old"),
        ({"lag": 112, "behind_seconds": 95.0}, "down", "what is shown is 95 s old; 112 events behind"),
        ({"silence_seconds": 12.0}, "down", "no sign of life, what is shown is 12 s old"),
        ({"silence_seconds": None}, "down", "it has never worked"),
        ({"dead_letters": 1}, "warning", "1 stream put aside"),
    ],
)
def test_a_projector_is_ok_only_while_what_it_shows_is_young(
    changes: dict[str, object], state: str, words: str
) -> None:
    """However few events wait: an age beyond the stated one is never called ok, nor a silent projector."""
    found = projector_state(_status(**changes))

    assert found.state == state
    assert words in found.detail
    assert bool(found.code) == (state != "ok")


def test_doctor_takes_a_stream_that_is_put_aside_for_what_somebody_must_mend() -> None:
    """The console goes on, so its readiness only warns; doctor ends with another code than 0."""
    found = projector_state(_status(dead_letters=1))

    assert (found.state, check_of(found).state) == ("warning", DOWN)
    assert "planswitch projection rebuild" in check_of(found).remedy


@pytest.mark.parametrize(
    ("pollers", "beats", "state", "code"),
    [
        ([], [], "down", "WORKER_ABSENT"),
        ([Poller(identity="w1", age_seconds=10)], [], "ok", ""),
        ([Poller(identity="w1", age_seconds=10)], [_beat("w1", 1)], "ok", ""),
        ([Poller(identity="w1", age_seconds=10)], [_beat("w1", 9)], "down", "WORKER_SILENT"),
        (
            [Poller(identity="w1", age_seconds=POLLER_SECONDS_MAX + 1)],
            [_beat("w1", 1)],
            "down",
            "WORKER_ABSENT",
        ),
        (
            [Poller(identity="w1", age_seconds=10), Poller(identity="w2", age_seconds=10)],
            [_beat("w1", 9), _beat("w2", 1)],
            "ok",
            "",
        ),
        ([Poller(identity="w1", age_seconds=10)], [_beat("w1", 9, part=RECONCILER)], "ok", ""),
        ([_old("w1")], [_beat("w1", 1)], "down", "WORKER_OUTDATED"),
        ([_old("w1")], [_beat("w1", 9)], "down", "WORKER_SILENT"),
        ([_old("w1"), Poller(identity="w2", age_seconds=10)], [_beat("w1", 1), _beat("w2", 1)], "ok", ""),
        (
            [_old("w1"), Poller(identity="w2", age_seconds=10)],
            [_beat("w1", 1), _beat("w2", 9)],
            "down",
            "WORKER_OUTDATED",
        ),
    ],
    ids=[
        *("nobody", "older-version", "alive", "silent", "elsewhere", "one-of-two", "another-part"),
        *("old-build", "old-build-silent", "old-build-beside", "new-build-silent"),
    ],
)
def test_a_queue_has_a_worker_that_asks_and_lives(
    pollers: list[Poller], beats: list[Heartbeat], state: str, code: str
) -> None:
    """Temporal lists a poller for minutes after its death; a process that lives may ask another queue."""
    found = worker_state(queue_state("planswitch", pollers, beats, KNOWN))

    assert (found.part, found.state, found.code) == ("worker planswitch", state, code)


@pytest.mark.parametrize(
    ("names", "beside", "state", "code", "counts"),
    [
        (["evil"], [], "down", "WORKER_ABSENT", (0, 1)),
        (["evil", "w1"], [], "warning", "WORKER_UNKNOWN", (1, 1)),
        (["w1"], ["evil", "worse"], "warning", "WORKER_UNKNOWN", (1, 2)),
        (["w1"], ["w2"], "ok", "", (1, 0)),
    ],
)
def test_strangers_who_ask_for_work_are_no_workers_and_are_named(
    names: list[str], beside: list[str], state: str, code: str, counts: tuple[int, int]
) -> None:
    """Whoever reaches Temporal can poll; only who is written down counts (ADR 19)."""
    asking, others = ([Poller(identity=each, age_seconds=1) for each in some] for some in (names, beside))
    found = worker_state(queue_state("planswitch", asking, [], KNOWN, beside=others))

    assert (found.state, found.code) == (state, code)
    assert (found.figures["pollers"], found.figures["strangers"]) == counts
    assert ("evil" in found.cause) == ("evil" in {*names, *beside})
    assert "evil" not in found.detail
    assert check_of(found).state == (OK if state == "ok" else DOWN)


def test_where_nobody_tells_who_is_known_every_poller_counts() -> None:
    """A database that is down makes no stranger of a worker."""
    found = queue_state("planswitch", [Poller(identity="w1", age_seconds=1)], [], None)

    assert (found.alive, found.strangers) == (1, ())


@pytest.mark.parametrize(
    ("own", "keys", "state", "code"),
    [
        ("a", {"w1": ("a",)}, "ok", ""),
        ("a", {"w1": ("b", "a")}, "ok", ""),
        ("a", {}, "ok", ""),
        ("a", {"w1": ("a",), "w2": ("b",)}, "down", "COMMAND_KEY_DIFFERS"),
        ("", {"w1": ("a",)}, "warning", "COMMAND_KEY_UNREAD"),
    ],
)
def test_a_command_key_that_workers_do_not_take_is_told(
    own: str, keys: dict[str, tuple[str, ...]], state: str, code: str
) -> None:
    """Every command would be refused, and until then all looks well; while keys are rolled two are taken."""
    found = command_key_state(own, keys)

    assert (found.state, found.code) == (state, code)
    assert ("w2" in found.cause) == ("w2" in keys)


@pytest.mark.parametrize(
    ("rounds", "state", "code"),
    [
        ([], "down", "RECONCILER_SILENT"),
        ([_beat("w1", 299)], "ok", ""),
        ([_beat("w1", 361)], "down", "RECONCILER_SILENT"),
        ([_beat("w1", 12, failure="RPCError: gone")], "warning", "RECONCILER_FAILED"),
    ],
)
def test_a_reconciler_is_judged_by_its_last_round_that_worked(
    rounds: list[Heartbeat], state: str, code: str
) -> None:
    """A round is late after its own period and a minute; one that failed is told with the reason."""
    found = reconciler_state(rounds)

    assert (found.state, found.code) == (state, code)
    assert found.cause == (rounds[0].failure if rounds and code != "" else "")


def test_readiness_tells_anybody_no_message_of_a_server() -> None:
    """It is read without the key: addresses and accounts are for the operator, in doctor."""
    part = down(
        "event store", "STORE_UNAVAILABLE", "PostgreSQL does not answer", "Start it.", cause="user x at y"
    )
    told = readiness_facts(Readiness(looked_at=datetime(2026, 11, 29, tzinfo=UTC), parts=(part,)))

    assert told.status == "not_ready"
    assert "user x" not in told.model_dump_json()


async def test_those_who_ask_at_once_share_one_look() -> None:
    """Probes, pages and metrics are many; each look opens connections."""
    looks = []

    async def look() -> Readiness:
        looks.append(1)
        await asyncio.sleep(0.05)
        return Readiness(looked_at=datetime(2026, 11, 29, tzinfo=UTC), parts=(ok("temporal", "answers"),))

    watch = ReadinessWatch(look)
    found = await asyncio.gather(*(watch.now() for _ in range(20)))

    assert len(looks) == 1
    assert all(each.is_ready for each in found)


def test_doctor_cuts_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong is told whole, below its row where it is too long for it, and fits 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    long = " ".join(f"word-{number}" for number in range(40))
    lines = check_lines(
        [
            Check(part="python", state=OK, detail="3.11"),
            Check(part="event store", state=DOWN, detail=long, remedy=long),
        ]
    )

    assert " ".join(" ".join(lines).split()).count(long) == 2
    assert max(map(len, lines)) <= 80


@pytest.fixture(name="silent_url")
def _silent_url() -> Iterator[str]:
    """Yield the address of a console that is stopped: the kernel takes connections for it."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_a_stopped_console_is_told_long_before_the_time_limit_of_a_request(silent_url: str) -> None:
    """A start may take a minute, a console that gives no sign of life may not: it may have been asked."""
    began = time.monotonic()

    with ConsoleClient(silent_url, None, timeout_seconds=600) as console, pytest.raises(AnswerLost) as told:
        console.post(dict, "/api/switches", {})

    assert "no sign of life" in told.value.message
    assert "planswitch doctor" in told.value.remedy
    assert time.monotonic() - began < 300


async def test_a_round_that_failed_is_tried_again_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reconciler's pause of minutes is for rounds that worked; after an outage it is back in seconds."""
    pauses: list[float] = []
    done = asyncio.Event()
    failures: list[Exception] = []

    async def fail() -> None:
        raise OSError

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        done.set()
        await asyncio.Event().wait()

    monkeypatch.setattr("services.base.rounds.asyncio.sleep", sleep)
    async with repeating(fail, every_seconds=300, on_failure=failures.append):
        await done.wait()

    assert pauses == [RETRY_SECONDS]
    assert len(failures) == 1


def test_an_unknown_part_is_missing() -> None:
    """What can't be told is not ready: a part behind another that is down is never green."""
    part = PartState(part="projector", state="unknown", detail="can't be told")

    assert not Readiness(looked_at=datetime(2026, 11, 29, tzinfo=UTC), parts=(part,)).is_ready


@pytest.mark.parametrize(
    ("beats", "unsealed", "code", "doctor"),
    [
        ([], 0.0, "SEALER_ABSENT", WARNING),
        ([_beat("s1", 1, SEALER)], 0.0, "", OK),
        ([_beat("s1", 1, SEALER)], UNSEALED_SECONDS_MAX, "", OK),
        ([_beat("s1", 1, SEALER)], UNSEALED_SECONDS_MAX + 1, "SEALS_BEHIND", WARNING),
        ([_beat("s1", SEALER_SILENT_SECONDS + 1, SEALER)], 0.0, "SEALER_SILENT", DOWN),
        (
            [_beat("s2", 9, SEALER, "SEAL_DIVERGED: they part"), _beat("s1", 99, SEALER)],
            5.0,
            "SEAL_DIVERGED",
            DOWN,
        ),
        ([_beat("s2", 1, SEALER), _beat("s1", 99, SEALER, "SEAL_DIVERGED: they part")], 0.0, "", OK),
        ([_beat("w1", 1, WORKER)], 0.0, "SEALER_ABSENT", WARNING),
    ],
)
def test_a_sealer_is_judged_by_its_last_round_and_by_what_waits(
    beats: list[Heartbeat], unsealed: float, code: str, doctor: str
) -> None:
    """Nothing about seals stops the console; `doctor` ends with 7 where somebody must mend them."""
    state = sealer_state(beats, unsealed)
    assert (state.code, state.is_missing, check_of(state).state) == (code, False, doctor)
    assert state.figures["unsealed_seconds"] == unsealed
    if code == "SEAL_DIVERGED":
        assert "they part" in check_of(state).detail
        assert "they part" not in state.detail


@pytest.mark.parametrize(
    ("versions", "state", "code"),
    [
        ([("new", VersionStatus.CURRENT, 1, 2)], "ok", ""),
        ([("new", VersionStatus.CURRENT, 1, 0), ("old", VersionStatus.DRAINING, 1, 3)], "ok", ""),
        ([], "down", "NO_CURRENT_BUILD"),
        ([("new", VersionStatus.INACTIVE, 1, 0)], "down", "NO_CURRENT_BUILD"),
        (
            [("new", VersionStatus.INACTIVE, 1, 0), ("old", VersionStatus.CURRENT, 0, 3)],
            "down",
            "CURRENT_BUILD_ABSENT",
        ),
        (
            [("new", VersionStatus.CURRENT, 1, 0), ("old", VersionStatus.DRAINING, 0, 3)],
            "warning",
            "PINNED_BUILD_ABSENT",
        ),
        ([("new", VersionStatus.CURRENT, 1, 0), ("old", VersionStatus.DRAINED, 0, 0)], "ok", ""),
    ],
)
def test_a_deployment_has_a_current_build_that_works_and_leaves_nothing_behind(
    versions: list[tuple[str, VersionStatus, int, int]], state: str, code: str
) -> None:
    """docs/cli.md#signs-of-life."""
    found = deployment_state("switches", [_version(*each) for each in versions])

    assert (found.part, found.state, found.code) == ("deployment", state, code)


def _version(build_id: str, status: VersionStatus, workers: int, pinned: int) -> WorkerVersion:
    return WorkerVersion(
        build_id=build_id,
        status=status,
        ramp_percent=0.0,
        made_at=datetime(2026, 11, 29, tzinfo=UTC),
        workers=workers,
        pinned=pinned,
    )
