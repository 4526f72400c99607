"""The demo as a new user runs it: one command, a summary, and a record that proves it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ops.stack.embedded import DATABASE_NAME, master_key_file
from ops.stack.postgres_server import EmbeddedPostgres
from store.switch_store import SwitchStore
from store.vault.keys import FileKeyProvider
from tests.support.chaos.stack import CLEAN

ROOT = Path(__file__).resolve().parents[3]
#: Customer's activity -> an event that it must have appended to the source's stream.
APPENDED = {
    "purchase.order_replacement": "subscription.replacement-ordered",
    "credit_check.check_credit": "subscription.credit-check-required",
    "license_reassignment.move_slice": "subscription.licenses-reassigned",
    "cancellation.cancel_source": "subscription.cancelled",
    "billing_cutover.cut_over_billing": "subscription.billing-cut-over",
}


def _demo(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cli.main", "demo", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=110, check=False)


def _result(*arguments: str) -> dict[str, Any]:
    ran = _demo("--json", *arguments)
    assert ran.returncode == 0, ran.stderr
    result: dict[str, Any] = json.loads(ran.stdout)
    return result


def test_demo_completes_and_each_activity_left_its_events(reachable_folder: Path) -> None:
    """250 users move for the quoted total, and the kept stream has the events of all five activities."""
    folder = reachable_folder / "demo"

    result = _result("--keep", str(folder))

    assert (result["status"], result["users"], result["moved"], result["failed"]) == (
        "completed",
        250,
        250,
        0,
    )
    assert result["charged_total"] == result["quote_total"] > 0
    # An order of 250 licenses is large enough for one.
    assert result["credit_check"] == "approved"
    assert result["services_kept"] > 0
    assert result["referee"] == CLEAN
    assert _appended(folder, result["switch_id"]) == APPENDED


def test_demo_of_3000_users_stays_a_small_history() -> None:
    """3,000 users cost under 400 history events over parent and children."""
    result = _result("--users", "3000", "--seed", "7")

    assert (result["status"], result["moved"]) == ("completed", 3000)
    assert result["history_events"] < 400
    assert result["referee"] == CLEAN


@pytest.mark.parametrize(
    ("credit", "status", "word", "moved"),
    [
        ("approve", "completed", "approved", 60),
        ("decline", "declined", "declined", 0),
        ("silent", "expired", "expired", 0),
    ],
)
def test_demo_by_invoice_ends_as_the_bureau_answers(credit: str, status: str, word: str, moved: int) -> None:
    """Approved it completes by the callback; declined or unanswered nobody moves and nothing is charged."""
    result = _result("--users", "60", "--payment", "invoice", "--credit", credit)

    assert (result["status"], result["credit_check"], result["moved"]) == (status, word, moved)
    assert result["charged_total"] == (result["quote_total"] if moved else 0)
    assert result["referee"] == CLEAN


def test_demo_in_a_storm_absorbs_it(reachable_folder: Path) -> None:
    """Throttled, failing and silent calls harm nobody, and the demo says how many there were (rules 4, 7)."""
    result = _result("--users", "120", "--faults", "storm")

    assert (result["status"], result["moved"], result["faults"]) == ("completed", 120, "storm")
    assert result["charged_total"] == result["quote_total"] > 0
    assert result["referee"] == CLEAN
    assert min(result["absorbed"][name] for name in ("retries", "throttles", "failures")) >= 5

    file = reachable_folder / "slow.json"
    file.write_text(
        '{"rules": [{"operation": "checkout", "fault": "failed", "hits": [1]}]}', encoding="utf-8"
    )
    ran = _demo("--users", "20", "--faults", str(file))
    assert ran.returncode == 0, ran.stderr
    told = " ".join(ran.stdout.split())
    assert (
        "The program slow throttled 0 calls and made 1 call fail; the switch repeated 1 attempt of steps"
        in told
    )


def test_demo_tells_people_what_happened_on_80_columns() -> None:
    """Without --json a person reads what moved, what it cost and what the referee found."""
    ran = _demo("--users", "40", "--from", "K1", "--to", "E3")

    assert ran.returncode == 0, ran.stderr
    for word in ("Office 365 F3 -> Office 365 E3", "40 of 40 moved", "charged", "journal"):
        assert word in ran.stdout
    assert max(len(line) for line in (ran.stdout + ran.stderr).splitlines()) <= 80


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--to", "E77"), 3),
        (("--payment", "check"), 2),
        (("--users", "0"), 2),
        (("--organization", "/does/not/exist.json"), 2),
        (("--faults", "/does/not/exist.json"), 2),
    ],
)
def test_bad_input_ends_before_anything_is_started(arguments: tuple[str, ...], code: int) -> None:
    """An unknown plan or a bad value is refused at once with its exit code, and no stack is started."""
    ran = _demo(*arguments)

    assert ran.returncode == code
    assert "Starting" not in ran.stderr
    assert ran.stdout == ""


def _appended(folder: Path, switch_id: str) -> dict[str, str]:
    with EmbeddedPostgres(folder / "postgres", database=DATABASE_NAME) as server:
        keys = FileKeyProvider(master_key_file(folder))
        with SwitchStore.open(server.url(DATABASE_NAME), keys) as store:
            events: list[Any] = [each.event for each in store.notifications()]
    found = {
        (event.meta["activity"], event.TOPIC) for event in events if event.meta["switch_id"] == switch_id
    }
    return {activity: topic for activity, topic in APPENDED.items() if (activity, topic) in found}


def test_demo_of_licenses_only_orders_cancels_and_bills_nothing() -> None:
    """Both plans are owned: everyone moves, the referee finds nothing, not even an order."""
    result = _result("--licenses-only", "--users", "120")

    assert (result["status"], result["moved"], result["licenses_only"]) == ("completed", 120, True)
    assert (result["quote_total"], result["charged_total"]) == (None, 0)
    assert result["referee"] == {**CLEAN, "orders": 0, "cancellations": 0}
