"""Shapes of messages: what fits passes, what does not is named, and words are those of the domain."""

from __future__ import annotations

from dataclasses import asdict, fields, is_dataclass, make_dataclass, replace
from typing import Any

import pytest

import activities.base.promise_contract
import activities.base.wait_contract
import activities.contract
import activities.credit.credit_contract
import activities.manual.manual_contract
import activities.operator.control_contract
import workflows.base.messages
from activities.base import promise_contract as promises
from activities.contract import ActivitySpec, SwitchOrder
from activities.credit.credit_record import EXPIRED, OVERDUE, REMINDER
from activities.licenses.license_reassignment import PILOT
from domain.catalog.rule_sets import rule_set
from domain.kernel.errors import InvalidInput, PlanSwitchError, UnreadableMessage
from domain.operator.alarms import ALARMS
from domain.switch.credit import EXTENSION_DAYS_MAX
from domain.text import message_shapes as shapes
from domain.text.message_shapes import BOUNDS, COMMAND_BOUNDS, NEVER_EMPTY, require_shape

ORDER = SwitchOrder(
    switch_id="01234567-89ab-cdef-0123-456789abcdef",
    request_id="r",
    organization_id="o",
    source_subscription_id="s",
    target_plan_id="p",
    quote_digest="d",
    acknowledgments=("a",),
    quoted_on="2026-11-29",
    actor="ada",
    reason="",
)
CONTRACTS = (
    activities.contract,
    activities.operator.control_contract,
    activities.credit.credit_contract,
    activities.base.promise_contract,
    activities.base.wait_contract,
    activities.manual.manual_contract,
    workflows.base.messages,
)


def test_a_message_and_its_json_fit_alike() -> None:
    """What a workflow hands on and what somebody sends as JSON is looked at by one rule."""
    require_shape(ORDER, SwitchOrder, is_command=True)
    require_shape(asdict(ORDER), SwitchOrder, is_command=True)
    require_shape({**asdict(ORDER), "acknowledgments": ["a", "b"], "quantity": 5}, SwitchOrder)
    require_shape(ORDER.as_facts(), SwitchOrder, is_command=True)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("payment_method", "gold"),
        ("payment_method", ""),
        ("term", "P9Y"),
        ("quantity", ""),
        ("quantity", True),
        ("quantity", "5"),
        ("quantity", 5.0),
        ("acknowledgments", "a"),
        ("acknowledgments", [1]),
        ("acknowledgments", None),
        ("pilot", None),
        ("reason", 5),
        ("reason", ["a"]),
        ("quoted_on", "29.11.2026"),
        ("start_on", "1066-10-14"),
        ("switch_id", "01234567-89AB-cdef-0123-456789abcdef "),
        ("unknown", 1),
    ],
)
def test_a_field_of_another_kind_is_named(field: str, value: Any) -> None:
    """The refusal names the field and what is allowed, and shows no long value whole."""
    with pytest.raises(InvalidInput, match=field) as refused:
        require_shape({**asdict(ORDER), field: value}, SwitchOrder)

    assert refused.value.remedy
    assert len(refused.value.message) < 300


@pytest.mark.parametrize("name", ["pass_name", "switch_id", "start_on"])
def test_an_optional_text_keeps_its_bounds(name: str) -> None:
    """Text that may be null is not free to be empty: "" is looked at as any other text."""
    kind = make_dataclass("Message", [(name, str | None, None)])

    require_shape({name: None}, kind)
    if BOUNDS[name].is_met(""):
        require_shape({name: ""}, kind)
        return
    with pytest.raises(InvalidInput, match=name):
        require_shape({name: ""}, kind)


def test_a_text_that_names_somebody_is_never_empty() -> None:
    """Also where it may be null."""
    kind = make_dataclass("Message", [("actor", str | None, None)])

    with pytest.raises(InvalidInput, match="actor"):
        require_shape({"actor": ""}, kind, is_command=True)


@pytest.mark.parametrize("name", ["quote_digest", "mode", "caller_role"])
def test_a_field_that_is_missing_is_named(name: str) -> None:
    """A message without one of its fields is none, even where whoever makes an order may leave it out."""
    facts = asdict(ORDER)
    del facts[name]

    with pytest.raises(UnreadableMessage, match=f"{name} is missing"):
        require_shape(facts, SwitchOrder)


def test_a_long_text_is_refused_and_shown_short() -> None:
    """500 characters are taken from outside, as at every edge of the console; a step may tell more."""
    told = replace(ORDER, reason="r" * 501)

    require_shape(told, SwitchOrder)
    with pytest.raises(InvalidInput, match="500 characters") as refused:
        require_shape(told, SwitchOrder, is_command=True)
    assert len(refused.value.message) < 300


def test_each_bound_belongs_to_a_field_that_there_is() -> None:
    """A renamed field takes its bound with it, or this fails."""
    known = {
        each.name
        for module in CONTRACTS
        for kind in vars(module).values()
        if isinstance(kind, type) and is_dataclass(kind)
        for each in fields(kind)
    }
    known |= {"cause", "position", "looks_per_run"}

    assert {*BOUNDS, *COMMAND_BOUNDS, *NEVER_EMPTY} <= known


def test_the_limits_are_those_of_the_console() -> None:
    """One thing has one limit, by which door it may come (domain/kernel/limits.py holds the others)."""
    assert shapes.EXTENSION_DAYS_MAX == EXTENSION_DAYS_MAX


def test_the_words_are_those_of_the_domain() -> None:
    """Modes of every rule set are taken, and its defaults for services."""
    for name in ("2014", "2020", "current"):
        rules = rule_set(name)
        for mode in rules.modes:
            require_shape({**asdict(ORDER), "mode": mode}, SwitchOrder)
        require_shape(replace(ORDER, service_settings=rules.service_settings), SwitchOrder)


def test_each_input_of_an_activity_is_a_dataclass_whose_order_is_looked_at() -> None:
    """No activity takes what the door can't look into."""
    specs = [each for module in CONTRACTS for each in vars(module).values() if isinstance(each, ActivitySpec)]

    assert len(specs) > 25
    for spec in specs:
        with pytest.raises(PlanSwitchError):
            require_shape({"order": {}, "after": []}, spec.input_type)


def test_the_words_of_promises_alarms_marks_and_passes_are_those_that_the_product_has() -> None:
    """A bound that forgets one would refuse a step of ours for ever."""
    promised = {
        *(promises.WHOLE_SWITCH, promises.LICENSE_MOVE, promises.ADMINISTRATION_LOCK),
        *(promises.STILL_SWITCHING, promises.CREDIT_CHECK, promises.CREDIT_INVOICE),
    }

    assert set(BOUNDS["promise"].allowed.split(", ")) == promised
    assert set(BOUNDS["alarm"].allowed.split(", ")) == set(ALARMS)
    assert set(BOUNDS["mark"].allowed.split(", ")) == {REMINDER, OVERDUE, EXPIRED}
    assert set(BOUNDS["pass_name"].allowed.split(", ")) == {"move", PILOT}
