"""Quote a request for another time; nothing is changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ... import errors
from ...client import Answered, Request

if TYPE_CHECKING:
    from ...models.new_start_body import NewStartBody
    from ...models.problem import Problem
    from ...models.start_offered import StartOffered


def request(
    switch: str,
    *,
    body: NewStartBody | Mapping[str, Any],
) -> Request:
    """Return the request of this operation.

    Args:
        switch (str):
        body (NewStartBody): Another time for a request that waits: an instant, or a day, or quiet
            hours, or the latter two.
    """

    return Request(
        method="POST",
        path="/api/v1/switches/{switch}/schedule/quote",
        path_parameters={
            "switch": str(switch),
        },
        body=body if isinstance(body, Mapping) else body.to_dict(),
    )


def parse(response: Answered) -> Problem | StartOffered:
    """Return an answer of this operation as its model.

    Raises:
        errors.UnexpectedStatus: The document does not describe an answer of this status.
    """
    # A command that sends a request need not load what other answers are made of.

    from ...models.problem import Problem
    from ...models.start_offered import StartOffered

    if response.status_code == 200:
        response_200 = StartOffered.from_dict(response.json())

        return response_200

    if response.status_code in {400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 500, 503}:
        return Problem.from_dict(response.json())
    raise errors.UnexpectedStatus(response.status_code)
