"""List the deliveries of an endpoint with their newest attempts, the newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import errors
from ...client import Answered, Request
from ...types import UNSET, Unset

if TYPE_CHECKING:
    from ...models.delivery_list import DeliveryList
    from ...models.delivery_state import DeliveryState
    from ...models.problem import Problem


def request(
    webhook: str,
    *,
    state: DeliveryState | None | Unset = UNSET,
    limit: int | Unset = 50,
    before: int | None | Unset = UNSET,
    planswitch_after: int | None | Unset = UNSET,
) -> Request:
    """Return the request of this operation.

    Args:
        webhook (str):
        state (DeliveryState | None | Unset): Only deliveries in this state
        limit (int | Unset):  Default: 50.
        before (int | None | Unset):
        planswitch_after (int | None | Unset): Wait until what is shown has this position, which a
            write answers as Planswitch-Position
    """
    headers: dict[str, Any] = {}
    if not isinstance(planswitch_after, Unset):
        headers["Planswitch-After"] = planswitch_after

    params: dict[str, Any] = {}

    json_state: None | str | Unset
    if isinstance(state, Unset):
        json_state = UNSET
    elif isinstance(state, str):
        json_state = state
    else:
        json_state = state
    params["state"] = json_state

    params["limit"] = limit

    json_before: int | None | Unset
    if isinstance(before, Unset):
        json_before = UNSET
    else:
        json_before = before
    params["before"] = json_before

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Request(
        method="GET",
        path="/api/v1/webhooks/{webhook}/deliveries",
        path_parameters={
            "webhook": str(webhook),
        },
        params=params,
        headers=headers,
    )


def parse(response: Answered) -> DeliveryList | Problem:
    """Return an answer of this operation as its model.

    Raises:
        errors.UnexpectedStatus: The document does not describe an answer of this status.
    """
    # A command that sends a request need not load what other answers are made of.

    from ...models.delivery_list import DeliveryList
    from ...models.problem import Problem

    if response.status_code == 200:
        response_200 = DeliveryList.from_dict(response.json())

        return response_200

    if response.status_code in {400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 500, 503}:
        return Problem.from_dict(response.json())
    raise errors.UnexpectedStatus(response.status_code)
