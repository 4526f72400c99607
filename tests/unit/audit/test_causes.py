"""The table of first causes: complete, in words, and the same in the guide (audit#first-causes)."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from audit.autopsy.causes import CAUSES, Cause
from audit.autopsy.classification import (
    OF_CODE,
    OF_REASON,
    OF_USER,
    cause_of_answer,
    cause_of_error,
    cause_of_reasons,
)
from domain.kernel.errors import CODES
from domain.ports.directory_port import LicenseFailureCode
from domain.reasons.reasons import REASONS
from tests.support.stories.audit_stories import Story

GUIDE = Path(__file__).parents[3] / "docs" / "audit.md"
_ROW = re.compile(r"^\| `([a-z_]+)` \| [^|]+ \| ([a-z]+) \|$", re.MULTILINE)


def test_each_cause_has_words_and_its_row_in_the_guide() -> None:
    """Cause and party of the guide are those of the table, and none is left out."""
    section = GUIDE.read_text(encoding="utf-8").partition("### First causes")[2].partition("### How far")[0]

    assert dict(_ROW.findall(section)) == {cause.value: CAUSES[cause].party.value for cause in Cause}
    assert set(CAUSES) == set(Cause)


def test_each_reason_of_a_refused_user_has_a_cause() -> None:
    """A new code of rules#license-failures needs its line."""
    assert set(OF_USER) == set(LicenseFailureCode)


def test_the_table_knows_only_codes_that_there_are() -> None:
    """A code that was misspelled would never be met; credit and way-back codes are the workflow's own."""
    own = {"CREDIT_DECLINED", "CREDIT_EXPIRED", "UNEXPECTED"}

    assert set(OF_CODE) - own <= set(CODES)
    assert set(OF_REASON) <= set(REASONS)


@pytest.mark.parametrize(
    ("status", "code", "cause"),
    [
        (0, "ReadTimeout", Cause.PROVIDER_OUTAGE),
        (503, "", Cause.PROVIDER_OUTAGE),
        (200, "UNREADABLE", Cause.PROVIDER_OUTAGE),
        (200, "800089", Cause.PROVIDER_REFUSED),
        (401, "", Cause.ACCESS_EXPIRED),
        (403, "", Cause.PERMISSION_MISSING),
        (409, "", Cause.PROVIDER_BUSY),
        (429, "", Cause.PROVIDER_THROTTLED),
        (400, "", Cause.PROVIDER_REFUSED),
    ],
)
def test_an_answer_says_whose_trouble_it_is(status: int, code: str, cause: Cause) -> None:
    """No answer and broken servers are an outage; 401 and 403 are the installation's (rules#ask-anew)."""
    story = Story()
    story.call("purchase.order_replacement", 1)

    assert cause_of_answer(replace(story.calls[0].call, status=status, code=code)) is cause


@pytest.mark.parametrize(
    ("code", "step", "facts", "cause"),
    [
        ("PROVIDER_REFUSED", "purchase.order_replacement", {}, Cause.ORDER_REFUSED),
        ("UNKNOWN_REASON", "purchase.order_replacement", {}, Cause.ORDER_REFUSED),
        ("PROVIDER_REFUSED", "cancellation.cancel_source", {}, Cause.CANCELLATION_REFUSED),
        ("PROVIDER_REFUSED", "administration.end_switch", {}, Cause.WAY_BACK_REFUSED),
        ("PROVIDER_REFUSED", "billing_cutover.cut_over_billing", {}, Cause.PROVIDER_REFUSED),
        ("NOT_READY_YET", "purchase.confirm_provisioning", {"party": "seller"}, Cause.SERVICES_NOT_SET_UP),
        ("NOT_READY_YET", "purchase.confirm_provisioning", {"party": "operator"}, Cause.OUT_OF_LICENSES),
        ("NOT_READY_YET", "administration.end_switch", {"party": "seller"}, Cause.PROVIDER_SLOW),
        (
            "NOT_READY_YET",
            "verification.verify_move",
            {"names": ["LICENSE_INACTIVE"]},
            Cause.LICENSE_NOT_WORKING,
        ),
        ("NOT_READY_YET", "x", {"names": ["SERVICE_UNHEALTHY: Exchange."]}, Cause.SERVICE_INCIDENT),
        ("A_CODE_OF_TOMORROW", "purchase.order_replacement", {}, Cause.UNKNOWN),
    ],
)
def test_a_code_and_its_step_say_what_happened(
    code: str, step: str, facts: dict[str, Any], cause: Cause
) -> None:
    """The same code means another thing at another step; a code that nobody knows stays unknown."""
    assert cause_of_error(code, step, **facts) is cause


def test_of_several_reasons_the_one_that_says_most_decides() -> None:
    """An incident or a role is named before rules that merely block."""
    assert cause_of_reasons(["BALANCE_DUE", "SERVICE_UNHEALTHY"]) == (
        Cause.SERVICE_INCIDENT,
        "SERVICE_UNHEALTHY",
    )
    assert cause_of_reasons(["BALANCE_DUE"]) == (Cause.RULE_BLOCKS, "BALANCE_DUE")
    assert cause_of_reasons([]) == (Cause.UNKNOWN, "")
