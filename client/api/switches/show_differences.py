"""Show what changed in a switch between two moments, part by part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import errors
from ...client import Answered, Request
from ...types import UNSET, Unset

if TYPE_CHECKING:
    from ...models.differences import Differences
    from ...models.problem import Problem


def request(
    switch: str,
    *,
    from_moment: str,
    to_moment: str,
    planswitch_after: int | None | Unset = UNSET,
) -> Request:
    """Return the request of this operation.

    Args:
        switch (str):
        from_moment (str): A position of the log, version:N for the Nth event of the switch, or an
            instant with its time zone
        to_moment (str): A position of the log, version:N for the Nth event of the switch, or an
            instant with its time zone
        planswitch_after (int | None | Unset): Wait until what is shown has this position, which a
            write answers as Planswitch-Position
    """
    headers: dict[str, Any] = {}
    if not isinstance(planswitch_after, Unset):
        headers["Planswitch-After"] = planswitch_after

    params: dict[str, Any] = {}

    params["from_moment"] = from_moment

    params["to_moment"] = to_moment

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Request(
        method="GET",
        path="/api/v1/switches/{switch}/state/differences",
        path_parameters={
            "switch": str(switch),
        },
        params=params,
        headers=headers,
    )


def parse(response: Answered) -> Differences | Problem:
    """Return an answer of this operation as its model.

    Raises:
        errors.UnexpectedStatus: The document does not describe an answer of this status.
    """
    # A command that sends a request need not load what other answers are made of.

    from ...models.differences import Differences
    from ...models.problem import Problem

    if response.status_code == 200:
        response_200 = Differences.from_dict(response.json())

        return response_200

    if response.status_code in {400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 500, 503}:
        return Problem.from_dict(response.json())
    raise errors.UnexpectedStatus(response.status_code)
