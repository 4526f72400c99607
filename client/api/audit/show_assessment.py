"""Show one assessment: reasons with the figures that were compared, rules, catalog, who asked and when.

`assessment` is its number, the id of its stream, or the id of the switch that was accepted by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ... import errors
from ...client import Answered, Request

if TYPE_CHECKING:
    from ...models.problem import Problem
    from ...models.shown_assessment import ShownAssessment


def request(
    assessment: str,
) -> Request:
    """Return the request of this operation.

    Args:
        assessment (str):
    """

    return Request(
        method="GET",
        path="/api/v1/assessments/{assessment}",
        path_parameters={
            "assessment": str(assessment),
        },
    )


def parse(response: Answered) -> Problem | ShownAssessment:
    """Return an answer of this operation as its model.

    Raises:
        errors.UnexpectedStatus: The document does not describe an answer of this status.
    """
    # A command that sends a request need not load what other answers are made of.

    from ...models.problem import Problem
    from ...models.shown_assessment import ShownAssessment

    if response.status_code == 200:
        response_200 = ShownAssessment.from_dict(response.json())

        return response_200

    if response.status_code in {400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 500, 503}:
        return Problem.from_dict(response.json())
    raise errors.UnexpectedStatus(response.status_code)
