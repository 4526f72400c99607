"""What probes are told of one process (docs/metrics.md#probes)."""

from __future__ import annotations

from domain.kernel.errors import PlanSwitchError
from store.core.errors import StoreUnavailable
from store.health.process_health import (
    EVENT_STORE,
    ROUND_SECONDS_MAX,
    START,
    ProcessHealth,
)

SECRET = "connection to postgresql://app:secret@db.internal failed"


def test_a_process_is_of_use_once_it_has_begun() -> None:
    """Readiness names the start until the process says that its work has begun (metrics#probes)."""
    health = ProcessHealth()

    assert [each.part for each in health.missing()] == [START]
    health.works()
    assert health.missing() == ()


def test_a_missing_part_is_told_without_what_the_server_said() -> None:
    """Readiness has code and remedy of an error, and none of the words of the server (metrics#probes)."""
    health = ProcessHealth()
    health.works()
    health.fails(EVENT_STORE, StoreUnavailable(SECRET, remedy="Start PostgreSQL."))
    (missing,) = health.missing()

    assert (missing.part, missing.code, missing.remedy) == (
        EVENT_STORE,
        "STORE_UNAVAILABLE",
        "Start PostgreSQL.",
    )
    assert "secret" not in str(missing)
    health.works(EVENT_STORE)
    assert health.missing() == ()


def test_a_process_that_hangs_is_not_alive_and_one_that_waits_for_its_database_is() -> None:
    """Liveness is about rounds alone: a restart would not bring the database back (metrics#probes)."""
    now = 100.0
    health = ProcessHealth(clock=lambda: now)
    health.fails(EVENT_STORE, PlanSwitchError("away"))
    now += ROUND_SECONDS_MAX

    assert health.is_alive
    now += 1
    assert not health.is_alive
    health.go_round()
    assert health.is_alive
