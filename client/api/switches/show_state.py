"""Show the state of a switch as of a moment: aggregates, locks, users, journal and streams.

Give one of `position`, `version` and `instant`; docs/audit.md explains them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import errors
from ...client import Answered, Request
from ...types import UNSET, Unset

if TYPE_CHECKING:
    from ...models.problem import Problem
    from ...models.switch_at import SwitchAt


def request(
    switch: str,
    *,
    at_position: int | None | Unset = UNSET,
    at_version: int | None | Unset = UNSET,
    at_instant: None | str | Unset = UNSET,
    planswitch_after: int | None | Unset = UNSET,
) -> Request:
    """Return the request of this operation.

    Args:
        switch (str):
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
        path="/api/v1/switches/{switch}/state",
        path_parameters={
            "switch": str(switch),
        },
        params=params,
        headers=headers,
    )


def parse(response: Answered) -> Problem | SwitchAt:
    """Return an answer of this operation as its model.

    Raises:
        errors.UnexpectedStatus: The document does not describe an answer of this status.
    """
    # A command that sends a request need not load what other answers are made of.

    from ...models.problem import Problem
    from ...models.switch_at import SwitchAt

    if response.status_code == 200:
        response_200 = SwitchAt.from_dict(response.json())

        return response_200

    if response.status_code in {400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 500, 503}:
        return Problem.from_dict(response.json())
    raise errors.UnexpectedStatus(response.status_code)
