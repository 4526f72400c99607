"""One declaration for each stored event, from which board, audit, pages and command line read."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest
from eventsourcing.domain import Aggregate

from audit.story.waits import BEGINS, ENDS, MARKS
from domain.event_table.event_declaration import WaitKind, declared, table_of
from domain.event_table.event_table import EVENTS, effect_of, stage_after
from domain.quote.quote import quote
from domain.stored_events import EVENT_MODULES
from domain.switch.events import SwitchRequested
from domain.switch.stage import LIVE, RECORDED, Stage
from domain.switch.switch_state import SwitchEvent
from projections.board.fold import CHANGES
from projections.board.rows import BoardRow
from tests.support.stories import quote_inputs, samples
from tools.tidy_sources import PACKAGES, ROOT

EMPTY = BoardRow(switch_id=samples.SWITCH_ID, organization_id="contoso", updated_at=samples.AT)
#: A row on which every event has something to change.
FULL = replace(
    EMPTY,
    stage=Stage.HELD,
    waits_for="somebody",
    wait_names=["no answer: X: x"],
    moved=100,
    failed=90,
    skipped=80,
    total=300,
    licenses_only=True,
    promised_end=samples.AT,
    credit_deadline_at=samples.AT - timedelta(days=1),
    invoice_promised_at=samples.AT,
    invoice_looks_at=samples.AT,
    invoice_open_point="not_settled",
    error_code="X",
    error_message="x",
    quote=quote(quote_inputs.terms()).as_facts(),
)
#: Facts with which an event changes all that it can change, where its example does not.
FACTS: dict[str, dict[str, Any]] = {
    "alarm-raised": {"alarm": "credit_check"},
    "promise-missed": {"promise": "credit_check"},
    "licenses-reassigned": {"pass_name": "late", "moved": 400, "failed": 7},
    "group-moved": {"failed": 7},
    "credit-check-required": {"deadline_at": samples.LATER},
    "wait-noted": {"looks_at": samples.LATER},
    "look-planned": {"looks_at": samples.LATER},
}


def example(event_class: type[Any]) -> Any:
    """Return an event that changes all that one of its class can change."""
    event = samples.sample_of(event_class)
    facts = FACTS.get(event_class.TOPIC.partition(".")[2], {})
    return event_class(**{**vars(event), **facts}) if facts else event


def stored_classes() -> set[type[Any]]:
    """Return every class under whose topic an event is stored."""
    found = [each for module in EVENT_MODULES for each in vars(module).values() if isinstance(each, type)]
    stored = {each for each in found if "TOPIC" in vars(each)}
    return {each.Created if issubclass(each, Aggregate) else each for each in stored}


def test_every_stored_event_is_declared() -> None:
    """Kind: an event that a table lacks; the declaration is the only one, and no event is without it."""
    assert set(EVENTS) == stored_classes()


def test_an_event_that_is_declared_twice_is_refused() -> None:
    """Kind: a key of a table that stands there twice, of which the later one wins silently."""
    first = declared(SwitchRequested, lambda _: "first")

    with pytest.raises(ValueError, match="SwitchRequested is declared twice"):
        table_of(first, declared(SwitchRequested, lambda _: "second"))


@pytest.mark.parametrize("event_class", EVENTS, ids=lambda each: each.__qualname__)
def test_an_event_tells_its_effect_in_one_line(event_class: type[Any]) -> None:
    """No event is told by its bare name: what it changed stands in words."""
    told = effect_of(example(event_class))

    assert told.strip()
    assert "\n" not in told


@pytest.mark.parametrize("event_class", EVENTS, ids=lambda each: each.__qualname__)
def test_an_event_leads_where_it_is_declared_to(event_class: type[Any]) -> None:
    """What an event may follow and where it leads is recorded stages, and whom that waits for is known."""
    known = EVENTS[event_class]

    assert (known.follows is not None) == issubclass(event_class, SwitchEvent)
    assert known.follows is None or known.follows <= RECORDED
    assert stage_after(example(event_class)) == known.leads_to
    assert (known.words is None) == (known.leads_to is None)
    if known.words and known.leads_to in LIVE:
        assert known.words.waits_for


def test_the_board_changes_by_the_events_that_say_so() -> None:
    """Kind: a table of the board that drifts; its functions are those of the events that change it."""
    changing = {each.event for each in EVENTS.values() if each.board}

    assert changing == set(CHANGES) | {SwitchRequested}
    assert set().union(*(each.board for each in EVENTS.values())) <= {each.name for each in fields(BoardRow)}


@pytest.mark.parametrize("event_class", CHANGES, ids=lambda each: each.__qualname__)
def test_an_event_changes_the_columns_that_it_declares(event_class: type[Any]) -> None:
    """The columns are counted: what an event changes on an empty row and on a full one is what it says."""
    event, change = example(event_class), CHANGES[event_class]
    changed = {
        each.name
        for row in (EMPTY, FULL)
        for each in fields(BoardRow)
        if getattr(row, each.name) != getattr(change(row, event), each.name)
    }

    assert changed == EVENTS[event_class].board


def test_every_wait_begins_with_an_event_and_can_end() -> None:
    """Kind: a wait that the audit knows and no event begins, or that nothing but the switch's end ends."""
    begun = {each.begins for each in EVENTS.values() if each.begins}

    assert begun == set(WaitKind)
    assert set(BEGINS) == {each.event for each in EVENTS.values() if each.begins}
    assert {kind for kind, _ in [*ENDS, *MARKS]} <= begun
    assert {event for _, event in [*ENDS, *MARKS]} <= set(EVENTS)


def test_no_dictionary_names_a_key_twice() -> None:
    """Kind: two lines of a table for one key; the linter sees it for constants, not for names of classes."""
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for folder in PACKAGES
        for path in sorted((ROOT / folder).rglob("*.py"))
        for line in repeated(path.read_text(encoding="utf-8"))
    ]

    assert found == []
    assert list(repeated("{\n a.B: 1,\n a.C: 2,\n a.B: 3}")) == [4]


def repeated(text: str) -> Iterator[int]:
    """Yield the lines on which a dictionary repeats a key."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Dict):
            counts: Counter[str] = Counter()
            for key in filter(None, node.keys):
                counts[ast.unparse(key)] += 1
                if counts[ast.unparse(key)] > 1:
                    yield key.lineno


def test_the_facts_of_the_examples_are_those_of_events() -> None:
    """A topic that nobody stores would change no example."""
    assert set(FACTS) <= {each.TOPIC.partition(".")[2] for each in EVENTS}
