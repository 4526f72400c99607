"""One order, carried whole: what was recorded and sent before keeps its shape and its digest."""

from __future__ import annotations

import base64
import json
from dataclasses import fields, replace
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError
from temporalio.api.common.v1 import Payload
from temporalio.exceptions import ApplicationError

from activities.assessment.circumstances import SwitchQuestion
from activities.contract import MOVE_SLICE, StepInput, SwitchOrder
from console.switches.bodies import QuoteBody, SwitchBody
from domain.kernel.errors import InvalidInput
from domain.requests import terms as declared
from domain.requests.terms import SwitchOptions, SwitchTerms, require_sold
from ops.base.payloads import data_converter
from tests.support.stories.eligibility_inputs import profile
from tools.tidy_sources import PACKAGES, ROOT, TEXT_SUFFIXES

ORDERS = TypeAdapter(SwitchOrder)
#: History -> digest of its request, as the version computed it that recorded or replayed it first.
DIGESTS = {
    "credit-approved-licenses-1": "4c20b5bca0e802ec3e440aa1639956565132ad1e47cba5ebf9955ecbb129d4bd",
    "pilot-then-all-licenses-1": "bbde51a86cd5d0a7af1fbd836fa969bfa1985b35fba1618c9bf5ad85390d97e0",
    "pilot-emptied-licenses-1": "71a3b6a86f15ac14cdb686039b8651f126c927c833c069034fd2f8fb2a82f614",
    "provisioning-expired-unshown": "ec66a207bdf047df192dd9a6f8362950510626648386fb50c8080f40333d8f5b",
    "void-window-warned": "ef7227d4168e1a4f441582c5b404b6b1030d020b99fe84f3555232dfdec830e9",
    "amended-then-retried-licenses-1": "962bb1694538ec504b38f81b3f87445967d222d5adc777bada0977a40e96403f",
    "command-refused": "99641e5efddf3b143154c4d9c84594626265e89e797ac99e61aed0afa155b901",
}
#: Fields that came after the first recorded order.
CAME_LATER = {"start_on", "pilot", "pilot_soak_seconds", "pilot_group_id", "auto_renew", "signed"}
#: What an operator of each option types, and who reads a remedy or the timeline.
DECLARED = {
    "domain/requests/terms.py",
    "cli/switch/switch.py",
    "cli/base/errors.py",
    "console/words/readers.py",
    "domain/event_table/declared_orders.py",
}
#: What a pilot does, records and shows; the rule about it is in the first two.
PILOT = {
    "audit/verification/roster_rows.py",
    "domain/licenses/pilot.py",
    "activities/assessment/circumstances.py",
    "activities/assessment/preflight.py",
    "activities/licenses/license_reassignment.py",
    "activities/manual/named_users.py",
    "activities/operator/controls.py",
    "workflows/switch/license_stage.py",
    "domain/switch/move_events.py",
    "domain/event_table/declared_moves.py",
    "projections/board/fold.py",
    "projections/board/rows.py",
    "projections/reads/shown_rows.py",
    "projections/sql/tables.sql",
    "projections/sql/views.sql",
    "cli/switch/switch_text.py",
    "console/templates/switch_facts.html",
}


def recorded_orders() -> dict[str, dict[str, Any]]:
    """Return the order of each recorded history as it travelled over Temporal."""
    orders = {}
    for file in sorted((ROOT / "tests/histories").glob("*.json")):
        started = json.loads(file.read_text())["events"][0]["workflowExecutionStartedEventAttributes"]
        message = json.loads(base64.b64decode(started["input"]["payloads"][0]["data"]))
        orders[file.stem] = message.get("order", message)
    return orders


RECORDED = recorded_orders()


def sent(message: Any) -> Any:
    """Return the JSON of a message as workers and consoles hand it to Temporal."""
    return json.loads(data_converter.payload_converter.to_payload(message).data)


def received(message: Any, kind: Any) -> Any:
    """Return what workers read of JSON that somebody sent."""
    payload = Payload(metadata={"encoding": b"json/plain"}, data=json.dumps(message).encode())
    return data_converter.payload_converter.from_payloads([payload], [kind])[0]


def recorded_chunks() -> list[dict[str, Any]]:
    """Return the input of each recorded step that moves users, as it travelled over Temporal."""
    events = [
        event.get("activityTaskScheduledEventAttributes")
        for file in sorted((ROOT / "tests/histories").glob("*.json"))
        for event in json.loads(file.read_text())["events"]
    ]
    return [
        json.loads(base64.b64decode(event["input"]["payloads"][0]["data"]))
        for event in events
        if event and event["activityType"]["name"] == MOVE_SLICE.name
    ]


@pytest.mark.parametrize("history", RECORDED)
def test_every_recorded_order_is_read_and_written_as_it_was(history: str) -> None:
    """A field that came since has its default; no other is added, dropped or spelled in another way."""
    recorded = RECORDED[history]
    order = received(recorded, SwitchOrder)
    written = sent(order)

    # In the same order, since the proof of a step is a digest of what is written.
    assert [(name, written[name]) for name in written if name in recorded] == list(recorded.items())
    assert written.keys() - recorded.keys() <= CAME_LATER
    assert received(written, SwitchOrder) == order
    assert json.loads(json.dumps(order.as_facts() | {"signed": None})) == written | {"signed": None}


def test_the_order_inside_of_a_step_is_written_as_it_was() -> None:
    """A worker of before reads, and proves, the steps that one of today asks for, and the other way round."""
    recorded = recorded_chunks()

    assert len(recorded) > 20
    for step in recorded:
        written = sent(received(step, MOVE_SLICE.input_type))
        order = {name: value for name, value in written["order"].items() if name in step["order"]}
        assert json.dumps(order) == json.dumps(step["order"])
        assert [name for name in written if name in step] == list(step)


@pytest.mark.parametrize("name", sorted(SwitchOrder.wire_needs))
def test_an_order_that_is_sent_without_a_field_of_the_first_ones_is_none(name: str) -> None:
    """A default is for who makes an order: nobody becomes an administrator by leaving out the role."""
    less = {key: value for key, value in RECORDED["completed"].items() if key != name}

    with pytest.raises(ApplicationError, match=name) as refused:
        received(less, SwitchOrder)
    assert refused.value.type == "UNREADABLE_MESSAGE"
    with pytest.raises(ApplicationError, match=name):
        received({"order": less, "after": []}, StepInput)


@pytest.mark.parametrize(("history", "digest"), DIGESTS.items())
def test_a_recorded_request_keeps_its_digest(history: str, digest: str) -> None:
    """A request that is repeated stays a repetition, whatever options came since."""
    order = ORDERS.validate_python(RECORDED[history])

    assert order.request_digest(order.quote_digest) == digest


def test_a_new_option_at_its_default_is_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is in no message and no digest; another value of it is in both."""
    order = ORDERS.validate_python(RECORDED["command-refused"])
    monkeypatch.setattr(declared, "_OMITTED", {"mode": "automatic"})
    manual = replace(order, mode="manual")

    assert "mode" not in order.as_facts()
    assert "mode" not in sent(order)
    assert "mode" not in sent(StepInput(order=order))["order"]
    assert sent(manual)["mode"] == manual.as_facts()["mode"] == "manual"
    assert order.request_digest("q") != manual.request_digest("q")


def test_a_body_asks_for_every_option_and_nothing_gets_lost() -> None:
    """What is sent to the API is what is asked; "" stands for none, as in every message."""
    told: dict[str, Any] = {
        "quantity": 7,
        "mode": "manual",
        "service_settings": "keep",
        "payment_method": "invoice",
        "rule_set": "2020",
        "policy": "fixed_30",
        "term": "P1Y",
        "billing_cycle": "annual",
        "acknowledgments": ("no_way_back",),
        "caller": "olga",
        "caller_role": "billing_admin",
        "start_on": "renewal",
        "pilot": 3,
        "pilot_soak_seconds": 60,
        "pilot_group_id": "11111111-2222-4333-8444-ABCDEFABCDEF",
        "auto_renew": "off",
        "target_subscription_id": "owned-1",
        "selection": "abc",
        "selected": 12,
        "user_services": "def",
        "set_usage_location": "DE",
        "switch_back_of": "22222222-2222-4333-8444-abcdefabcdef",
        "start_at": "2026-12-24t18:00:00+01:00",
        "quiet_hours": "22:00-06:00",
        "price_tolerance_percent": "2.5",
        "licenses_only": True,
    }
    about = {"organization_id": "o", "target_plan": "E3"}
    whole = SwitchBody.model_validate({**about, **told, "pilot": 0}).question().terms
    few = QuoteBody.model_validate({**about, "pilot": 3, "term": "", "caller": ""}).question().terms

    assert set(told) == {each.name for each in fields(SwitchOptions)}
    assert whole == SwitchTerms(
        **{**told, "pilot": 0, "pilot_group_id": told["pilot_group_id"].lower()},
        organization_id="o",
        source_subscription_id=None,
        target_plan_id="E3",
    )
    assert (few.term, few.caller, few.pilot) == (None, None, 3)


@pytest.mark.parametrize("body", [QuoteBody, SwitchBody])
@pytest.mark.parametrize(("stated", "paid"), [(None, "invoice"), ("card", "card"), ("invoice", "invoice")])
def test_what_nobody_states_is_paid_as_the_organization_pays(
    body: type[QuoteBody], stated: str | None, paid: str
) -> None:
    """cli#how-a-switch-is-paid: billing says how, unless the request does; a credit check depends on it."""
    told = {"organization_id": "o", "target_plan": "E3", "payment_method": stated}

    question = body.model_validate(told).question().paid_as(profile(payment_method="invoice"))

    assert (question.terms.payment_method, question.is_payment_stated) == (paid, True)


@pytest.mark.parametrize("body", [QuoteBody, SwitchBody])
@pytest.mark.parametrize("name", ["start_on", "rule_set", "policy", "caller_role"])
def test_a_text_that_is_empty_is_no_choice(body: type[QuoteBody], name: str) -> None:
    """A day that was forgotten starts nothing at once, and a role that was forgotten is no administrator."""
    with pytest.raises(ValidationError, match="at least 1 character"):
        body.model_validate({"organization_id": "o", "target_plan": "E3", name: ""})


def test_a_start_takes_what_a_quote_takes() -> None:
    """Both are the same question: a bound that one forgets is a question that can't be started."""
    asked, started = (body.model_json_schema()["properties"] for body in (QuoteBody, SwitchBody))

    assert {name: started[name] for name in asked} == asked


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("mode", "sideways", "automatic or manual"),
        ("payment_method", "gold", "card or invoice"),
        ("service_settings", "lose", "keep or grant_all"),
        ("term", "P9Y", "P1M or P1Y"),
        ("billing_cycle", "weekly", "monthly or annual"),
        ("auto_renew", "maybe", "keep or on or off"),
    ],
)
def test_a_word_that_an_option_does_not_have_is_refused(name: str, value: str, allowed: str) -> None:
    """Whoever makes terms without a body, such as the edit of a draft, meets the same words."""
    options: dict[str, Any] = {name: value}
    terms = SwitchTerms(organization_id="o", source_subscription_id=None, target_plan_id="p", **options)

    with pytest.raises(InvalidInput, match=f"{name} is '{value}'; allowed: {allowed}"):
        SwitchQuestion(terms=terms)


def test_a_term_goes_with_its_billing_cycles() -> None:
    """A month is billed by the month alone."""
    require_sold("P1Y", "annual")
    require_sold(None, None)
    with pytest.raises(InvalidInput, match="billing_cycle is 'annual'; allowed: monthly with term P1M"):
        require_sold("P1M", "annual")


def test_an_option_is_declared_in_few_files() -> None:
    """contributing#add-an-option: beside what it does, an option stands in five files of the product."""
    files = (file for package in PACKAGES for file in (ROOT / package).rglob("*") if file.is_file())
    texts = (file for file in files if file.suffix in TEXT_SUFFIXES)
    found = {str(file.relative_to(ROOT)) for file in texts if "pilot_group_id" in file.read_text()}

    assert found == DECLARED | PILOT
