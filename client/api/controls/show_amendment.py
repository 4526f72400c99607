"""Show what another number of licenses would cost and whether it is allowed; change nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import errors
from ...client import Answered, Request
from ...types import UNSET, Unset

if TYPE_CHECKING:
    from ...models.amendment_answer import AmendmentAnswer
    from ...models.amendment_closed import AmendmentClosed
    from ...models.problem import Problem


def request(
    switch: str,
    *,
    quantity: int,
    planswitch_after: int | None | Unset = UNSET,
) -> Request:
    """Return the request of this operation.

    Args:
        switch (str):
        quantity (int):
        planswitch_after (int | None | Unset): Wait until what is shown has this position, which a
            write answers as Planswitch-Position
    """
    headers: dict[str, Any] = {}
    if not isinstance(planswitch_after, Unset):
        headers["Planswitch-After"] = planswitch_after

    params: dict[str, Any] = {}

    params["quantity"] = quantity

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Request(
        method="GET",
        path="/api/v1/switches/{switch}/amendment",
        path_parameters={
            "switch": str(switch),
        },
        params=params,
        headers=headers,
    )


def parse(response: Answered) -> AmendmentAnswer | AmendmentClosed | Problem:
    """Return an answer of this operation as its model.

    Raises:
        errors.UnexpectedStatus: The document does not describe an answer of this status.
    """
    # A command that sends a request need not load what other answers are made of.

    from ...models.amendment_answer import AmendmentAnswer
    from ...models.amendment_closed import AmendmentClosed
    from ...models.problem import Problem

    if response.status_code == 200:

        def _parse_response_200(data: object) -> AmendmentAnswer | AmendmentClosed:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                response_200_type_0 = AmendmentAnswer.from_dict(data)

                return response_200_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            response_200_type_1 = AmendmentClosed.from_dict(data)

            return response_200_type_1

        response_200 = _parse_response_200(response.json())

        return response_200

    if response.status_code in {400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 500, 503}:
        return Problem.from_dict(response.json())
    raise errors.UnexpectedStatus(response.status_code)
