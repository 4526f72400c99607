"""List where the parts of the history end, so that several can be asked for at the same time.

Each part is `GET /api/v1/whatif` with the end before as `after` and its own end as `until`. `after` is
`next` of the list before, and `until` its `until`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import errors
from ...client import Answered, Request
from ...types import UNSET, Unset

if TYPE_CHECKING:
    from ...models.problem import Problem
    from ...models.what_if_pages import WhatIfPages


def request(
    *,
    after: int | Unset = 0,
    until: int | Unset = 0,
    planswitch_after: int | None | Unset = UNSET,
) -> Request:
    """Return the request of this operation.

    Args:
        after (int | Unset):  Default: 0.
        until (int | Unset):  Default: 0.
        planswitch_after (int | None | Unset): Wait until what is shown has this position, which a
            write answers as Planswitch-Position
    """
    headers: dict[str, Any] = {}
    if not isinstance(planswitch_after, Unset):
        headers["Planswitch-After"] = planswitch_after

    params: dict[str, Any] = {}

    params["after"] = after

    params["until"] = until

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Request(
        method="GET",
        path="/api/v1/whatif/pages",
        path_parameters={},
        params=params,
        headers=headers,
    )


def parse(response: Answered) -> Problem | WhatIfPages:
    """Return an answer of this operation as its model.

    Raises:
        errors.UnexpectedStatus: The document does not describe an answer of this status.
    """
    # A command that sends a request need not load what other answers are made of.

    from ...models.problem import Problem
    from ...models.what_if_pages import WhatIfPages

    if response.status_code == 200:
        response_200 = WhatIfPages.from_dict(response.json())

        return response_200

    if response.status_code in {400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 500, 503}:
        return Problem.from_dict(response.json())
    raise errors.UnexpectedStatus(response.status_code)
