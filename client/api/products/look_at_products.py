"""Let the requests look at once that wait for what is gone, such as a balance that was paid elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ... import errors
from ...client import Answered, Request

if TYPE_CHECKING:
    from ...models.command_body import CommandBody
    from ...models.look_answer import LookAnswer
    from ...models.problem import Problem


def request(
    organization_id: str,
    *,
    body: CommandBody | Mapping[str, Any],
) -> Request:
    """Return the request of this operation.

    Args:
        organization_id (str):
        body (CommandBody): A manual act on a running switch.
    """

    return Request(
        method="POST",
        path="/api/v1/organizations/{organization_id}/look",
        path_parameters={
            "organization_id": str(organization_id),
        },
        body=body if isinstance(body, Mapping) else body.to_dict(),
    )


def parse(response: Answered) -> LookAnswer | Problem:
    """Return an answer of this operation as its model.

    Raises:
        errors.UnexpectedStatus: The document does not describe an answer of this status.
    """
    # A command that sends a request need not load what other answers are made of.

    from ...models.look_answer import LookAnswer
    from ...models.problem import Problem

    if response.status_code == 200:
        response_200 = LookAnswer.from_dict(response.json())

        return response_200

    if response.status_code in {400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 500, 503}:
        return Problem.from_dict(response.json())
    raise errors.UnexpectedStatus(response.status_code)
