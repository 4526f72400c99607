"""The table of failures: each word that an answer can come to has its row (rules#license-failures)."""

from __future__ import annotations

import pytest

from domain.licenses.license_failures import (
    LICENSE_FAILURES,
    OTHER,
    PATIENT_ATTEMPTS,
    is_given_up,
    license_failure,
)
from domain.ports.cloud import LicenseChange, LicenseChangeResult
from providers.microsoft.directory.license_errors import result_of

#: The vendor's words and ours (rules#license-failures).
VIOLATIONS = {
    "CountViolation",
    "MutuallyExclusiveViolation",
    "DependencyViolation",
    "ProhibitedInUsageLocationViolation",
    "UniquenessViolation",
    "Other",
}
OURS = {
    "AccessExpired",
    "Concurrency",
    "GroupInherited",
    "LicenseInactive",
    "NoWorkingLicense",
    "NotHeld",
    "PermissionMissing",
    "PlanNotAssignable",
    "PlanNotOwned",
    "ServiceNotInPlan",
    "Throttled",
    "Unavailable",
    "UserDeleted",
}
CHANGE = LicenseChange(directory_id="u", add_plan_id="new", remove_plan_id="old")


def test_the_table_has_a_row_for_each_word() -> None:
    """No failure is without message and a way on; nothing else is in the table."""
    assert set(LICENSE_FAILURES) == VIOLATIONS | OURS
    for word, row in LICENSE_FAILURES.items():
        assert row.message, word
        assert row.remedy or word == "UserDeleted"


@pytest.mark.parametrize("word", sorted(VIOLATIONS | OURS))
def test_what_is_retried_is_what_the_table_says(word: str) -> None:
    """What the batches try again by themselves is retryable in the table, and told as repaired."""
    row = license_failure(word)
    is_tried_again = LicenseChangeResult(directory_id="u", status=400, error=word).is_retryable

    assert row.is_retryable or not is_tried_again
    assert row.is_repaired or not is_tried_again


@pytest.mark.parametrize(
    ("status", "text", "word"),
    [
        (400, "Subscription with SKU x does not have any available licenses.", "CountViolation"),
        (400, "License assignment failed because of mutually exclusive service plans.", "Mutually"),
        (400, "License assignment failed because service plan a depends on the service plan(s) b", "Depend"),
        (400, "License assignment cannot be done for user with invalid usage location.", "Prohibited"),
        (400, "Proxy address already in use.", "Uniqueness"),
        (400, "User license is inherited from a group membership.", "GroupInherited"),
        (400, "User does not have a corresponding license.", "NotHeld"),
        (404, "Resource does not exist.", "UserDeleted"),
        (409, "Please wait briefly and retry.", "Concurrency"),
        (429, "Please retry again later.", "Throttled"),
        (503, "The service is temporarily unavailable.", "Unavailable"),
        (403, "Insufficient privileges.", "PermissionMissing"),
        (401, "The token is expired.", "AccessExpired"),
        (423, "The resource is locked.", "Concurrency"),
    ],
)
def test_real_answers_lead_to_rows(status: int, text: str, word: str) -> None:
    """The directory's statuses and texts come to a word of the table (vendor#license-changes)."""
    body = {"error": {"code": "Request_BadRequest", "message": text}}
    error = result_of(CHANGE, {"status": status, "headers": {}, "body": body}).error

    assert error.startswith(word)
    assert error in LICENSE_FAILURES


def test_an_unknown_word_is_told_as_other() -> None:
    """A word that the vendor adds one day is told with its own name and the remedy of Other."""
    assert license_failure("BrandNewViolation") == OTHER


@pytest.mark.parametrize(
    ("words", "attempt", "is_over"),
    [
        (["Concurrency"], 1, False),
        (["Concurrency"], PATIENT_ATTEMPTS, False),
        (["Concurrency"], PATIENT_ATTEMPTS + 1, True),
        (["Unavailable", "Concurrency"], PATIENT_ATTEMPTS + 1, True),
        (["Throttled"], PATIENT_ATTEMPTS + 100, False),
        (["Unavailable", "Throttled"], PATIENT_ATTEMPTS + 100, False),
    ],
)
def test_only_what_is_said_of_a_user_comes_to_an_end(
    words: list[str], attempt: int, *, is_over: bool
) -> None:
    """A 409 or 5xx that stays fails the user after a minute; a 429 is waited for (rules#license-failures)."""
    assert is_given_up(words, attempt=attempt) is is_over


def test_a_command_that_somebody_waits_for_is_not_patient() -> None:
    """Single users who are tried again are told at once, unless the directory asks to wait (rules 4)."""
    assert is_given_up(["Concurrency"], attempt=1, patient_attempts=0)
    assert not is_given_up(["Throttled"], attempt=1, patient_attempts=0)


def test_a_lock_is_waited_for_as_long_as_it_lasts() -> None:
    """A 423 says nothing of its user: nobody is failed by it, unless somebody waits (rules#ask-anew)."""
    assert not is_given_up(["Concurrency"], attempt=PATIENT_ATTEMPTS + 100, is_locked=True)
    assert is_given_up(["Concurrency"], attempt=1, patient_attempts=0, is_locked=True)
