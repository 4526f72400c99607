"""The table of failures: each code that an answer can come to has its row (rules#license-failures)."""

from __future__ import annotations

import pytest

from domain.licenses.license_failures import (
    LICENSE_FAILURES,
    OTHER,
    PATIENT_ATTEMPTS,
    is_given_up,
    license_failure,
)
from domain.ports.directory_port import LicenseChange, LicenseChangeResult, LicenseFailureCode
from providers.microsoft.directory.license_errors import result_of

CHANGE = LicenseChange(directory_id="u", add_plan_id="new", remove_plan_id="old")


def test_the_table_has_a_row_for_each_code() -> None:
    """No failure is without message and a way on; nothing else is in the table."""
    assert set(LICENSE_FAILURES) == set(LicenseFailureCode)
    for code, row in LICENSE_FAILURES.items():
        assert row.message, code
        assert row.remedy or code == LicenseFailureCode.USER_GONE


@pytest.mark.parametrize("code", LicenseFailureCode)
def test_what_is_retried_is_what_the_table_says(code: LicenseFailureCode) -> None:
    """What the batches try again by themselves is retryable in the table."""
    row = license_failure(code)
    is_tried_again = LicenseChangeResult(directory_id="u", status=400, error=code).is_retryable

    assert row.is_retryable or not is_tried_again


@pytest.mark.parametrize(
    ("status", "text", "code"),
    [
        (400, "Subscription with SKU x does not have any available licenses.", "NO_LICENSE_FREE"),
        (400, "License assignment failed because of mutually exclusive service plans.", "SERVICES_EXCLUDE"),
        (
            400,
            "License assignment failed because service plan a depends on the service plan(s) b",
            "NEEDED_SERVICE_OFF",
        ),
        (
            400,
            "License assignment cannot be done for user with invalid usage location.",
            "LOCATION_NOT_SERVED",
        ),
        (400, "Proxy address already in use.", "ADDRESS_TAKEN"),
        (400, "User license is inherited from a group membership.", "LICENSE_FROM_GROUP"),
        (400, "User does not have a corresponding license.", "NOT_HELD"),
        (404, "Resource does not exist.", "USER_GONE"),
        (409, "Please wait briefly and retry.", "USER_BUSY"),
        (429, "Please retry again later.", "THROTTLED"),
        (503, "The service is temporarily unavailable.", "UNAVAILABLE"),
        (403, "Insufficient privileges.", "PERMISSION_MISSING"),
        (401, "The token is expired.", "ACCESS_EXPIRED"),
        (423, "The resource is locked.", "USER_BUSY"),
    ],
)
def test_real_answers_lead_to_rows(status: int, text: str, code: str) -> None:
    """The directory's statuses and texts come to a code of the table (vendor#license-changes)."""
    body = {"error": {"code": "Request_BadRequest", "message": text}}
    error = result_of(CHANGE, {"status": status, "headers": {}, "body": body}).error

    assert error == code
    assert error in LICENSE_FAILURES


def test_an_unknown_code_is_told_as_other() -> None:
    """A code that a later version adds is told with its own name and the remedy of OTHER."""
    assert license_failure("BrandNewViolation") == OTHER


@pytest.mark.parametrize(
    ("codes", "attempt", "is_over"),
    [
        ([LicenseFailureCode.USER_BUSY], 1, False),
        ([LicenseFailureCode.USER_BUSY], PATIENT_ATTEMPTS, False),
        ([LicenseFailureCode.USER_BUSY], PATIENT_ATTEMPTS + 1, True),
        ([LicenseFailureCode.UNAVAILABLE, LicenseFailureCode.USER_BUSY], PATIENT_ATTEMPTS + 1, True),
        ([LicenseFailureCode.THROTTLED], PATIENT_ATTEMPTS + 100, False),
        ([LicenseFailureCode.UNAVAILABLE, LicenseFailureCode.THROTTLED], PATIENT_ATTEMPTS + 100, False),
    ],
)
def test_only_what_is_said_of_a_user_comes_to_an_end(
    codes: list[LicenseFailureCode], attempt: int, *, is_over: bool
) -> None:
    """A 409 or 5xx that stays fails the user after a minute; a 429 is waited for (rules#license-failures)."""
    assert is_given_up(codes, attempt=attempt) is is_over


def test_a_command_that_somebody_waits_for_is_not_patient() -> None:
    """Single users who are tried again are told at once, unless the directory asks to wait (rules 4)."""
    assert is_given_up([LicenseFailureCode.USER_BUSY], attempt=1, patient_attempts=0)
    assert not is_given_up([LicenseFailureCode.THROTTLED], attempt=1, patient_attempts=0)


def test_a_lock_is_waited_for_as_long_as_it_lasts() -> None:
    """A 423 says nothing of its user: nobody is failed by it, unless somebody waits (rules#ask-anew)."""
    assert not is_given_up([LicenseFailureCode.USER_BUSY], attempt=PATIENT_ATTEMPTS + 100, is_locked=True)
    assert is_given_up([LicenseFailureCode.USER_BUSY], attempt=1, patient_attempts=0, is_locked=True)
