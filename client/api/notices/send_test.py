"""Send one message at once to test the mail server; it is no notice, and stands in no record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ... import errors
from ...client import Answered, Request
from ...types import UNSET, Unset

if TYPE_CHECKING:
    from ...models.mail_taken import MailTaken
    from ...models.probe_body import ProbeBody
    from ...models.problem import Problem


def request(
    *,
    body: ProbeBody | Mapping[str, Any],
    planswitch_after: int | None | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Request:
    """Return the request of this operation.

    Args:
        planswitch_after (int | None | Unset): Wait until what is shown has this position, which a
            write answers as Planswitch-Position
        idempotency_key (str | Unset):
        body (ProbeBody): Where a test goes.
    """
    headers: dict[str, Any] = {}
    if not isinstance(planswitch_after, Unset):
        headers["Planswitch-After"] = planswitch_after

    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    return Request(
        method="POST",
        path="/api/v1/notices/recipients/test",
        path_parameters={},
        body=body if isinstance(body, Mapping) else body.to_dict(),
        headers=headers,
    )


def parse(response: Answered) -> MailTaken | Problem:
    """Return an answer of this operation as its model.

    Raises:
        errors.UnexpectedStatus: The document does not describe an answer of this status.
    """
    # A command that sends a request need not load what other answers are made of.

    from ...models.mail_taken import MailTaken
    from ...models.problem import Problem

    if response.status_code == 200:
        response_200 = MailTaken.from_dict(response.json())

        return response_200

    if response.status_code in {400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 500, 503}:
        return Problem.from_dict(response.json())
    raise errors.UnexpectedStatus(response.status_code)
