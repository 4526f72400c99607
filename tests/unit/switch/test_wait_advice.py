"""What a wait advises is taken, and no wait speaks of a call by its id (unit; waits#where-it-is-shown)."""

from __future__ import annotations

import re

import pytest

from activities.base.wait_notes import awaited_of
from domain.kernel.awaited import Party
from domain.kernel.errors import ConcurrentWrite, ProviderRefused
from domain.operator.operator_commands import advice_on_wait, is_waiting_for_retry, operator_commands
from domain.operator.step_words import CALL_WORDS, call_words
from domain.switch.stage import LIVE, TERMINAL
from domain.switch.switch_state import SwitchState
from domain.switch.waiting_events import WaitNoted
from providers.transport.meanings import failed_answer
from sandbox.faults.fault_calls import CALLBACK, FORMER_NAMES, OPERATIONS, TOKEN
from tests.support.stories.aggregate_stories import advance, source_at
from tests.support.stories.samples import SWITCH_ID

#: Command as it is typed -> as it is listed.
NAMES = {"rollback": "roll_back"}
TYPED = re.compile(r"`planswitch switch ([a-z]+)")


def state_at(stage: str) -> SwitchState:
    """Return the state of a switch in a stage."""
    return source_at(stage).switch(SWITCH_ID)


@pytest.mark.parametrize("status", [401, 403, 409, 412, 423, 429, 500, 503])
@pytest.mark.parametrize("stage", sorted(LIVE - TERMINAL))
def test_a_wait_that_ends_by_itself_advises_only_what_is_taken(stage: str, status: int) -> None:
    """Whatever passes by itself: a command that the advice names is one that the stage takes."""
    state = state_at(stage)
    error = failed_answer("seller", "checkout", status, {}, {}).error(ProviderRefused)
    allowed = {each.command for each in operator_commands(state) if each.is_allowed}

    remedy = awaited_of(error, state).remedy

    assert "by itself" in remedy
    assert {NAMES.get(each, each) for each in TYPED.findall(remedy)} <= allowed
    assert "ry again" not in remedy
    assert "ask again" not in remedy


@pytest.mark.parametrize("stage", ["requested", "credit_cleared", "ready", "moving", "moved"])
def test_while_there_is_a_way_back_the_advice_names_it(stage: str) -> None:
    """Who does not want to wait is told how it is led back."""
    assert TYPED.findall(advice_on_wait(state_at(stage)))


def test_a_request_that_waits_is_ended_by_a_cancel() -> None:
    """Nothing was begun: a cancel ends the wait, and a look needs no advice of its own."""
    error = failed_answer("directory", "users_page", 503, {}, {}).error(ProviderRefused)

    awaited = awaited_of(error, None)

    assert TYPED.findall(awaited.remedy) == ["cancel"]
    assert awaited.words() == "the directory to answer the question who has the plan"


def test_every_call_has_words_of_its_own() -> None:
    """Each operation that a fault program names has words, and no words hold an id."""
    calls = OPERATIONS - set(FORMER_NAMES) - {CALLBACK, TOKEN}

    assert calls <= set(CALL_WORDS)
    assert all(words.startswith(("the ", "a ", "an ")) for words in CALL_WORDS.values())
    assert not [words for words in CALL_WORDS.values() if "_" in words]
    assert call_words("a_call_of_tomorrow") == ""


def test_what_the_switch_itself_has_to_do_again_is_no_answer() -> None:
    """Without a provider nobody is to answer: the switch tries again."""
    awaited = awaited_of(ConcurrentWrite("Somebody wrote first.", remedy="Try again."), state_at("moving"))

    assert awaited.words() == "the switch itself to try again"


@pytest.mark.parametrize("stage", sorted(LIVE - TERMINAL))
@pytest.mark.parametrize(
    ("party", "code", "is_for_good"),
    [
        (Party.OPERATOR, "PROVIDER_REFUSED", True),
        (Party.OPERATOR, "PERMISSION_MISSING", False),
        (Party.OPERATOR, "ACCESS_EXPIRED", False),
        (Party.SELLER, "PROVIDER_UNAVAILABLE", False),
    ],
)
def test_a_retry_is_taken_only_where_a_step_has_failed_for_good(
    stage: str, party: Party, code: str, *, is_for_good: bool
) -> None:
    """What calls for somebody is what takes a retry, and nothing else (waits#who-gets-an-alarm)."""
    source = source_at(stage)
    advance(source, WaitNoted, party=party.value, code=code)
    state = source.switch(SWITCH_ID)

    assert is_waiting_for_retry(state) == is_for_good
