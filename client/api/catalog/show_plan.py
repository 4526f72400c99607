"""Show one plan, by id, part number, name or alias."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import errors
from ...client import Answered, Request
from ...types import UNSET, Unset

if TYPE_CHECKING:
    from ...models.plan_detail import PlanDetail
    from ...models.problem import Problem


def request(
    text: str,
    *,
    catalog: None | str | Unset = UNSET,
    currency: None | str | Unset = UNSET,
    planswitch_after: int | None | Unset = UNSET,
) -> Request:
    """Return the request of this operation.

    Args:
        text (str):
        catalog (None | str | Unset): A version of the catalog; the current one if not given
        currency (None | str | Unset): Only prices in this currency (ISO 4217); all if not given
        planswitch_after (int | None | Unset): Wait until what is shown has this position, which a
            write answers as Planswitch-Position
    """
    headers: dict[str, Any] = {}
    if not isinstance(planswitch_after, Unset):
        headers["Planswitch-After"] = planswitch_after

    params: dict[str, Any] = {}

    json_catalog: None | str | Unset
    if isinstance(catalog, Unset):
        json_catalog = UNSET
    else:
        json_catalog = catalog
    params["catalog"] = json_catalog

    json_currency: None | str | Unset
    if isinstance(currency, Unset):
        json_currency = UNSET
    else:
        json_currency = currency
    params["currency"] = json_currency

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Request(
        method="GET",
        path="/api/v1/catalog/plans/{text}",
        path_parameters={
            "text": str(text),
        },
        params=params,
        headers=headers,
    )


def parse(response: Answered) -> PlanDetail | Problem:
    """Return an answer of this operation as its model.

    Raises:
        errors.UnexpectedStatus: The document does not describe an answer of this status.
    """
    # A command that sends a request need not load what other answers are made of.

    from ...models.plan_detail import PlanDetail
    from ...models.problem import Problem

    if response.status_code == 200:
        response_200 = PlanDetail.from_dict(response.json())

        return response_200

    if response.status_code in {400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 500, 503}:
        return Problem.from_dict(response.json())
    raise errors.UnexpectedStatus(response.status_code)
