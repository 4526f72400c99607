"""List notices, the newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import errors
from ...client import Answered, Request
from ...types import UNSET, Unset

if TYPE_CHECKING:
    from ...models.notice_list import NoticeList
    from ...models.problem import Problem


def request(
    *,
    kind: None | str | Unset = UNSET,
    state: None | str | Unset = UNSET,
    switch: None | str | Unset = UNSET,
    organization: None | str | Unset = UNSET,
    limit: int | Unset = 50,
    after: int | None | Unset = UNSET,
    planswitch_after: int | None | Unset = UNSET,
) -> Request:
    """Return the request of this operation.

    Args:
        kind (None | str | Unset): Only this kind (docs/notices.md#kinds)
        state (None | str | Unset): Only in this state (docs/notices.md#delivery)
        switch (None | str | Unset): Only about this switch
        organization (None | str | Unset): Only of this organization
        limit (int | Unset):  Default: 50.
        after (int | None | Unset): `next` of the page before
        planswitch_after (int | None | Unset): Wait until what is shown has this position, which a
            write answers as Planswitch-Position
    """
    headers: dict[str, Any] = {}
    if not isinstance(planswitch_after, Unset):
        headers["Planswitch-After"] = planswitch_after

    params: dict[str, Any] = {}

    json_kind: None | str | Unset
    if isinstance(kind, Unset):
        json_kind = UNSET
    else:
        json_kind = kind
    params["kind"] = json_kind

    json_state: None | str | Unset
    if isinstance(state, Unset):
        json_state = UNSET
    else:
        json_state = state
    params["state"] = json_state

    json_switch: None | str | Unset
    if isinstance(switch, Unset):
        json_switch = UNSET
    else:
        json_switch = switch
    params["switch"] = json_switch

    json_organization: None | str | Unset
    if isinstance(organization, Unset):
        json_organization = UNSET
    else:
        json_organization = organization
    params["organization"] = json_organization

    params["limit"] = limit

    json_after: int | None | Unset
    if isinstance(after, Unset):
        json_after = UNSET
    else:
        json_after = after
    params["after"] = json_after

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Request(
        method="GET",
        path="/api/v1/notices",
        path_parameters={},
        params=params,
        headers=headers,
    )


def parse(response: Answered) -> NoticeList | Problem:
    """Return an answer of this operation as its model.

    Raises:
        errors.UnexpectedStatus: The document does not describe an answer of this status.
    """
    # A command that sends a request need not load what other answers are made of.

    from ...models.notice_list import NoticeList
    from ...models.problem import Problem

    if response.status_code == 200:
        response_200 = NoticeList.from_dict(response.json())

        return response_200

    if response.status_code in {400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 500, 503}:
        return Problem.from_dict(response.json())
    raise errors.UnexpectedStatus(response.status_code)
