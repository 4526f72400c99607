"""List the plans of the catalog whose names or ids have `q` in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import errors
from ...client import Answered, Request
from ...types import UNSET, Unset

if TYPE_CHECKING:
    from ...models.plans_answer import PlansAnswer
    from ...models.problem import Problem


def request(
    *,
    q: str | Unset = "",
    catalog: None | str | Unset = UNSET,
) -> Request:
    """Return the request of this operation.

    Args:
        q (str | Unset):  Default: ''.
        catalog (None | str | Unset): A version of the catalog; the current one if not given
    """

    params: dict[str, Any] = {}

    params["q"] = q

    json_catalog: None | str | Unset
    if isinstance(catalog, Unset):
        json_catalog = UNSET
    else:
        json_catalog = catalog
    params["catalog"] = json_catalog

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Request(
        method="GET",
        path="/api/v1/catalog/plans",
        path_parameters={},
        params=params,
    )


def parse(response: Answered) -> PlansAnswer | Problem:
    """Return an answer of this operation as its model.

    Raises:
        errors.UnexpectedStatus: The document does not describe an answer of this status.
    """
    # A command that sends a request need not load what other answers are made of.

    from ...models.plans_answer import PlansAnswer
    from ...models.problem import Problem

    if response.status_code == 200:
        response_200 = PlansAnswer.from_dict(response.json())

        return response_200

    if response.status_code in {400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 500, 503}:
        return Problem.from_dict(response.json())
    raise errors.UnexpectedStatus(response.status_code)
