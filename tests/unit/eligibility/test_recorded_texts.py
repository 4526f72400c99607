"""The record keeps codes and figures; a text is made when it is read (ADR 30)."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any

import pytest

from activities.contract import RefusalReason
from activities.request.refusal_reasons import reason_record, recorded_reasons, refusal_reasons
from audit.cases.redaction import redacted_event, redacted_reason
from console.words.problems import reason_facts
from domain.eligibility.eligibility import Assessment
from domain.event_table.event_table import effect_of
from domain.kernel.facts import canonical_json, digest_of_plain
from domain.kernel.messages import Words
from domain.licenses.license_failures import license_failure
from domain.licenses.preflight import recorded_message
from domain.organizations.organization import LockHolder
from domain.quote.quote import quote
from domain.reasons import reasons
from domain.reasons.findings import FindingCode, finding, recorded_finding
from domain.reasons.phrases import phrase, spoken_figures
from domain.reasons.reasons import reason, reason_records, recorded_words
from domain.reasons.wordings import SELLER_WORDS
from domain.switch.settings_events import ServiceSettingsReassessed
from domain.switch.stage import Stage
from projections.board.rows import BoardRow
from projections.board.waits import CHANGES, with_wait
from tests.support.stories import quote_inputs, samples
from tests.support.stories.eligibility_inputs import answer
from tests.support.stories.eligibility_stories import HOLDER, STORIES
from tools.golden_events import from_golden, golden_path

#: What older records have of a reason and a finding beside its code.
STORED = {"message": "As it was told then.", "remedy": "What was advised then."}
TOPICS = ("eligibility-wait.begun", "eligibility-wait.looked")


def golden(topic: str, version: int) -> Any:
    """Return the event of a golden file, as the store would load it today."""
    return from_golden(json.loads(golden_path(topic, version).read_text("utf-8")))


def recorded(assessed: Assessment) -> dict[str, Any]:
    """Return an answer as it is read from the record."""
    facts: dict[str, Any] = json.loads(canonical_json(assessed.as_facts()))["answer"]
    return facts


def board(event: Any) -> BoardRow:
    """Return what the board shows after an event."""
    row = BoardRow(switch_id=samples.SWITCH_ID, organization_id="contoso", updated_at=samples.AT)
    row = replace(row, stage=Stage.WAITING_ELIGIBLE)
    return with_wait(row, CHANGES[type(event)](row, event), event)


@pytest.mark.parametrize("code", sorted(STORIES))
def test_a_reason_is_recorded_without_words_and_told_in_the_same(code: str) -> None:
    """Of each of the 31 codes the record has figures alone, and they make the words of the answer again."""
    story = STORIES[code]
    assessed = answer(**{**story.always, **story.raised_by})
    told = next(each for each in assessed.reasons if each.code == code)
    facts = next(each for each in recorded(assessed)["reasons"] if each["code"] == code)

    assert not {"message", "remedy"} & set(facts)
    assert recorded_words(facts) == Words(message=told.message, remedy=told.remedy)
    assert spoken_figures(facts["evidence"]) == spoken_figures(told.evidence)
    assert "{" not in told.message + told.remedy


def test_money_is_recorded_as_an_amount_and_told_in_words() -> None:
    """A figure with a spelling of its own is no text in the record: another language spells it otherwise."""
    assessed = answer(**STORIES["UNPAID_BALANCE"].raised_by)
    (facts,) = recorded(assessed)["reasons"]

    assert facts["evidence"] == {"balance_due": {"minor_units": 123_456, "currency": "EUR"}}
    assert recorded_words(facts).message == "A balance of 1,234.56 EUR is due."


def test_a_cause_is_recorded_by_its_code() -> None:
    """Words inside of a sentence are made when they are read, too."""
    facts = next(each for each in recorded(answer(**_of_story("NO_PATH")))["reasons"])

    assert facts["evidence"]["why"] == {"code": "not_in_2014", "figures": {}}
    assert recorded_words(facts).message.endswith("the 2014 table does not have this pair.")
    assert spoken_figures({"why": phrase("not_sold", plan="E1")}) == {"why": "E1 is no longer sold"}


def _of_story(code: str) -> dict[str, Any]:
    return {**STORIES[code].always, **STORIES[code].raised_by}


def test_what_was_stored_in_words_is_shown_as_it_was_stored() -> None:
    """A record of before keeps its words, whatever the table says today."""
    facts = {"code": "TRIAL", **STORED, "evidence": {}}
    found = recorded_finding({"code": "AUTO_RENEW_OFF", **STORED, "details": {"ends_on": "2026-12-10"}})
    stored = {"code": "NO_LICENSE_FREE", "users": 2, **STORED}

    assert asdict(recorded_words(facts)) == STORED
    assert {"message": found.message, "remedy": found.remedy} == STORED
    assert recorded_message(stored) == STORED["message"]
    assert redacted_reason(facts)["remedy"] == STORED["remedy"]


@pytest.mark.parametrize("topic", TOPICS)
def test_an_old_event_shows_its_stored_words_on_the_board(topic: str) -> None:
    """The golden file of the first version reads, and the board shows exactly what stands in it."""
    event = golden(topic, 1)
    row = board(event)

    assert row.error_message == event.reasons[0]["message"]
    assert row.wait_names == [event.reasons[0]["message"]]
    assert row.wait_remedy.startswith(event.reasons[0]["remedy"])


@pytest.mark.parametrize("topic", TOPICS)
def test_a_new_event_shows_the_same_words_on_the_board(topic: str) -> None:
    """The golden file of the present version has no words, and the board shows those of the table."""
    event = golden(topic, 2)
    row = board(event)

    assert event.reasons == [
        {"code": "SERVICE_UNHEALTHY", "wording": "", "evidence": {"source": "E1", "services": "Exchange"}}
    ]
    assert row.error_message == "Services of E1 have an open incident: Exchange."
    assert row.wait_names == [row.error_message]
    assert row.wait_remedy.startswith("See service health")


def test_findings_of_events_are_told_in_words() -> None:
    """What the pre-flight and the list of the new plan have by code is told in the words of the tables."""
    checked = golden("subscription.preflight-checked", 2)
    reassessed = golden("subscription.service-settings-reassessed", 2)
    old = ServiceSettingsReassessed(
        **vars(reassessed) | {"findings": [{"code": "SERVICE_NOT_IN_PLAN", "details": {}, **STORED}]}
    )

    assert recorded_message(checked.findings[0]) == license_failure("NO_LICENSE_FREE").message
    assert "message" not in checked.findings[0]
    assert "The directory does not list Yammer in the organization's Office 365 E3" in effect_of(reassessed)
    assert effect_of(old).endswith(STORED["message"])


def test_a_way_back_that_is_stuck_says_what_to_do_in_the_words_of_today() -> None:
    """The event has a code for what to do; one of before has words, and they are shown as they are."""
    old, new = (golden("subscription.compensation-stuck", version) for version in (1, 2))

    assert old.what_to_do == old.remedy
    assert (new.remedy, "planswitch switch retry" in new.what_to_do) == ("way_back_stuck", True)
    assert effect_of(new).endswith(new.what_to_do)
    assert redacted_event("t", 1, new)["remedy"] == new.what_to_do


def test_no_digest_covers_a_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other words change no digest: not of an assessment's input, not of its answer, not of a quote."""
    holder = replace(HOLDER, waits_for="an operator to repair it")
    held = answer(lock_holder=holder)
    before = (held.input_digest, digest_of_plain(_without_text(held)), quote(quote_inputs.terms()).digest)
    for code, row in reasons.REASONS.items():
        monkeypatch.setitem(reasons.REASONS, code, replace(row, message="Other words.", remedy="Others."))
    other = answer(lock_holder=replace(holder, waits_for="somebody to mend it"))

    assert other.reasons[0].message != held.reasons[0].message or other.reasons[0].wording
    assert (
        other.input_digest,
        digest_of_plain(_without_text(other)),
        quote(quote_inputs.terms()).digest,
    ) == before
    assert answer(lock_holder=HOLDER).input_digest != held.input_digest


def _without_text(assessed: Assessment) -> Any:
    """Return the recorded reasons without what another switch waits for, which is still told in words."""
    return [
        {**each, "evidence": {**each["evidence"], "waits_for": ""}} for each in recorded(assessed)["reasons"]
    ]


def test_digest_of_an_input_that_tells_no_words_is_the_one_of_before() -> None:
    """Recorded digests stay what they are where nobody waits for an unknown end."""
    assessed = answer(lock_holder=HOLDER)

    assert assessed.input_digest == digest_of_plain(assessed.input.as_facts())
    assert isinstance(HOLDER, LockHolder)


def test_words_of_the_seller_stand_as_they_are() -> None:
    """What the seller says is a fact from outside: it is kept to the letter, braces and all."""
    text = "1 licenses are {wrong}"
    told = reason(
        "HIGH_VOLUME", {"vendor_code": "429", "vendor_text": text}, now=samples.AT, wording=SELLER_WORDS
    )

    assert told.message == f"The seller says: {text}"
    assert recorded_words(reason_records([told])[0]).message == told.message


def test_a_figure_that_is_missing_is_noticed_before_it_is_recorded() -> None:
    """What could not be told must not be recorded."""
    with pytest.raises(KeyError):
        reason("UNPAID_BALANCE", {}, now=samples.AT)
    with pytest.raises(KeyError):
        finding(FindingCode.AUTO_RENEW_OFF)
    with pytest.raises(KeyError):
        phrase("not_sold")


def test_a_code_of_a_newer_version_is_told_as_it_is() -> None:
    """A reader that does not know a code or a wording yet shows the code, and does not fail."""
    newer = {"code": "BRAND_NEW", "wording": "", "evidence": {}}

    assert recorded_words(newer) == Words(message="BRAND_NEW.", remedy="")
    assert recorded_words({**newer, "code": "TRIAL", "wording": "brand_new"}).message == "TRIAL."
    assert spoken_figures({"why": {"code": "brand_new", "figures": {}}}) == {"why": "brand_new"}


def test_a_reason_goes_over_temporal_and_back_into_the_record() -> None:
    """A wait records what the question found; a sender of before had words alone, and they are kept."""
    told = answer(**STORIES["UNPAID_BALANCE"].raised_by).reasons
    (sent,) = refusal_reasons(told)
    old = RefusalReason(code="TRIAL", message=STORED["message"], remedy=STORED["remedy"])

    assert (sent.message, sent.remedy) == (told[0].message, told[0].remedy)
    assert reason_record(sent) == reason_records(told)[0]
    assert reason_record(old) == {"code": "TRIAL", **STORED}
    assert recorded_reasons([reason_record(sent), reason_record(old)]) == (sent, old)


def test_a_refusal_is_answered_with_every_field_of_before() -> None:
    """A problem document has words, figures as they are read, and no field more."""
    (told,) = answer(**STORIES["UNPAID_BALANCE"].raised_by).reasons
    facts = reason_facts(told, "desk 4")

    assert facts["evidence"] == {"balance_due": "1,234.56 EUR"}
    assert facts["message"] == "A balance of 1,234.56 EUR is due."
    assert set(facts) == {
        *("code", "message", "remedy", "blocks", "stages", "retry", "evidence", "docs", "support")
    }
