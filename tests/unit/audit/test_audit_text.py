"""What `audit show` prints for people: 80 columns, hundreds of equal attempts in one line."""

from __future__ import annotations

import pytest

from audit.story.holdings import journal_story, locks_of, money_of, users_of
from audit.story.refusals import refusals_of
from audit.story.show import SwitchAudit
from audit.story.steps import steps_of
from audit.story.verdict import verdict_of
from audit.story.waits import waits_of
from cli.audit.show import story
from domain.switch import events as switch_events
from domain.switch import move_events
from tests.support.stories.audit_stories import ORDER_STEP, Story
from tests.support.stories.samples import ORGANIZATION_ID, SWITCH_ID

COLUMNS = 80


@pytest.fixture(autouse=True)
def _narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Print on a narrow terminal."""
    monkeypatch.setenv("COLUMNS", str(COLUMNS))


def printed(told: Story) -> list[str]:
    """Return the lines of a story."""
    steps, waits = steps_of(told.events, told.calls), waits_of(told.events)
    money, users = money_of(told.events, told.calls), users_of(told.events)
    audit = SwitchAudit(
        switch_id=SWITCH_ID,
        organization_id=ORGANIZATION_ID,
        verdict=verdict_of(told.events, steps=steps, waits=waits, money=money, users=users),
        users=users,
        money=money,
        locks=locks_of(told.events),
        waits=waits,
        steps=steps,
        events=(),
        provider_calls=(),
        refusals=refusals_of(told.calls),
        journal=journal_story(told.events),
    )
    lines = story(audit)
    assert max(len(line) for line in lines) <= COLUMNS
    return lines


def test_attempts_that_heard_the_same_are_one_line() -> None:
    """A seller who takes an hour is told in one line with the first and the last instant."""
    told = Story()
    told.reserved()
    for attempt in range(1, 41):
        told.call(ORDER_STEP, attempt * 60, attempt=attempt, operation="provisioning")
    told.call(ORDER_STEP, 2500, attempt=41, operation="provisioning", status=503, code="down", text="Later.")

    lines = printed(told)

    at = lines.index(f"  {ORDER_STEP}")
    assert lines[at + 1] == "    attempts 1 to 40, 2026-11-22 09:01:00 to 2026-11-22 09:40:00: recorded"
    assert lines[at + 2] == "    nothing: what it asked for was not there yet"
    assert lines[at + 3] == "      seller    provisioning         200            5 ms"
    assert lines[at + 4 : at + 8] == [
        "    attempt 41, 2026-11-22 09:41:40: recorded nothing; 503 down: Later. (seller,",
        "    provisioning)",
        "      seller    provisioning         503            5 ms",
        "          down: Later.",
    ]


def test_calls_that_are_alike_are_counted_and_keys_are_short() -> None:
    """Many batches with the same answer are one line; a repeated key is told with `again`."""
    told = Story()
    told.reserved()
    for _ in range(25):
        told.call(ORDER_STEP, 1, provider="directory", operation="change_licenses", text="20 x 200")
    told.call(ORDER_STEP, 2, key="1234567890", status=0, code="ReadTimeout")
    told.call(ORDER_STEP, 3, attempt=2, key="1234567890", status=201)

    lines = printed(told)

    assert "      directory change_licenses      200          125 ms  25 times" in lines
    assert "          20 x 200" in lines
    assert "      seller    checkout             no answer      5 ms  key 12345678" in lines
    assert "      seller    checkout             201            5 ms  key 12345678 again" in lines


def test_verdict_comes_first_and_what_to_do_is_told() -> None:
    """A held switch begins with its outcome, since when, why, and the command that ends it."""
    told = Story()
    told.reserved()
    told.record(switch_events.ReplacementOrdered, 5, activity=ORDER_STEP, order_id="O1", quantity=10)
    told.record(move_events.LicenseMoveHeld, 7, code="LICENSES_UNRESOLVED", message="2 users are left.")

    lines = printed(told)

    assert lines[3] == "HOLD since 2026-11-22 09:00:07 UTC"
    assert "Held: waits since" in lines[4]
    assert any(line.startswith("  what to do") and "retry" in line for line in lines)
    assert "  order           O1, 10 licenses, placed 2026-11-22 09:00:00 UTC" in lines
    assert any("still held" in line for line in lines)
