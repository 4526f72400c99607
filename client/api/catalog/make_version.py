"""Import the vendor's published list of products and services as the current version of the catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import errors
from ...client import Answered, Request
from ...types import UNSET, Unset

if TYPE_CHECKING:
    from ...models.import_outcome import ImportOutcome
    from ...models.problem import Problem


def request(
    *,
    body: bytes,
    name: None | str | Unset = UNSET,
    planswitch_after: int | None | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Request:
    """Return the request of this operation.

    Args:
        name (None | str | Unset): Name of the version; left out, it is made of the content.
        planswitch_after (int | None | Unset): Wait until what is shown has this position, which a
            write answers as Planswitch-Position
        idempotency_key (str | Unset):
        body (File | Unset):
    """
    headers: dict[str, Any] = {}
    if not isinstance(planswitch_after, Unset):
        headers["Planswitch-After"] = planswitch_after

    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    params: dict[str, Any] = {}

    json_name: None | str | Unset
    if isinstance(name, Unset):
        json_name = UNSET
    else:
        json_name = name
    params["name"] = json_name

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Request(
        method="POST",
        path="/api/v1/catalog/imports",
        path_parameters={},
        params=params,
        content=body,
        headers=headers,
    )


def parse(response: Answered) -> ImportOutcome | Problem:
    """Return an answer of this operation as its model.

    Raises:
        errors.UnexpectedStatus: The document does not describe an answer of this status.
    """
    # A command that sends a request need not load what other answers are made of.

    from ...models.import_outcome import ImportOutcome
    from ...models.problem import Problem

    if response.status_code == 200:
        response_200 = ImportOutcome.from_dict(response.json())

        return response_200

    if response.status_code == 201:
        response_201 = ImportOutcome.from_dict(response.json())

        return response_201

    if response.status_code in {400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 500, 503}:
        return Problem.from_dict(response.json())
    raise errors.UnexpectedStatus(response.status_code)
