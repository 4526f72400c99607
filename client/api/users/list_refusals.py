"""List the different refusals of providers in their own words, and how often each came.

The oldest comes first; `after` is what the previous page gave as `next`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import errors
from ...client import Answered, Request
from ...types import UNSET, Unset

if TYPE_CHECKING:
    from ...models.problem import Problem
    from ...models.refusals_of_switch import RefusalsOfSwitch


def request(
    switch: str,
    *,
    limit: int | Unset = 200,
    after: None | str | Unset = UNSET,
) -> Request:
    """Return the request of this operation.

    Args:
        switch (str):
        limit (int | Unset):  Default: 200.
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
        path="/api/v1/switches/{switch}/refusals",
        path_parameters={
            "switch": str(switch),
        },
        params=params,
    )


def parse(response: Answered) -> Problem | RefusalsOfSwitch:
    """Return an answer of this operation as its model.

    Raises:
        errors.UnexpectedStatus: The document does not describe an answer of this status.
    """
    # A command that sends a request need not load what other answers are made of.

    from ...models.problem import Problem
    from ...models.refusals_of_switch import RefusalsOfSwitch

    if response.status_code == 200:
        response_200 = RefusalsOfSwitch.from_dict(response.json())

        return response_200

    if response.status_code in {400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 500, 503}:
        return Problem.from_dict(response.json())
    raise errors.UnexpectedStatus(response.status_code)
