"""What the command line says a reason stops, and which command it names after a start."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from cli.product_text import _lock
from cli.switch import quote_text
from cli.switch.switch_text import started
from console.models.quotes import ReasonAnswer
from console.models.switches import SwitchStarted
from domain.organizations.organization import LockHolder
from domain.reasons.reasons import AUTOMATIC, MANUAL, REASONS, Retry, weight_words

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def reason(code: str) -> ReasonAnswer:
    """Return a reason as the API tells it."""
    row = REASONS[code]
    return ReasonAnswer(
        code=code,
        message="Why.",
        remedy="",
        blocks=row.blocks,
        stages=row.stages,
        retry=Retry(kind="never"),
        evidence={},
        docs="",
        support=None,
    )


@pytest.mark.parametrize(
    ("code", "mode", "line"),
    [
        ("TRIAL", AUTOMATIC, "stops TRIAL: Why."),
        ("TRIAL", MANUAL, "notice TRIAL (it stops an automatic switch alone): Why."),
        ("TRIAL", "", "stops TRIAL (an automatic switch alone): Why."),
        ("WRONG_ROLE", MANUAL, "stops WRONG_ROLE: Why."),
        ("WRONG_ROLE", "", "stops WRONG_ROLE: Why."),
        ("PREPAID_PLAN", MANUAL, "notice PREPAID_PLAN: Why."),
    ],
)
def test_a_reason_stops_the_mode_that_is_asked_about(code: str, mode: str, line: str) -> None:
    """By hand a reason that stops an automatic switch alone is a notice; a list of plans tells both."""
    assert quote_text.reasons([reason(code)], mode)[0].strip() == line


@pytest.mark.parametrize("code", REASONS)
def test_no_reason_stops_a_mode_that_it_does_not_block(code: str) -> None:
    """The word is that of the rules, in each mode (rules#reasons)."""
    for mode in (AUTOMATIC, MANUAL):
        assert (weight_words(REASONS[code].blocks, mode)[0] == "stops") == (mode in REASONS[code].blocks)


@pytest.mark.parametrize(
    ("mode", "wait", "command"),
    [(AUTOMATIC, None, "watch"), (MANUAL, None, "next"), (MANUAL, SimpleNamespace(not_before=None), "watch")],
)
def test_a_start_names_what_comes_next(
    mode: str, wait: Any, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By hand the steps are next (manual#steps); a request that waits has none yet."""
    monkeypatch.setattr("cli.switch.switch_text.accepted", lambda _wait: [])
    answer = SwitchStarted.model_construct(switch_id="12345678-9", repeated=False, findings=(), switch=None)
    object.__setattr__(answer, "wait", wait)

    assert started(answer, mode)[-1] == f"next: planswitch switch {command} 12345678"


def test_a_lock_says_who_is_awaited_where_nobody_promises_an_end() -> None:
    """A switch by hand waits for its operator; an automatic one tells its promise."""
    promised = LockHolder(switch_id="12345678-9", since=NOW, promised_end=NOW)
    by_hand = LockHolder(
        switch_id="12345678-9", since=NOW, promised_end=NOW, waits_for="an operator: start step cancel"
    )

    assert "promised by 2026-11-22 09:00:00 UTC" in _lock(promised)
    assert "it waits for an operator: start step cancel" in _lock(by_hand)
    assert "promised" not in _lock(by_hand)
