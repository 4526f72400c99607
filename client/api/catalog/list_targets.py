"""List every offered plan with what it brings and what blocks it; never an empty answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import errors
from ...client import Answered, Request
from ...types import UNSET, Unset

if TYPE_CHECKING:
    from ...models.problem import Problem
    from ...models.targets_answer import TargetsAnswer


def request(
    organization_id: str,
    subscription_id: str,
    *,
    rule_set: str | Unset = "current",
    planswitch_after: int | None | Unset = UNSET,
) -> Request:
    """Return the request of this operation.

    Args:
        organization_id (str):
        subscription_id (str):
        rule_set (str | Unset): 2014, 2020 or current Default: 'current'.
        planswitch_after (int | None | Unset): Wait until what is shown has this position, which a
            write answers as Planswitch-Position
    """
    headers: dict[str, Any] = {}
    if not isinstance(planswitch_after, Unset):
        headers["Planswitch-After"] = planswitch_after

    params: dict[str, Any] = {}

    params["rule_set"] = rule_set

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Request(
        method="GET",
        path="/api/v1/organizations/{organization_id}/subscriptions/{subscription_id}/targets",
        path_parameters={
            "organization_id": str(organization_id),
            "subscription_id": str(subscription_id),
        },
        params=params,
        headers=headers,
    )


def parse(response: Answered) -> Problem | TargetsAnswer:
    """Return an answer of this operation as its model.

    Raises:
        errors.UnexpectedStatus: The document does not describe an answer of this status.
    """
    # A command that sends a request need not load what other answers are made of.

    from ...models.problem import Problem
    from ...models.targets_answer import TargetsAnswer

    if response.status_code == 200:
        response_200 = TargetsAnswer.from_dict(response.json())

        return response_200

    if response.status_code in {400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 500, 503}:
        return Problem.from_dict(response.json())
    raise errors.UnexpectedStatus(response.status_code)
