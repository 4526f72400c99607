"""List what each user held of the two plans as of a moment, in the order of their keys.

`after` is what the page before gave as `next_cursor`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import errors
from ...client import Answered, Request
from ...types import UNSET, Unset

if TYPE_CHECKING:
    from ...models.problem import Problem
    from ...models.users_at import UsersAt


def request(
    switch: str,
    *,
    limit: int | Unset = 100,
    after: str | Unset = "",
    at_position: int | None | Unset = UNSET,
    at_version: int | None | Unset = UNSET,
    at_instant: None | str | Unset = UNSET,
    planswitch_after: int | None | Unset = UNSET,
) -> Request:
    """Return the request of this operation.

    Args:
        switch (str):
        limit (int | Unset):  Default: 100.
        after (str | Unset):  Default: ''.
        at_position (int | None | Unset): Position in the log of all events
        at_version (int | None | Unset): Number of the switch's own event, from 1
        at_instant (None | str | Unset): Instant with its time zone
        planswitch_after (int | None | Unset): Wait until what is shown has this position, which a
            write answers as Planswitch-Position
    """
    headers: dict[str, Any] = {}
    if not isinstance(planswitch_after, Unset):
        headers["Planswitch-After"] = planswitch_after

    params: dict[str, Any] = {}

    params["limit"] = limit

    params["after"] = after

    json_at_position: int | None | Unset
    if isinstance(at_position, Unset):
        json_at_position = UNSET
    else:
        json_at_position = at_position
    params["at_position"] = json_at_position

    json_at_version: int | None | Unset
    if isinstance(at_version, Unset):
        json_at_version = UNSET
    else:
        json_at_version = at_version
    params["at_version"] = json_at_version

    json_at_instant: None | str | Unset
    if isinstance(at_instant, Unset):
        json_at_instant = UNSET
    else:
        json_at_instant = at_instant
    params["at_instant"] = json_at_instant

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Request(
        method="GET",
        path="/api/v1/switches/{switch}/state/users",
        path_parameters={
            "switch": str(switch),
        },
        params=params,
        headers=headers,
    )


def parse(response: Answered) -> Problem | UsersAt:
    """Return an answer of this operation as its model.

    Raises:
        errors.UnexpectedStatus: The document does not describe an answer of this status.
    """
    # A command that sends a request need not load what other answers are made of.

    from ...models.problem import Problem
    from ...models.users_at import UsersAt

    if response.status_code == 200:
        response_200 = UsersAt.from_dict(response.json())

        return response_200

    if response.status_code in {400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 500, 503}:
        return Problem.from_dict(response.json())
    raise errors.UnexpectedStatus(response.status_code)
