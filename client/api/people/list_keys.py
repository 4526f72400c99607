"""List keys: the caller's own, or for an administrator those of everybody; secrets are kept by nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import errors
from ...client import Answered, Request
from ...types import UNSET, Unset

if TYPE_CHECKING:
    from ...models.key_list import KeyList
    from ...models.problem import Problem


def request(
    *,
    account: None | str | Unset = UNSET,
    planswitch_after: int | None | Unset = UNSET,
) -> Request:
    """Return the request of this operation.

    Args:
        account (None | str | Unset):
        planswitch_after (int | None | Unset): Wait until what is shown has this position, which a
            write answers as Planswitch-Position
    """
    headers: dict[str, Any] = {}
    if not isinstance(planswitch_after, Unset):
        headers["Planswitch-After"] = planswitch_after

    params: dict[str, Any] = {}

    json_account: None | str | Unset
    if isinstance(account, Unset):
        json_account = UNSET
    else:
        json_account = account
    params["account"] = json_account

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Request(
        method="GET",
        path="/api/v1/keys",
        path_parameters={},
        params=params,
        headers=headers,
    )


def parse(response: Answered) -> KeyList | Problem:
    """Return an answer of this operation as its model.

    Raises:
        errors.UnexpectedStatus: The document does not describe an answer of this status.
    """
    # A command that sends a request need not load what other answers are made of.

    from ...models.key_list import KeyList
    from ...models.problem import Problem

    if response.status_code == 200:
        response_200 = KeyList.from_dict(response.json())

        return response_200

    if response.status_code in {400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 500, 503}:
        return Problem.from_dict(response.json())
    raise errors.UnexpectedStatus(response.status_code)
