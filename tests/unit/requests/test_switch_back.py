"""When a completed switch may be taken back, and by which terms (rules#switch-back)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from domain.catalog.catalog import load_catalog
from domain.catalog.rule_sets import rule_set
from domain.eligibility.eligibility import assess
from domain.kernel import ids
from domain.kernel.errors import CODES, InvalidInput, NotEligible
from domain.kernel.money import Money
from domain.kernel.recorded import Meta
from domain.requests.switch_back import (
    FirstSwitch,
    SwitchBackRefused,
    asked_facts,
    refusal_facts,
    require_open,
    require_terms,
)
from domain.subscriptions.subscription import Subscription
from domain.switch.events import SwitchCancelled, SwitchRequested
from domain.switch.move_events import SwitchCompleted
from services.assessment import switch_back as advising
from tests.support.stories import eligibility_inputs

CATALOG = load_catalog()
ORGANIZATION = "contoso"
COMPLETED_AT = datetime(2026, 11, 10, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def plan(name: str) -> str:
    """Return the id of a plan."""
    return CATALOG.find(name).plan_id


def subscription(name: str, plan_name: str, *, ordered_by: str = "", quantity: int = 30) -> Subscription:
    """Return a subscription that the record knows."""
    meta = Meta(switch_id=ordered_by, organization_id=ORGANIZATION, actor="olga", reason="", causation="")
    made = Subscription.open(
        ids.subscription_stream_id(ORGANIZATION, name),
        organization_id=ORGANIZATION,
        subscription_id=name,
        plan_id=plan(plan_name),
        quantity=quantity,
        ordered_by=ordered_by,
        at=COMPLETED_AT,
        meta=meta,
    )
    made.status = "active"
    return made


def leave(
    left: Subscription,
    request: str,
    to: str,
    ended: type[Any] | None,
    *,
    at: datetime = COMPLETED_AT,
    **asked: Any,
) -> str:
    """Record a switch that leaves a subscription, and how it ended; None: it runs."""
    switch_id = ids.switch_id_of(ORGANIZATION, request)
    meta = Meta(switch_id=switch_id, organization_id=ORGANIZATION, actor="olga", reason="", causation="")
    before = {"quantity": 30, "term": "P1Y", "billing_cycle": "annual"}
    order = {"acknowledgments": ["backup_done", "domain:contoso.example"], **asked}
    facts: dict[str, Any] = {"switch_id": switch_id, "at": at, "meta": meta}
    left.record(
        SwitchRequested,
        **facts,
        request_id=request,
        request_digest="d",
        order=order,
        mode="automatic",
        target_plan_id=plan(to),
        quantity=30,
        service_settings="grant_all",
        payment_method="invoice",
        rule_set=asked.get("rule_set", "current"),
        catalog_version=CATALOG.version,
        assessment={"inputs": {"source": before}},
    )
    nothing = Money.zero("EUR")
    if ended is SwitchCompleted:
        left.record(SwitchCompleted, **facts, moved=30, skipped=0, total=nothing)
    elif ended is not None:
        left.record(ended, **facts, code="", message="")
    return switch_id


def first_switch(
    ended: type[Any] | None = SwitchCompleted, *, before: str = "E1", after: str = "E3", **asked: Any
) -> FirstSwitch:
    """Return a switch as the record has it."""
    source = subscription("SUB-1", before)
    switch_id = leave(source, "first", after, ended, **asked)
    target = subscription("SUB-2", after, ordered_by=switch_id, quantity=40)
    return FirstSwitch(switch_id=switch_id, organization_id=ORGANIZATION, source=source, target=target)


def refusal(first: FirstSwitch, now: datetime = COMPLETED_AT) -> SwitchBackRefused:
    """Return why a switch can't be taken back."""
    with pytest.raises(SwitchBackRefused) as refused:
        require_open(first, CATALOG, now=now)
    assert refused.value.code in CODES
    assert refused.value.remedy
    return refused.value


@pytest.mark.parametrize(("name", "days"), [("2014", None), ("2020", 30), ("current", 30), ("demo", 30)])
def test_the_rule_set_says_for_how_many_days(name: str, days: int | None) -> None:
    """Thirty days under 2020 and current, none under 2014 [decided]."""
    assert rule_set(name).switch_back_days == days


def test_its_window_ends_to_the_instant() -> None:
    """It is counted from the completion; what comes later is told until when it could have been."""
    first = first_switch()
    require_open(first, CATALOG, now=COMPLETED_AT + 30 * DAY)

    late = refusal(first, COMPLETED_AT + 30 * DAY + timedelta(seconds=1))

    assert first.until == COMPLETED_AT + 30 * DAY
    assert late.code == "SWITCH_BACK_CLOSED"
    assert "until 2026-12-10 09:00 UTC, 30 days" in late.message


@pytest.mark.parametrize(("ended", "stage"), [(None, "requested"), (SwitchCancelled, "cancelled")])
def test_only_a_completed_switch_is_taken_back(ended: type[Any] | None, stage: str) -> None:
    """A switch that runs goes back by itself, and one that ended otherwise has led nowhere."""
    refused = refusal(first_switch(ended))

    assert refused.code == "SWITCH_NOT_COMPLETED"
    assert f"is {stage}" in refused.message


def test_a_second_switch_back_names_the_first_one() -> None:
    """One that was cancelled does not count; one that completed does."""
    first = first_switch()
    assert first.target is not None
    leave(first.target, "tried", "E1", SwitchCancelled, switch_back_of=first.switch_id)
    require_open(first, CATALOG, now=COMPLETED_AT)
    by = leave(first.target, "back", "E1", SwitchCompleted, switch_back_of=first.switch_id)
    require_open(first, CATALOG, now=COMPLETED_AT, own_switch_id=by)

    refused = refusal(first)

    assert refused.code == "SWITCH_BACK_REPEATED"
    assert by in refused.message


def test_a_switch_back_of_some_users_counts_too() -> None:
    """The refusal says that others stayed, and what they need (rules#leaving-the-others)."""
    first = first_switch()
    assert first.target is not None
    some: dict[str, Any] = {"switch_back_of": first.switch_id, "selection": "s-1", "selected": 9}
    by = leave(first.target, "some", "E1", SwitchCompleted, **some)

    refused = refusal(first)

    assert refused.code == "SWITCH_BACK_REPEATED"
    assert by in refused.message
    assert "the others stayed" in refused.message
    assert "need a switch of their own" in refused.remedy


def test_of_a_switch_of_some_users_only_their_licenses_come_back() -> None:
    """The old subscription went on for the others: it is not ordered a second time."""
    assert first_switch(selection="s-1", selected=12).terms().quantity == 12
    assert first_switch().terms().quantity == 30


def test_a_refusal_is_recorded_with_what_was_asked() -> None:
    """Who asked is in the record's own words, and no person is among the facts (switch#assessment)."""
    first = first_switch()
    terms = replace(first.terms(), caller="ada@example.com")

    facts = refusal_facts(asked_facts(terms), refusal(first, COMPLETED_AT + 31 * DAY))

    assert facts["inputs"]["switch_back_of"] == first.switch_id
    assert (facts["answer"]["is_eligible"], facts["answer"]["code"]) == (False, "SWITCH_BACK_CLOSED")
    assert facts["answer"]["reasons"] == []
    assert "ada@example.com" not in str(facts)


def test_a_switch_that_was_overtaken_is_not_taken_back() -> None:
    """A later switch has left the subscription that it ordered."""
    first = first_switch()
    assert first.target is not None
    later = leave(first.target, "later", "E5", SwitchCompleted)

    refused = refusal(first)

    assert refused.code == "SWITCH_OVERTAKEN"
    assert later in refused.message
    assert later in refused.remedy


OWNED: dict[str, Any] = {"licenses_only": True}


def owned_back() -> tuple[FirstSwitch, str]:
    """Return the switch back of a switch of licenses only, and the id of the one that it took back."""
    old, new = subscription("SUB-1", "E1"), subscription("SUB-2", "E3")
    first = leave(old, "first", "E3", SwitchCompleted, at=COMPLETED_AT - DAY, **OWNED)
    back = leave(new, "back", "E1", SwitchCompleted, switch_back_of=first, **OWNED)
    return FirstSwitch(switch_id=back, organization_id=ORGANIZATION, source=new, target=old), first


def test_a_switch_back_between_owned_plans_is_taken_back_too() -> None:
    """The one that it took back has left the same subscription before it: that overtakes nothing."""
    back, first = owned_back()
    assert back.target is not None
    require_open(back, CATALOG, now=COMPLETED_AT)

    by = leave(back.target, "again", "E3", SwitchCompleted, switch_back_of=back.switch_id, **OWNED)

    refused = refusal(back)
    assert (refused.code, by in refused.message) == ("SWITCH_BACK_REPEATED", True)
    assert first not in refused.message


def test_of_licenses_only_what_overtakes_has_left_what_it_led_to() -> None:
    """Nothing was ordered; what was taken back in between needs a new switch, and the remedy says so."""
    back, _ = owned_back()
    assert back.target is not None
    later = leave(back.target, "later", "E5", SwitchCompleted, at=COMPLETED_AT + DAY, **OWNED)

    refused = refusal(back)

    assert refused.code == "SWITCH_OVERTAKEN"
    assert refused.message.endswith(f"switch {later} has left the subscription that it led to.")
    assert "`planswitch switch targets ORGANIZATION --licenses-only" in refused.remedy


def test_two_parts_of_one_plan_are_taken_back_each() -> None:
    """A switch back that left the others has moved nobody of the other part."""
    first = first_switch(selection="s-1", selected=5, **OWNED)
    assert first.target is not None
    others: dict[str, Any] = {"switch_back_of": "the-other-part", **OWNED}
    leave(first.target, "some", "E1", SwitchCompleted, selection="s-2", selected=9, **others)
    require_open(first, CATALOG, now=COMPLETED_AT)

    everyone = leave(first.target, "everyone", "E1", SwitchCompleted, **others)

    refused = refusal(first)
    assert (refused.code, everyone in refused.message) == ("SWITCH_OVERTAKEN", True)


def test_rule_set_2014_has_no_way_back_across_families_and_no_switch_back() -> None:
    """NO_WAY_BACK where the families differ; elsewhere its window is none."""
    crossed = first_switch(before="Office 365 Midsize Business", rule_set="2014")
    with pytest.raises(NotEligible) as refused:
        require_open(crossed, CATALOG, now=COMPLETED_AT)

    assert [each.code for each in refused.value.details["reasons"]] == ["NO_WAY_BACK"]
    same = refusal(first_switch(rule_set="2014"))
    assert (same.code, "rule set 2014, which has no switch back" in same.message) == (
        "SWITCH_BACK_CLOSED",
        True,
    )


def test_its_terms_are_those_of_before() -> None:
    """As many licenses, paid in the same way, services kept; nothing that was confirmed is taken over."""
    first = first_switch(rule_set="current", term="P1M", billing_cycle="monthly")

    terms = first.terms(acknowledgments=("backup_done",), caller=None)

    assert (terms.source_subscription_id, terms.target_plan_id) == ("SUB-2", plan("E1"))
    assert (terms.quantity, terms.payment_method, terms.service_settings) == (30, "invoice", "keep")
    assert (terms.term, terms.billing_cycle) == ("P1Y", "annual"), "the first switch had chosen others"
    assert terms.acknowledgments == ("backup_done",)
    assert first.terms().acknowledgments == (), "each domain is confirmed again"
    assert terms.switch_back_of == first.switch_id
    assert first.terms(quantity=33, payment_method="card").quantity == 33
    assert first_switch().terms().term is None
    assert first_switch(rule_set="2020").terms().quantity == 40, "licenses are never reduced in a switch"


def test_the_page_of_a_switch_stands_where_the_record_lacks_its_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whether it may be taken back stands beside a switch: nothing of that hides the switch itself."""
    first = first_switch()
    tools: Any = SimpleNamespace(store=None, catalog=CATALOG)
    row: Any = SimpleNamespace(outcome="completed", organization_id=ORGANIZATION, switch_id=first.switch_id)
    monkeypatch.setattr(advising, "first_switch", lambda *_: first)
    whole = advising.back_advice(tools, row)
    assert first.target is not None
    leave(first.target, "tried", "E1", SwitchCancelled, switch_back_of=first.switch_id)
    tried = advising.back_advice(tools, row)
    leave(first.target, "back", "E1", SwitchCompleted, switch_back_of=first.switch_id)
    done = advising.back_advice(tools, row)
    first.state.recorded.pop(SwitchRequested.TOPIC)

    assert whole is not None
    assert whole.until == COMPLETED_AT + 30 * DAY
    # One that was cancelled has not taken it back.
    assert [each is not None and each.is_taken_back for each in (tried, done)] == [False, True]
    assert advising.back_advice(tools, row) is None


def test_terms_that_lead_elsewhere_are_refused() -> None:
    """Whoever names the first switch asks for its switch back, and for nothing else."""
    first = first_switch()
    require_terms(first, first.terms())

    with pytest.raises(InvalidInput, match="target_plan_id"):
        require_terms(first, replace(first.terms(), target_plan_id=plan("E5")))
    with pytest.raises(InvalidInput, match="rule_set"):
        require_terms(first, first.terms(rule_set="2020"))
    with pytest.raises(InvalidInput, match="target_subscription_id"):
        require_terms(first, first.terms(target_subscription_id="owned"))


def test_by_hand_only_those_go_back_who_are_selected() -> None:
    """Everyone is taken back by itself; by hand the others are left (rules#leaving-the-others)."""
    first = first_switch()
    require_terms(first, first.terms(mode="manual", selection="s-1"))

    for wrong in ({"mode": "manual"}, {"selection": "s-1"}):
        with pytest.raises(InvalidInput, match="mode") as refused:
            require_terms(first, first.terms(**wrong))
        assert "--leave-others" in refused.value.remedy


def test_the_way_back_needs_a_backup_and_no_offer() -> None:
    """E3 to E1 is in no offer and lowers data services: the way back asks for the acknowledgment alone."""
    facts = {"source": eligibility_inputs.subscription("E3"), "subscribed": (eligibility_inputs.pool("E3"),)}
    asked = eligibility_inputs.facts(target_plan_id=plan("E1"), **facts)
    back = eligibility_inputs.facts(target_plan_id=plan("E1"), **facts, switch_back_of="first")

    codes = {each.code for each in assess(CATALOG, asked).reasons}
    answer = assess(CATALOG, back)

    assert {"NO_PATH", "TARGET_LACKS_DATA_SERVICES"} <= codes
    assert not answer.blocking("automatic")
    assert answer.acknowledgments_missing == ("backup_done",)
    assert "switch_back_of" not in asked.as_facts()
