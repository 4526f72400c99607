"""Eligibility as a whole: all reasons at once, stages, facts for the record (switch#assessment)."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from domain.catalog.catalog import UnknownPlan
from domain.eligibility.eligibility import assess
from domain.eligibility.eligibility_checks import CHECKS
from domain.kernel.errors import InvalidInput
from domain.organizations.organization import LockHolder
from domain.reasons.findings import BACKUP_DONE, NO_WAY_BACK
from domain.reasons.reasons import REASONS, STAGES, reason
from tests.support.stories.eligibility_inputs import (
    CATALOG,
    NOW,
    answer,
    codes,
    euros,
    facts,
    plan_id,
    pool,
    profile,
    subscription,
)

#: Codes that the seller alone can tell of.
FROM_SELLER = {"HIGH_VOLUME", "NOT_ELIGIBLE", "UNKNOWN_REASON"}


def test_usual_organization_is_eligible() -> None:
    """From E1 to E3 nothing blocks the switch of an organization in order."""
    found = answer()

    assert found.is_eligible
    assert found.reasons == ()
    assert (found.direction, found.kind) == ("upgrade", "same_family")
    assert "defender_for_office" in found.services_gained
    assert found.services_lost == ()


def test_all_reasons_come_at_once() -> None:
    """An answer lists every reason, not just the first (switch#assessment)."""
    found = codes(
        caller_role="user_admin",
        profile=profile(balance_due=euros(1), segment="government"),
        subscribed=(pool(assigned=300),),
    )

    assert found == [
        "WRONG_ROLE",
        "GOVERNMENT_OR_NONPROFIT",
        "UNPAID_BALANCE",
        "MORE_USERS_THAN_LICENSES",
        "TOO_FEW_LICENSES",
    ]


def test_reason_that_blocks_the_automatic_way_leaves_the_manual_one() -> None:
    """Each mode is assessed of its own: a balance due blocks the automatic switch alone."""
    owing = profile(balance_due=euros(1))

    assert not answer(profile=owing).is_eligible
    assert answer(profile=owing, mode="manual").is_eligible
    assert answer(profile=owing).blocking("manual") == ()


def test_reason_of_an_earlier_stage_does_not_count_later() -> None:
    """Before the first move an unpaid balance no longer counts; too few licenses do."""
    changes = {"profile": profile(balance_due=euros(1)), "quantity": 10}

    assert codes(**changes) == ["UNPAID_BALANCE", "TOO_FEW_LICENSES"]
    assert codes(**changes, stage="before_first_move") == ["TOO_FEW_LICENSES"]
    assert codes(**changes, stage="before_cancellation") == []


def test_every_code_is_checked_or_told_by_the_seller() -> None:
    """No code of rules#reasons is forgotten."""
    assert set(REASONS) == set(CHECKS) | FROM_SELLER
    assert all(set(row.stages) <= set(STAGES) for row in REASONS.values())
    assert all(row.remedy for row in REASONS.values())


def test_facts_for_the_record_are_json_without_the_organizations_name() -> None:
    """The recorded facts hold inputs, digest and answer, and not the display name."""
    found = answer(profile=profile(balance_due=euros(5)))
    recorded = json.loads(json.dumps(found.as_facts()))

    assert recorded == found.as_facts()
    assert recorded["answer"]["is_eligible"] is False
    (reason,) = recorded["answer"]["reasons"]
    assert reason["evidence"] == {"balance_due": {"minor_units": 5, "currency": "EUR"}}
    assert recorded["inputs"]["profile"]["tax_rate"] == "0.19"
    assert "Contoso" not in json.dumps(recorded)


def test_digest_tells_inputs_apart() -> None:
    """The same facts give the same digest, other facts another."""
    assert answer().input_digest == answer().input_digest
    assert answer(quantity=261).input_digest != answer().input_digest


def test_other_family_needs_two_acknowledgments_in_either_mode() -> None:
    """A switch to another family waits for "no way back" and "backup done" (rules#acknowledgments)."""
    changes = {
        "source": subscription("Microsoft 365 Business Basic"),
        "subscribed": (pool("Microsoft 365 Business Basic"),),
    }

    for mode in ("automatic", "manual"):
        missing = answer(**changes, mode=mode).acknowledgments_missing
        assert missing == (BACKUP_DONE, NO_WAY_BACK)
    assert answer(**changes, acknowledgments=(NO_WAY_BACK, BACKUP_DONE)).acknowledgments_missing == ()


def test_manual_switch_to_fewer_services_needs_the_backup() -> None:
    """Moving to fewer services by hand needs the acknowledgment "backup done" (rules#acknowledgments)."""
    changes = {
        "source": subscription("E3"),
        "subscribed": (pool("E3"),),
        "target_plan_id": plan_id("E1"),
        "mode": "manual",
    }

    assert answer(**changes).is_eligible
    assert answer(**changes).acknowledgments_missing == (BACKUP_DONE,)
    assert answer(mode="manual").acknowledgments_missing == ()


def test_unknown_plan_is_an_error_not_a_reason() -> None:
    """A target that the catalog does not know cannot be assessed."""
    with pytest.raises(UnknownPlan):
        answer(target_plan_id="00000000-0000-0000-0000-000000000000")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("mode", "magic"),
        ("rule_set", "1999"),
        ("stage", "after_lunch"),
        ("quantity", 0),
        ("catalog_version", "1999-01"),
        ("now", NOW.replace(tzinfo=None)),
    ],
)
def test_input_that_makes_no_sense_is_refused(field: str, value: object) -> None:
    """Each bad field is refused by name."""
    with pytest.raises(InvalidInput, match=field):
        answer(**{field: value})


def test_unknown_code_is_refused() -> None:
    """A reason can be made only of a code of the table."""
    with pytest.raises(InvalidInput, match="code"):
        reason("NO_SUCH_CODE", {}, now=NOW)


def test_assessment_is_pure() -> None:
    """The same input gives an equal answer."""
    assert answer() == answer()
    holder = LockHolder(switch_id="s", since=NOW, promised_end=NOW)
    assert assess(CATALOG, replace(facts(), lock_holder=holder)) == answer(lock_holder=holder)
