"""Errors: one table of codes, and messages that say what to do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from domain.kernel import errors
from domain.kernel.errors import (
    CODES,
    UNEXPECTED,
    InvalidInput,
    PlanSwitchError,
    ProviderThrottled,
    handling_of,
)

EXIT_CODES = range(11)


def _own_classes() -> Iterator[type[PlanSwitchError]]:
    for value in vars(errors).values():
        if isinstance(value, type) and issubclass(value, PlanSwitchError) and value is not PlanSwitchError:
            yield value


@pytest.mark.parametrize("error_class", list(_own_classes()), ids=lambda each: each.__name__)
def test_each_error_has_a_code_of_the_table(error_class: type[PlanSwitchError]) -> None:
    """Every error class is handled by the table, not as unexpected."""
    assert error_class.code in CODES
    assert error_class.__doc__


def test_table_has_statuses_and_exit_codes_that_exist() -> None:
    """HTTP statuses are errors and exit codes are those of the command line's contract."""
    for handling in CODES.values():
        assert 400 <= handling.http_status < 600
        assert handling.exit_code in EXIT_CODES
        assert handling.exit_code != 0


def test_unknown_code_is_unexpected() -> None:
    """A code that is not in the table is handled as unexpected and never retried."""
    assert handling_of("NO_SUCH_CODE") is UNEXPECTED
    assert not PlanSwitchError("Something.").handling.is_retryable


def test_bad_input_names_field_value_and_what_is_allowed() -> None:
    """Bad input says what was given, what may be given, and what to do."""
    error = InvalidInput(field="quantity", value=0, allowed="one or more")

    assert str(error) == "quantity is 0; allowed: one or more."
    assert error.remedy == "Correct quantity and try again."
    assert error.details == {"field": "quantity", "value": "0", "allowed": "one or more"}
    assert (error.handling.http_status, error.handling.exit_code) == (422, 2)


def test_throttling_carries_its_wait() -> None:
    """A throttled call says how long to wait."""
    error = ProviderThrottled("Too fast.", retry_after_seconds=7.5)

    assert error.retry_after_seconds == error.details["retry_after_seconds"] == 7.5
    assert error.handling.is_retryable
