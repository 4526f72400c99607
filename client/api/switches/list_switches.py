"""List switches, the newest request first; `after` is the last id of the previous page.

`total` counts the matches on all pages; `counts` ignores the stage, `all` every filter.
The first page also has all switches that call for somebody, under `attention`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import errors
from ...client import Answered, Request
from ...types import UNSET, Unset

if TYPE_CHECKING:
    from ...models.problem import Problem
    from ...models.switch_list import SwitchList


def request(
    *,
    stage: None | str | Unset = UNSET,
    limit: int | Unset = 50,
    after: None | str | Unset = UNSET,
    organization: None | str | Unset = UNSET,
    subscription: None | str | Unset = UNSET,
    find: None | str | Unset = UNSET,
) -> Request:
    """Return the request of this operation.

    Args:
        stage (None | str | Unset): A stage, in any spelling: waiting_eligible, requested,
            ordered, credit_check, credit_overdue, credit_cleared, provisioning_overdue, ready,
            moving, held, paused, moved, rolling_back, stuck, cancelling, source_cancelled, cut_over,
            completed, cancelled, rolled_back, declined, expired, failed, never, price_changed; or
            several: running, ended, attention
        limit (int | Unset):  Default: 50.
        after (None | str | Unset):
        organization (None | str | Unset): Directory id of an organization, its first 8
            characters, or its name
        subscription (None | str | Unset): Id of the old or the new subscription, or its first 8
            characters
        find (None | str | Unset): Id of a switch, of its old or new subscription or of its
            organization, the first 8 characters of one, or the organization's name
    """

    params: dict[str, Any] = {}

    json_stage: None | str | Unset
    if isinstance(stage, Unset):
        json_stage = UNSET
    else:
        json_stage = stage
    params["stage"] = json_stage

    params["limit"] = limit

    json_after: None | str | Unset
    if isinstance(after, Unset):
        json_after = UNSET
    else:
        json_after = after
    params["after"] = json_after

    json_organization: None | str | Unset
    if isinstance(organization, Unset):
        json_organization = UNSET
    else:
        json_organization = organization
    params["organization"] = json_organization

    json_subscription: None | str | Unset
    if isinstance(subscription, Unset):
        json_subscription = UNSET
    else:
        json_subscription = subscription
    params["subscription"] = json_subscription

    json_find: None | str | Unset
    if isinstance(find, Unset):
        json_find = UNSET
    else:
        json_find = find
    params["find"] = json_find

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Request(
        method="GET",
        path="/api/v1/switches",
        path_parameters={},
        params=params,
    )


def parse(response: Answered) -> Problem | SwitchList:
    """Return an answer of this operation as its model.

    Raises:
        errors.UnexpectedStatus: The document does not describe an answer of this status.
    """
    # A command that sends a request need not load what other answers are made of.

    from ...models.problem import Problem
    from ...models.switch_list import SwitchList

    if response.status_code == 200:
        response_200 = SwitchList.from_dict(response.json())

        return response_200

    if response.status_code in {400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 500, 503}:
        return Problem.from_dict(response.json())
    raise errors.UnexpectedStatus(response.status_code)
