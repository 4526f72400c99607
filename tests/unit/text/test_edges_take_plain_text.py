"""Kind of fault: an edge that forgets to look. Every body and every update is found, and looks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from types import SimpleNamespace
from typing import Any, cast

import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel
from temporalio import workflow
from temporalio.exceptions import ApplicationError

from console.app import create_app
from console.edge.plain_bodies import Body
from console.switches.bodies import CommandBody, CreditCallback, SwitchBody
from domain.kernel.errors import InvalidInput, UnacceptableText
from domain.kernel.facts import as_plain
from ops.base.settings import load_settings
from sandbox.faults.fault_program import parse_program
from tests.support.acts.strangers import ACCEPTED
from tests.support.stories.signatures import signed
from workflows.switch.plan_switch import PlanSwitch
from workflows.wait.eligibility_wait import EligibilityWait

CALLBACK = (
    '{"callback_id": "c", "organization_id": "o", "order_id": "O\\u0000", "check_id": "k",'
    ' "verdict": "approved", "decided_at": "2026-11-10T09:00:00Z"}'
)

MAY_BE_ABSENT = {"PlanSwitch.await_request", "EligibilityWait.await_begun"}
KEY = "01234567-89ab-cdef-0123-456789abcdef"
DECIDE = "PlanSwitch.decide_credit"
DECISION = {
    "decision_id": "d",
    "verdict": "approved",
    "decided_by": "bureau",
    "actor": "credit-bureau",
    "reason": "two\nlines",
}
#: Update -> what its message has beside those of every command.
OWN_FIELDS: dict[str, dict[str, Any]] = {
    "PlanSwitch.skip_user": {"user_key": KEY, "is_loss_accepted": True},
    "PlanSwitch.retry_users": {"user_keys": [KEY]},
    "PlanSwitch.amend": {"quantity": 30, "accepted_digest": "d"},
    "PlanSwitch.extend_credit": {"days": 2},
    "PlanSwitch.take_step": {"step": "buy"},
    "EligibilityWait.reschedule": {"accepted": ACCEPTED, "quote": {}, "quiet_hours": "22:00-06:00"},
}


def _body_models() -> Iterator[Any]:
    """Yield the model of each body that an endpoint of the console takes."""
    app = create_app(cast("Any", SimpleNamespace()))
    routers = [each.original_router for each in app.routes if hasattr(each, "original_router")]
    for route in (each for router in routers for each in router.routes):
        if isinstance(route, APIRoute):
            yield from (each.field_info.annotation for each in route.dependant.body_params)


def _updates() -> Iterator[tuple[str, Any]]:
    for owner in (PlanSwitch, EligibilityWait):
        definition = workflow._Definition.must_from_class(owner)
        yield from ((f"{owner.__name__}.{name}", each) for name, each in definition.updates.items())


def test_every_body_of_the_console_is_one_that_looks_at_its_texts() -> None:
    """A new endpoint can't forget it: its body is a `Body`, or this fails."""
    models = [each for each in _body_models() if isinstance(each, type) and issubclass(each, BaseModel)]

    assert len(models) > 10
    assert [each.__name__ for each in models if not issubclass(each, Body)] == []


@pytest.mark.parametrize(("name", "update"), [*_updates()])
@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"request_id": "a\x00b"}, "UNACCEPTABLE_TEXT"),
        ({"reason": "a\u202eb"}, "UNACCEPTABLE_TEXT"),
        ({"user_keys": ["\x1b"]}, "UNACCEPTABLE_TEXT"),
        ({"reason": "  "}, "INVALID_INPUT"),
        ({}, "UNREADABLE_MESSAGE"),
        ({"unknown": 1}, "INVALID_INPUT"),
        (None, "UNREADABLE_MESSAGE"),
        ("text", "UNREADABLE_MESSAGE"),
    ],
)
def test_every_update_has_a_validator_that_refuses_with_a_stable_code(
    name: str, update: Any, message: Any, code: str
) -> None:
    """What a validator refuses never gets into a history; Temporal does not try it again."""
    if message is None and name in MAY_BE_ABSENT:
        update.validator(None, message)
        return
    with pytest.raises(ApplicationError) as refused:
        update.validator(None, message)

    assert (name, refused.value.type, refused.value.non_retryable) == (name, code, True)


@pytest.mark.parametrize(("name", "update"), [*_updates()])
def test_no_update_refuses_what_everybody_can_read(name: str, update: Any) -> None:
    """A signed command without fault passes; a message may be left out only where nothing new is asked."""
    envelope = as_plain(asdict(signed()))
    command = {"request_id": "a", "actor": "Zoë", "reason": "two\nlines", "signed": envelope}

    if name in MAY_BE_ABSENT:
        update.validator(None)
        return
    decision = {**DECISION, "signed": envelope}
    update.validator(None, decision if name == DECIDE else {**command, **OWN_FIELDS.get(name, {})})
    with pytest.raises(ApplicationError, match="allowed: one message") as refused:
        update.validator(None)
    assert refused.value.type == "UNREADABLE_MESSAGE"


def test_a_signed_callback_is_looked_at_like_every_body() -> None:
    """The bureau is outside as well."""
    with pytest.raises(UnacceptableText, match="order_id has the control character U\\+0000"):
        CreditCallback.model_validate_json(CALLBACK)


@pytest.mark.parametrize("blank", [" ", "\t", "\n  "])
def test_a_reason_of_blanks_is_refused_also_where_none_need_be_given(blank: str) -> None:
    """Nothing said is said by leaving it out."""
    with pytest.raises(InvalidInput, match="words that say why"):
        CommandBody(reason=blank)
    with pytest.raises(InvalidInput, match="words that say why"):
        SwitchBody(organization_id="o", target_plan="E3", reason=blank)

    assert SwitchBody(organization_id="o", target_plan="E3").reason == ""


def test_settings_and_fault_programs_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who acts here comes from a setting and goes into every record; a program describes a world."""
    monkeypatch.setenv("PLANSWITCH_LOCAL_ACTOR", "olga\x1b[2J")

    with pytest.raises(UnacceptableText, match="PLANSWITCH_LOCAL_ACTOR"):
        load_settings()
    with pytest.raises(UnacceptableText):
        parse_program({"seed": 1, "rules": [{"match": "a\x00"}]})
