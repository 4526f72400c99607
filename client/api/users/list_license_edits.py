"""List the licenses that were given or taken by hand, the newest first: by whom, why, how it ended.

`after` is the request id of the last edit on the previous page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import errors
from ...client import Answered, Request
from ...types import UNSET, Unset

if TYPE_CHECKING:
    from ...models.license_edits import LicenseEdits
    from ...models.problem import Problem


def request(
    organization_id: str,
    *,
    limit: int | Unset = 100,
    after: None | str | Unset = UNSET,
) -> Request:
    """Return the request of this operation.

    Args:
        organization_id (str):
        limit (int | Unset):  Default: 100.
        after (None | str | Unset):
    """

    params: dict[str, Any] = {}

    params["limit"] = limit

    json_after: None | str | Unset
    if isinstance(after, Unset):
        json_after = UNSET
    else:
        json_after = after
    params["after"] = json_after

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Request(
        method="GET",
        path="/api/v1/organizations/{organization_id}/licenses",
        path_parameters={
            "organization_id": str(organization_id),
        },
        params=params,
    )


def parse(response: Answered) -> LicenseEdits | Problem:
    """Return an answer of this operation as its model.

    Raises:
        errors.UnexpectedStatus: The document does not describe an answer of this status.
    """
    # A command that sends a request need not load what other answers are made of.

    from ...models.license_edits import LicenseEdits
    from ...models.problem import Problem

    if response.status_code == 200:
        response_200 = LicenseEdits.from_dict(response.json())

        return response_200

    if response.status_code in {400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 500, 503}:
        return Problem.from_dict(response.json())
    raise errors.UnexpectedStatus(response.status_code)
