"""Take a completed switch back by a new switch; the same request id again answers the same switch.

Users get back the plan and the services that they had (docs/rules.md#switch-back)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ... import errors
from ...client import Answered, Request
from ...types import UNSET, Unset

if TYPE_CHECKING:
    from ...models.back_body import BackBody
    from ...models.problem import Problem
    from ...models.switch_known import SwitchKnown
    from ...models.switch_started import SwitchStarted


def request(
    switch: str,
    *,
    body: BackBody | Mapping[str, Any],
    planswitch_after: int | None | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Request:
    """Return the request of this operation.

    Args:
        switch (str):
        planswitch_after (int | None | Unset): Wait until what is shown has this position, which a
            write answers as Planswitch-Position
        idempotency_key (str | Unset):
        body (BackBody): A switch back to start.
    """
    headers: dict[str, Any] = {}
    if not isinstance(planswitch_after, Unset):
        headers["Planswitch-After"] = planswitch_after

    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    return Request(
        method="POST",
        path="/api/v1/switches/{switch}/back",
        path_parameters={
            "switch": str(switch),
        },
        body=body if isinstance(body, Mapping) else body.to_dict(),
        headers=headers,
    )


def parse(response: Answered) -> Problem | SwitchKnown | SwitchKnown | SwitchStarted:
    """Return an answer of this operation as its model.

    Raises:
        errors.UnexpectedStatus: The document does not describe an answer of this status.
    """
    # A command that sends a request need not load what other answers are made of.

    from ...models.problem import Problem
    from ...models.switch_known import SwitchKnown
    from ...models.switch_started import SwitchStarted

    if response.status_code == 200:
        response_200 = SwitchKnown.from_dict(response.json())

        return response_200

    if response.status_code == 201:

        def _parse_response_201(data: object) -> SwitchKnown | SwitchStarted:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                response_201_type_0 = SwitchStarted.from_dict(data)

                return response_201_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            response_201_type_1 = SwitchKnown.from_dict(data)

            return response_201_type_1

        response_201 = _parse_response_201(response.json())

        return response_201

    if response.status_code in {400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 500, 503}:
        return Problem.from_dict(response.json())
    raise errors.UnexpectedStatus(response.status_code)
