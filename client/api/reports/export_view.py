"""Return the rows of a view as a file; a caller gets those of the organizations that they may see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import errors
from ...client import Answered, Request
from ...types import UNSET, Unset

if TYPE_CHECKING:
    from ...models.problem import Problem
    from ...models.view_format import ViewFormat


def request(
    view: str,
    *,
    format_: ViewFormat | Unset = UNSET,
    organization: str | Unset = "",
    planswitch_after: int | None | Unset = UNSET,
) -> Request:
    """Return the request of this operation.

    Args:
        view (str):
        format_ (ViewFormat | Unset): How rows are written.
        organization (str | Unset): Only rows of this directory id Default: ''.
        planswitch_after (int | None | Unset): Wait until what is shown has this position, which a
            write answers as Planswitch-Position
    """
    headers: dict[str, Any] = {}
    if not isinstance(planswitch_after, Unset):
        headers["Planswitch-After"] = planswitch_after

    params: dict[str, Any] = {}

    json_format_: str | Unset = UNSET
    if not isinstance(format_, Unset):
        json_format_ = format_

    params["format"] = json_format_

    params["organization"] = organization

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Request(
        method="GET",
        path="/api/v1/views/{view}",
        path_parameters={
            "view": str(view),
        },
        params=params,
        headers=headers,
    )


def parse(response: Answered) -> Problem | str:
    """Return an answer of this operation as its model.

    Raises:
        errors.UnexpectedStatus: The document does not describe an answer of this status.
    """
    # A command that sends a request need not load what other answers are made of.
    from typing import cast

    from ...models.problem import Problem

    if response.status_code == 200:
        response_200 = cast(str, response.content)
        return response_200

    if response.status_code in {400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 500, 503}:
        return Problem.from_dict(response.json())
    raise errors.UnexpectedStatus(response.status_code)
