"""List what an organization owns, with licenses, notices, service health, invoices and balance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ... import errors
from ...client import Answered, Request

if TYPE_CHECKING:
    from ...models.problem import Problem
    from ...models.products_answer import ProductsAnswer


def request(
    organization_id: str,
) -> Request:
    """Return the request of this operation.

    Args:
        organization_id (str):
    """

    return Request(
        method="GET",
        path="/api/v1/organizations/{organization_id}/products",
        path_parameters={
            "organization_id": str(organization_id),
        },
    )


def parse(response: Answered) -> Problem | ProductsAnswer:
    """Return an answer of this operation as its model.

    Raises:
        errors.UnexpectedStatus: The document does not describe an answer of this status.
    """
    # A command that sends a request need not load what other answers are made of.

    from ...models.problem import Problem
    from ...models.products_answer import ProductsAnswer

    if response.status_code == 200:
        response_200 = ProductsAnswer.from_dict(response.json())

        return response_200

    if response.status_code in {400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 500, 503}:
        return Problem.from_dict(response.json())
    raise errors.UnexpectedStatus(response.status_code)
