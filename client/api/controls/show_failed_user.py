"""Show what a skip would mean for one user who could not be moved.

See docs/rules.md#operator-controls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import errors
from ...client import Answered, Request
from ...types import UNSET, Unset

if TYPE_CHECKING:
    from ...models.failed_user import FailedUser
    from ...models.problem import Problem


def request(
    switch: str,
    user: str,
    *,
    planswitch_after: int | None | Unset = UNSET,
) -> Request:
    """Return the request of this operation.

    Args:
        switch (str):
        user (str):
        planswitch_after (int | None | Unset): Wait until what is shown has this position, which a
            write answers as Planswitch-Position
    """
    headers: dict[str, Any] = {}
    if not isinstance(planswitch_after, Unset):
        headers["Planswitch-After"] = planswitch_after

    return Request(
        method="GET",
        path="/api/v1/switches/{switch}/users/{user}",
        path_parameters={
            "switch": str(switch),
            "user": str(user),
        },
        headers=headers,
    )


def parse(response: Answered) -> FailedUser | Problem:
    """Return an answer of this operation as its model.

    Raises:
        errors.UnexpectedStatus: The document does not describe an answer of this status.
    """
    # A command that sends a request need not load what other answers are made of.

    from ...models.failed_user import FailedUser
    from ...models.problem import Problem

    if response.status_code == 200:
        response_200 = FailedUser.from_dict(response.json())

        return response_200

    if response.status_code in {400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 500, 503}:
        return Problem.from_dict(response.json())
    raise errors.UnexpectedStatus(response.status_code)
