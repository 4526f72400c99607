"""Return all entries in one file, as CSV or as JSON lines; no cell of the CSV is a formula."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from ... import errors
from ...client import Answered, Request
from ...types import UNSET, Unset

if TYPE_CHECKING:
    from ...models.access_format import AccessFormat
    from ...models.access_kind import AccessKind
    from ...models.problem import Problem


def request(
    *,
    format_: AccessFormat | Unset = UNSET,
    actor: str | Unset = "",
    organization: str | Unset = "",
    address: str | Unset = "",
    kind: AccessKind | None | Unset = UNSET,
    since: datetime.datetime | None | Unset = UNSET,
    until: datetime.datetime | None | Unset = UNSET,
    planswitch_after: int | None | Unset = UNSET,
) -> Request:
    """Return the request of this operation.

    Args:
        format_ (AccessFormat | Unset): How a file has the entries.
        actor (str | Unset): Only entries of this actor Default: ''.
        organization (str | Unset): Only entries of this organization, by its whole id Default:
            ''.
        address (str | Unset): Only entries from this address Default: ''.
        kind (AccessKind | None | Unset): Only entries of this kind
        since (datetime.datetime | None | Unset): Only entries from this instant on
        until (datetime.datetime | None | Unset): Only entries before this instant
        planswitch_after (int | None | Unset): Wait until what is shown has this position, which a
            write answers as Planswitch-Position
    """
    headers: dict[str, Any] = {}
    if not isinstance(planswitch_after, Unset):
        headers["Planswitch-After"] = planswitch_after

    params: dict[str, Any] = {}

    json_format_: str | Unset = UNSET
    if not isinstance(format_, Unset):
        json_format_ = format_

    params["format"] = json_format_

    params["actor"] = actor

    params["organization"] = organization

    params["address"] = address

    json_kind: None | str | Unset
    if isinstance(kind, Unset):
        json_kind = UNSET
    elif isinstance(kind, str):
        json_kind = kind
    else:
        json_kind = kind
    params["kind"] = json_kind

    json_since: None | str | Unset
    if isinstance(since, Unset):
        json_since = UNSET
    elif isinstance(since, datetime.datetime):
        json_since = since.isoformat()
    else:
        json_since = since
    params["since"] = json_since

    json_until: None | str | Unset
    if isinstance(until, Unset):
        json_until = UNSET
    elif isinstance(until, datetime.datetime):
        json_until = until.isoformat()
    else:
        json_until = until
    params["until"] = json_until

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Request(
        method="GET",
        path="/api/v1/access-log/export",
        path_parameters={},
        params=params,
        headers=headers,
    )


def parse(response: Answered) -> Problem | str:
    """Return an answer of this operation as its model.

    Raises:
        errors.UnexpectedStatus: The document does not describe an answer of this status.
    """
    # A command that sends a request need not load what other answers are made of.
    from typing import cast

    from ...models.problem import Problem

    if response.status_code == 200:
        response_200 = cast(str, response.content)
        return response_200

    if response.status_code in {400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 500, 503}:
        return Problem.from_dict(response.json())
    raise errors.UnexpectedStatus(response.status_code)
