"""Show one switch with what is left to do by hand.

`switch` is its id, that of its old or new subscription or of its organization, the first 8 characters of
one, or the organization's name. What names several is refused with a list of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import errors
from ...client import Answered, Request
from ...types import UNSET, Unset

if TYPE_CHECKING:
    from ...models.problem import Problem
    from ...models.shown_switch import ShownSwitch


def request(
    switch: str,
    *,
    to_change: bool | Unset = False,
    planswitch_after: int | None | Unset = UNSET,
) -> Request:
    """Return the request of this operation.

    Args:
        switch (str):
        to_change (bool | Unset): Only what names a switch to a command: its id or the first 8
            characters of it, or the whole id of its old or new subscription or of its organization
            Default: False.
        planswitch_after (int | None | Unset): Wait until what is shown has this position, which a
            write answers as Planswitch-Position
    """
    headers: dict[str, Any] = {}
    if not isinstance(planswitch_after, Unset):
        headers["Planswitch-After"] = planswitch_after

    params: dict[str, Any] = {}

    params["to_change"] = to_change

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Request(
        method="GET",
        path="/api/v1/switches/{switch}",
        path_parameters={
            "switch": str(switch),
        },
        params=params,
        headers=headers,
    )


def parse(response: Answered) -> Problem | ShownSwitch:
    """Return an answer of this operation as its model.

    Raises:
        errors.UnexpectedStatus: The document does not describe an answer of this status.
    """
    # A command that sends a request need not load what other answers are made of.

    from ...models.problem import Problem
    from ...models.shown_switch import ShownSwitch

    if response.status_code == 200:
        response_200 = ShownSwitch.from_dict(response.json())

        return response_200

    if response.status_code in {400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 500, 503}:
        return Problem.from_dict(response.json())
    raise errors.UnexpectedStatus(response.status_code)
