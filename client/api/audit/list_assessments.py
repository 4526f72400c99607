"""List the recorded assessments and refusals of an organization, the newest first.

Accepted requests are among them; `after` is the number of the last one of the previous page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import errors
from ...client import Answered, Request
from ...types import UNSET, Unset

if TYPE_CHECKING:
    from ...models.assessment_list import AssessmentList
    from ...models.problem import Problem


def request(
    organization_id: str,
    *,
    limit: int | Unset = 50,
    after: int | None | Unset = UNSET,
) -> Request:
    """Return the request of this operation.

    Args:
        organization_id (str):
        limit (int | Unset):  Default: 50.
        after (int | None | Unset): Number of the last assessment of the page before
    """

    params: dict[str, Any] = {}

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
        path="/api/v1/organizations/{organization_id}/assessments",
        path_parameters={
            "organization_id": str(organization_id),
        },
        params=params,
    )


def parse(response: Answered) -> AssessmentList | Problem:
    """Return an answer of this operation as its model.

    Raises:
        errors.UnexpectedStatus: The document does not describe an answer of this status.
    """
    # A command that sends a request need not load what other answers are made of.

    from ...models.assessment_list import AssessmentList
    from ...models.problem import Problem

    if response.status_code == 200:
        response_200 = AssessmentList.from_dict(response.json())

        return response_200

    if response.status_code in {400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 500, 503}:
        return Problem.from_dict(response.json())
    raise errors.UnexpectedStatus(response.status_code)
