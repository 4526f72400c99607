"""Cancel a subscription, and give back what is left of its paid period; or let it end with its term."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ... import errors
from ...client import Answered, Request
from ...types import UNSET, Unset

if TYPE_CHECKING:
    from ...models.act_answer import ActAnswer
    from ...models.act_preview import ActPreview
    from ...models.cancel_body import CancelBody
    from ...models.problem import Problem


def request(
    organization_id: str,
    subscription_id: str,
    *,
    body: CancelBody | Mapping[str, Any],
    planswitch_after: int | None | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Request:
    """Return the request of this operation.

    Args:
        organization_id (str):
        subscription_id (str):
        planswitch_after (int | None | Unset): Wait until what is shown has this position, which a
            write answers as Planswitch-Position
        idempotency_key (str | Unset):
        body (CancelBody): A cancellation; at the renewal it ends with its term.
    """
    headers: dict[str, Any] = {}
    if not isinstance(planswitch_after, Unset):
        headers["Planswitch-After"] = planswitch_after

    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    return Request(
        method="POST",
        path="/api/v1/organizations/{organization_id}/products/{subscription_id}/cancel",
        path_parameters={
            "organization_id": str(organization_id),
            "subscription_id": str(subscription_id),
        },
        body=body if isinstance(body, Mapping) else body.to_dict(),
        headers=headers,
    )


def parse(response: Answered) -> ActAnswer | ActPreview | Problem:
    """Return an answer of this operation as its model.

    Raises:
        errors.UnexpectedStatus: The document does not describe an answer of this status.
    """
    # A command that sends a request need not load what other answers are made of.

    from ...models.act_answer import ActAnswer
    from ...models.act_preview import ActPreview
    from ...models.problem import Problem

    if response.status_code == 200:

        def _parse_response_200(data: object) -> ActAnswer | ActPreview:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                response_200_type_0 = ActAnswer.from_dict(data)

                return response_200_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            response_200_type_1 = ActPreview.from_dict(data)

            return response_200_type_1

        response_200 = _parse_response_200(response.json())

        return response_200

    if response.status_code in {400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 500, 503}:
        return Problem.from_dict(response.json())
    raise errors.UnexpectedStatus(response.status_code)
