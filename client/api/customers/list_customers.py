"""List the organizations of a cloud profile, and say who names them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import errors
from ...client import Answered, Request
from ...types import UNSET, Unset

if TYPE_CHECKING:
    from ...models.customers_answer import CustomersAnswer
    from ...models.problem import Problem


def request(
    *,
    profile: str | Unset = "",
) -> Request:
    """Return the request of this operation.

    Args:
        profile (str | Unset): Name of a cloud profile; not needed if there is only one Default:
            ''.
    """

    params: dict[str, Any] = {}

    params["profile"] = profile

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Request(
        method="GET",
        path="/api/v1/customers",
        path_parameters={},
        params=params,
    )


def parse(response: Answered) -> CustomersAnswer | Problem:
    """Return an answer of this operation as its model.

    Raises:
        errors.UnexpectedStatus: The document does not describe an answer of this status.
    """
    # A command that sends a request need not load what other answers are made of.

    from ...models.customers_answer import CustomersAnswer
    from ...models.problem import Problem

    if response.status_code == 200:
        response_200 = CustomersAnswer.from_dict(response.json())

        return response_200

    if response.status_code in {400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 500, 503}:
        return Problem.from_dict(response.json())
    raise errors.UnexpectedStatus(response.status_code)
