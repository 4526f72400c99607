"""What a validator refuses is told by the schema of the field, wherever it stands."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from console.api.routes_checkouts import CheckoutEditBody
from console.edge.plain_bodies import Body
from console.switches.bodies import CreditCallback, QuoteBody, RetryUsersBody, SwitchBody
from console.words.problems import refused_body
from domain.kernel.errors import InvalidInput

ASK = {"organization_id": "o", "target_plan": "E3"}
WHY = {"reason": "why"}


@pytest.mark.parametrize(
    ("model", "given", "message"),
    [
        (QuoteBody, {}, "organization_id is not given; allowed: text of 1 to 500 characters."),
        (
            QuoteBody,
            {**ASK, "quantity": True},
            "quantity is true; allowed: a whole number of 1 to 1,000,000.",
        ),
        (
            QuoteBody,
            {**ASK, "quantity": "30"},
            "quantity is '30'; allowed: a whole number of 1 to 1,000,000.",
        ),
        (QuoteBody, {**ASK, "accept_forfeiture": 1}, "accept_forfeiture is 1; allowed: true or false."),
        (RetryUsersBody, {**WHY, "users": [1]}, "users.0 is 1; allowed: text of 1 to 500 characters."),
        (RetryUsersBody, {**WHY, "color": 1}, "color is no field here; allowed: reason, request_id, users."),
        (CheckoutEditBody, {"revision": 1, "changes": 5}, "changes is 5; allowed: a JSON object."),
        (SwitchBody, [], "body is an empty list; allowed: a JSON object."),
        (SwitchBody, {**ASK, "pilot_soak_seconds": 0.5}, "is 0.5; allowed: a whole number of 0 to 604,800."),
    ],
)
def test_a_refused_field_is_told_by_its_schema(model: type[Body], given: Any, message: str) -> None:
    """Field, value and what is allowed; none of the validator's own words."""
    with pytest.raises(ValidationError) as found:
        model.model_validate(given)

    assert message in refused_body(found.value.errors()[0], model).message


@pytest.mark.parametrize("day", [0, 1.5, True, "20261224", "2026-12-24T00:00:00", "2026-02-30", "tomorrow"])
def test_a_day_is_an_iso_date_and_nothing_that_could_be_taken_for_one(day: Any) -> None:
    """A number of seconds, a time of day, and another form of a date are refused."""
    with pytest.raises(InvalidInput, match=r"quoted_on is .*; allowed: a date, such as 2026-12-24"):
        QuoteBody.model_validate({**ASK, "quoted_on": day})


@pytest.mark.parametrize("at", [0, "2026-11-10", "2026-11-10T09:00:00", "now", None])
def test_an_instant_of_a_callback_has_its_zone(at: Any) -> None:
    """An instant without a zone is a different one in each place."""
    facts = {
        "callback_id": "c",
        "organization_id": "o",
        "order_id": "O",
        "check_id": "k",
        "verdict": "approved",
    }
    with pytest.raises(InvalidInput, match=r"decided_at is .*; allowed: an instant"):
        CreditCallback.model_validate({**facts, "decided_at": at})
