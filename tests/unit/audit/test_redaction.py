"""What of a case may leave the installation (cli#support)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from audit.cases.redaction import EVIDENCE, REDACTED, redacted_assessment, redacted_call, without_addresses
from cli.text.output import support_lines
from console.words.problems import reason_facts
from domain.ports.cloud import ProviderCall
from domain.ports.refusals import Refusal
from domain.reasons.reasons import REASONS, names_support
from tests.support.stories.eligibility_inputs import answer
from tests.support.stories.eligibility_stories import STORIES

#: Facts of reasons that stay inside: public names of the organization, words of the seller.
INSIDE = {"domains"}
#: Words of the seller: told without people and secrets.
SAID = {"vendor_text"}
TO_SUPPORT = {
    "MORE_USERS_THAN_LICENSES",
    *("SERVICE_NOT_PROVISIONED", "SERVICE_UNHEALTHY", "NOT_ELIGIBLE", "UNKNOWN_REASON", "PREPAID_PLAN"),
    *("GOVERNMENT_OR_NONPROFIT", "TARGET_LACKS_DATA_SERVICES", "SOURCE_USER_CAP"),
    *("LICENSE_REMOVAL_IN_SWITCH", "ALREADY_TOP_PLAN", "NO_WAY_BACK"),
    *("DIFFERENT_ORGANIZATION", "OTHER_SELLER"),
}


@pytest.mark.parametrize("code", sorted(STORIES))
def test_evidence_is_told_or_kept_by_name(code: str) -> None:
    """Every fact that a reason rests on is decided about: told, or redacted."""
    story = STORIES[code]
    assessed = answer(**{**story.always, **story.raised_by})
    told = redacted_assessment(assessed.as_facts())["answer"]["reasons"]

    reason = next(each for each in told if each["code"] == code)
    evidence = reason["evidence"]
    assert set(evidence) <= EVIDENCE | INSIDE | SAID | {"role"}
    assert all(evidence[name] == REDACTED for name in INSIDE & set(evidence))
    assert all(value != REDACTED for name, value in evidence.items() if name in EVIDENCE)
    assert "message" not in reason


def test_words_of_a_caller_stay_inside() -> None:
    """A role, an acknowledgment or a way to pay is told only where it is a word of ours."""
    assessed = answer(caller_role="jan jansen", acknowledgments=("backup_done", "jan jansen"))

    told = redacted_assessment(assessed.as_facts())

    assert "jansen" not in str(told)
    assert told["inputs"]["acknowledgments"] == ["backup_done", REDACTED]
    assert told["inputs"]["caller_role"] == REDACTED


def test_a_call_is_told_by_what_was_answered() -> None:
    """What a provider said is told without people and secrets; the idempotency key stays inside."""
    call = ProviderCall(
        provider="seller",
        operation="checkout",
        key="a-key",
        request_digest="a-digest",
        status=409,
        code="800002",
        text="User 'Jan Jansen' (jan@contoso.example) may not have SKU 6fd2c87f-b296-42f0-b197-1e91e994b900",
        request_id="r-1",
        refusals=(Refusal(status=400, code="no", text="jan@contoso.example is taken", count=2),),
        started_at=datetime(2026, 11, 26, 9, tzinfo=UTC),
        duration_ms=12,
    )

    assert redacted_call(call, step="order") == {
        "step": "order",
        "provider": "seller",
        "operation": "checkout",
        "status": 409,
        "code": "800002",
        "text": "User '[name]' ([address]) may not have SKU 6fd2c87f-b296-42f0-b197-1e91e994b900",
        "request_id": "r-1",
        "refusals": [
            {"status": 400, "code": "no", "text": "[address] is taken", "request_id": "", "count": 2}
        ],
        "duration_ms": 12,
        "at": "2026-11-26T09:00:00+00:00",
    }
    assert without_addresses({"a": ["see jan@contoso.example, now", 3]}) == {"a": [f"see {REDACTED}, now", 3]}


def test_contact_is_shown_where_a_remedy_says_support() -> None:
    """Exactly the reasons whose remedy is support carry the installation's contact."""
    assert {code for code, row in REASONS.items() if names_support(row.remedy)} == TO_SUPPORT

    for code, row in REASONS.items():
        told = reason_facts({"code": code, "remedy": row.remedy, "message": ""}, "desk 4")
        assert (told["support"] == {"contact": "desk 4"}) == (code in TO_SUPPORT)
        assert bool(support_lines(told["support"] and told["support"]["contact"], 4)) == (code in TO_SUPPORT)
