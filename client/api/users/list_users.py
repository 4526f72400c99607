"""List what happened to each user: moved or not, services kept, gone, new, off with others.

`total` counts the users on all pages; `total=false` spares that count if you read many pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import errors
from ...client import Answered, Request
from ...types import UNSET, Unset

if TYPE_CHECKING:
    from ...models.problem import Problem
    from ...models.users_of_switch import UsersOfSwitch


def request(
    switch: str,
    *,
    limit: int | Unset = 100,
    after: str | Unset = "",
    total: bool | Unset = True,
) -> Request:
    """Return the request of this operation.

    Args:
        switch (str):
        limit (int | Unset):  Default: 100.
        after (str | Unset):  Default: ''.
        total (bool | Unset):  Default: True.
    """

    params: dict[str, Any] = {}

    params["limit"] = limit

    params["after"] = after

    params["total"] = total

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Request(
        method="GET",
        path="/api/v1/switches/{switch}/users",
        path_parameters={
            "switch": str(switch),
        },
        params=params,
    )


def parse(response: Answered) -> Problem | UsersOfSwitch:
    """Return an answer of this operation as its model.

    Raises:
        errors.UnexpectedStatus: The document does not describe an answer of this status.
    """
    # A command that sends a request need not load what other answers are made of.

    from ...models.problem import Problem
    from ...models.users_of_switch import UsersOfSwitch

    if response.status_code == 200:
        response_200 = UsersOfSwitch.from_dict(response.json())

        return response_200

    if response.status_code in {400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 500, 503}:
        return Problem.from_dict(response.json())
    raise errors.UnexpectedStatus(response.status_code)
