"""What of a plan is waited for, and when the wait ends (rules#waiting-for-the-new-subscription)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from domain.licenses.provisioning import is_not_activated, is_set_up, provisioning_end
from tests.support.stories.eligibility_inputs import service_status

ORDERED_AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
HOURS, DAYS = timedelta(hours=1), timedelta(days=1)
HALF_HOUR = timedelta(minutes=30)


@pytest.mark.parametrize(
    ("name", "status", "is_waited_for", "is_told"),
    [
        ("VIVA_LEARNING_SEEDED", "PendingProvisioning", False, True),
        ("VIVA_LEARNING_SEEDED", "Error", True, False),
        ("VIVA_LEARNING_SEEDED", "PendingInput", True, False),
        ("A_SERVICE_THAT_NOBODY_KNOWS", "PendingProvisioning", False, True),
        ("exchange_s_enterprise", "PendingProvisioning", True, False),
        ("SHAREPOINTSTANDARD", "PendingProvisioning", True, False),
        ("ONEDRIVE_BASIC", "PendingProvisioning", True, False),
        ("TEAMS1", "PendingProvisioning", True, False),
        ("MCOSTANDARD", "PendingProvisioning", True, False),
        ("YAMMER_ENTERPRISE", "PendingProvisioning", True, False),
        ("YAMMER_ENTERPRISE", "PendingActivation", False, False),
        ("TEAMS1", "Success", False, False),
        ("TEAMS1", "Disabled", False, False),
    ],
)
def test_only_a_data_service_that_is_not_activated_is_waited_for(
    name: str, status: str, *, is_waited_for: bool, is_told: bool
) -> None:
    """PendingProvisioning weighs only where the service holds data of users.

    See rules#services_not_activated.
    """
    service = service_status(service_id="s", name=name, status=status)

    assert (not is_set_up(service), is_not_activated(service)) == (is_waited_for, is_told)


@pytest.mark.parametrize(
    ("window", "begun", "asks", "voids"),
    [
        # Seven days, as the seller gives: asked a day before, voided half an hour before.
        (7 * DAYS, timedelta(0), 6 * DAYS, 7 * DAYS - HALF_HOUR),
        (7 * DAYS, 3 * DAYS, 6 * DAYS, 7 * DAYS - HALF_HOUR),
        # No window: 14 days from the order.
        (None, timedelta(0), 13 * DAYS, 14 * DAYS - HALF_HOUR),
        # A short one: asked at half of what is left of it.
        (10 * HOURS, timedelta(0), 5 * HOURS, 10 * HOURS - HALF_HOUR),
        (7 * DAYS, 7 * DAYS - 8 * HOURS, 7 * DAYS - 4 * HOURS, 7 * DAYS - HALF_HOUR),
        # Nothing left of it, such as after a credit check of two weeks: 14 days from when the wait began.
        (7 * DAYS, 7 * DAYS - HALF_HOUR, 20 * DAYS - HALF_HOUR, 21 * DAYS - 2 * HALF_HOUR),
        (7 * DAYS, 10 * DAYS, 23 * DAYS, 24 * DAYS - HALF_HOUR),
    ],
)
def test_the_wait_asks_an_operator_in_time_and_ends_inside_the_window(
    window: timedelta | None, begun: timedelta, asks: timedelta, voids: timedelta
) -> None:
    """An order is voided by itself only while that costs nothing, and only after somebody was asked."""
    end = provisioning_end(
        ordered_at=ORDERED_AT,
        voidable_until=None if window is None else ORDERED_AT + window,
        begun_at=ORDERED_AT + begun,
    )

    assert (end.asks_at, end.voids_at) == (ORDERED_AT + asks, ORDERED_AT + voids)


def test_who_waits_on_is_asked_again_and_nothing_is_voided() -> None:
    """After an answer the order is the operator's own to void (rules#waiting-for-the-new-subscription)."""
    waited_on_at = ORDERED_AT + 6 * DAYS
    end = provisioning_end(
        ordered_at=ORDERED_AT,
        voidable_until=ORDERED_AT + 7 * DAYS,
        begun_at=ORDERED_AT,
        waited_on_at=waited_on_at,
    )

    assert (end.asks_at, end.voids_at) == (waited_on_at + 14 * DAYS, None)
