"""Clear a licensing conflict: take the license from users; each is an edit by hand of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ... import errors
from ...client import Answered, Request
from ...types import UNSET, Unset

if TYPE_CHECKING:
    from ...models.problem import Problem
    from ...models.unassign_body import UnassignBody
    from ...models.unassigned_answer import UnassignedAnswer


def request(
    organization_id: str,
    subscription_id: str,
    *,
    body: UnassignBody | Mapping[str, Any],
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
        body (UnassignBody): Users from whom a license is taken: directory ids or principal names.
    """
    headers: dict[str, Any] = {}
    if not isinstance(planswitch_after, Unset):
        headers["Planswitch-After"] = planswitch_after

    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    return Request(
        method="POST",
        path="/api/v1/organizations/{organization_id}/products/{subscription_id}/unassign",
        path_parameters={
            "organization_id": str(organization_id),
            "subscription_id": str(subscription_id),
        },
        body=body if isinstance(body, Mapping) else body.to_dict(),
        headers=headers,
    )


def parse(response: Answered) -> Problem | UnassignedAnswer:
    """Return an answer of this operation as its model.

    Raises:
        errors.UnexpectedStatus: The document does not describe an answer of this status.
    """
    # A command that sends a request need not load what other answers are made of.

    from ...models.problem import Problem
    from ...models.unassigned_answer import UnassignedAnswer

    if response.status_code == 200:
        response_200 = UnassignedAnswer.from_dict(response.json())

        return response_200

    if response.status_code in {400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 500, 503}:
        return Problem.from_dict(response.json())
    raise errors.UnexpectedStatus(response.status_code)
