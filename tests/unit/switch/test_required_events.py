"""What a step requires of the record: before its turn it is refused, and what must stand there by now lacks.

See reliability#lost-workflows-and-lost-stores and ADR 19.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.kernel.errors import RecordInconsistent, StepOutOfOrder
from domain.operator.amendment import bound_facts
from domain.switch.events import CreditCheckRequired, QuoteFixed, ReplacementOrdered, ReplacementReady
from domain.switch.move_events import BillingCutOver, LicenseMoveStarted, SourceCancelled
from domain.switch.stage import FORWARD, IN_CREDIT_CHECK, IS_BILLED, IS_LEFT, RECORDED, Stage
from domain.switch.switch_state import SwitchEvent
from tests.support.stories.aggregate_stories import source_at
from tests.support.stories.samples import SWITCH_ID

PROJECT = Path(__file__).parents[3]
#: Event -> the stages in which it must stand in the record, where those are not all.
SINCE: dict[type[SwitchEvent], frozenset[Stage]] = {
    CreditCheckRequired: IN_CREDIT_CHECK,
    LicenseMoveStarted: FORWARD,
    SourceCancelled: IS_LEFT,
    BillingCutOver: IS_BILLED,
}
EARLY = [(event_class, stage) for event_class, since in SINCE.items() for stage in sorted(RECORDED - since)]
LATE = [(event_class, stage) for event_class, since in SINCE.items() for stage in sorted(since)]


@pytest.mark.parametrize(("event_class", "stage"), LATE)
def test_what_must_stand_in_the_record_by_now_is_named(event_class: type[SwitchEvent], stage: Stage) -> None:
    """The error names switch, stage and event, and how to see what is recorded."""
    state = source_at(stage).switch(SWITCH_ID)

    with pytest.raises(RecordInconsistent) as raised:
        state.require(event_class, since=SINCE[event_class])

    assert str(raised.value) == (
        f"The record of switch {SWITCH_ID}, which is {stage}, lacks "
        f"{event_class.TOPIC.rpartition('.')[2]}, which must stand in it by now."
    )
    assert "`planswitch audit show SWITCH`" in raised.value.remedy


@pytest.mark.parametrize(("event_class", "stage"), EARLY)
def test_what_need_not_stand_in_the_record_yet_refuses_the_step(
    event_class: type[SwitchEvent], stage: Stage
) -> None:
    """Whoever asks came before its turn, or after the end: nothing is wrong with the record."""
    with pytest.raises(StepOutOfOrder):
        source_at(stage).switch(SWITCH_ID).require(event_class, since=SINCE[event_class])


@pytest.mark.parametrize("event_class", [ReplacementOrdered, ReplacementReady, QuoteFixed])
def test_a_step_that_has_asked_for_its_turn_finds_what_it_needs(event_class: type[SwitchEvent]) -> None:
    """Without stages of its own the event must stand there whatever the stage is."""
    with pytest.raises(RecordInconsistent):
        source_at("moving").switch(SWITCH_ID).require(event_class)


def test_a_switch_without_a_quote_is_inconsistent_and_not_unknown() -> None:
    """Request and quote are saved in one transaction, so a switch has both."""
    with pytest.raises(RecordInconsistent, match="lacks quote-fixed"):
        bound_facts(source_at("source_cancelled").switch(SWITCH_ID))


def test_no_step_fails_without_a_code_where_the_record_lacks_something() -> None:
    """No bare AssertionError is left in steps, rules and store: it would be tried again for ever."""
    assert list(_bare_assertions("activities", "domain")) == []


def _bare_assertions(*layers: str) -> Iterator[str]:
    for layer in layers:
        for path in sorted((PROJECT / layer).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Assert) or (
                    isinstance(node, ast.Raise) and node.exc and "AssertionError" in ast.unparse(node.exc)
                ):
                    yield f"{path.relative_to(PROJECT)}:{node.lineno}"
