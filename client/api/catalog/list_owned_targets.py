"""List the subscriptions to which licenses alone could move: both plans are owned, bought anywhere.

The directory alone is asked (docs/rules.md#licenses-only)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import errors
from ...client import Answered, Request
from ...types import UNSET, Unset

if TYPE_CHECKING:
    from ...models.owned_targets_answer import OwnedTargetsAnswer
    from ...models.problem import Problem


def request(
    organization_id: str,
    *,
    subscription: None | str | Unset = UNSET,
    rule_set: str | Unset = "current",
    planswitch_after: int | None | Unset = UNSET,
) -> Request:
    """Return the request of this operation.

    Args:
        organization_id (str):
        subscription (None | str | Unset): The subscription to leave, by the id of its seller or
            of the directory; that of the only plan with users if not given
        rule_set (str | Unset): 2014, 2020 or current Default: 'current'.
        planswitch_after (int | None | Unset): Wait until what is shown has this position, which a
            write answers as Planswitch-Position
    """
    headers: dict[str, Any] = {}
    if not isinstance(planswitch_after, Unset):
        headers["Planswitch-After"] = planswitch_after

    params: dict[str, Any] = {}

    json_subscription: None | str | Unset
    if isinstance(subscription, Unset):
        json_subscription = UNSET
    else:
        json_subscription = subscription
    params["subscription"] = json_subscription

    params["rule_set"] = rule_set

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Request(
        method="GET",
        path="/api/v1/organizations/{organization_id}/owned-targets",
        path_parameters={
            "organization_id": str(organization_id),
        },
        params=params,
        headers=headers,
    )


def parse(response: Answered) -> OwnedTargetsAnswer | Problem:
    """Return an answer of this operation as its model.

    Raises:
        errors.UnexpectedStatus: The document does not describe an answer of this status.
    """
    # A command that sends a request need not load what other answers are made of.

    from ...models.owned_targets_answer import OwnedTargetsAnswer
    from ...models.problem import Problem

    if response.status_code == 200:
        response_200 = OwnedTargetsAnswer.from_dict(response.json())

        return response_200

    if response.status_code in {400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 500, 503}:
        return Problem.from_dict(response.json())
    raise errors.UnexpectedStatus(response.status_code)
