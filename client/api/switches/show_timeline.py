"""List the events of a switch, oldest first; `after` is the last position of the previous page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import errors
from ...client import Answered, Request
from ...types import UNSET, Unset

if TYPE_CHECKING:
    from ...models.problem import Problem
    from ...models.timeline import Timeline


def request(
    switch: str,
    *,
    after: int | Unset = 0,
    limit: int | Unset = 500,
) -> Request:
    """Return the request of this operation.

    Args:
        switch (str):
        after (int | Unset):  Default: 0.
        limit (int | Unset):  Default: 500.
    """

    params: dict[str, Any] = {}

    params["after"] = after

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Request(
        method="GET",
        path="/api/v1/switches/{switch}/timeline",
        path_parameters={
            "switch": str(switch),
        },
        params=params,
    )


def parse(response: Answered) -> Problem | Timeline:
    """Return an answer of this operation as its model.

    Raises:
        errors.UnexpectedStatus: The document does not describe an answer of this status.
    """
    # A command that sends a request need not load what other answers are made of.

    from ...models.problem import Problem
    from ...models.timeline import Timeline

    if response.status_code == 200:
        response_200 = Timeline.from_dict(response.json())

        return response_200

    if response.status_code in {400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 500, 503}:
        return Problem.from_dict(response.json())
    raise errors.UnexpectedStatus(response.status_code)
