"""List requests for approvals, the one that changed last first; `after` is `next` of the page before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import errors
from ...client import Answered, Request
from ...types import UNSET, Unset

if TYPE_CHECKING:
    from ...models.approval_list import ApprovalList
    from ...models.problem import Problem


def request(
    *,
    state: None | str | Unset = UNSET,
    organization: None | str | Unset = UNSET,
    limit: int | Unset = 50,
    after: int | None | Unset = UNSET,
    planswitch_after: int | None | Unset = UNSET,
) -> Request:
    """Return the request of this operation.

    Args:
        state (None | str | Unset): One of waiting, expired, approved, done, failed, refused, void
        organization (None | str | Unset): Directory id of an organization, its first 8
            characters, or its name
        limit (int | Unset):  Default: 50.
        after (int | None | Unset):
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
    else:
        json_state = state
    params["state"] = json_state

    json_organization: None | str | Unset
    if isinstance(organization, Unset):
        json_organization = UNSET
    else:
        json_organization = organization
    params["organization"] = json_organization

    params["limit"] = limit

    json_after: int | None | Unset
    if isinstance(after, Unset):
        json_after = UNSET
    else:
        json_after = after
    params["after"] = json_after

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Request(
        method="GET",
        path="/api/v1/approvals",
        path_parameters={},
        params=params,
        headers=headers,
    )


def parse(response: Answered) -> ApprovalList | Problem:
    """Return an answer of this operation as its model.

    Raises:
        errors.UnexpectedStatus: The document does not describe an answer of this status.
    """
    # A command that sends a request need not load what other answers are made of.

    from ...models.approval_list import ApprovalList
    from ...models.problem import Problem

    if response.status_code == 200:
        response_200 = ApprovalList.from_dict(response.json())

        return response_200

    if response.status_code in {400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 500, 503}:
        return Problem.from_dict(response.json())
    raise errors.UnexpectedStatus(response.status_code)
