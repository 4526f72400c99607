"""Decide a part of the whole history again, in the order of the log.

`after` is `next` of the part before, and `until` its `until`; without them it begins with the oldest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import errors
from ...client import Answered, Request
from ...types import UNSET, Unset

if TYPE_CHECKING:
    from ...models.problem import Problem
    from ...models.what_if_part import WhatIfPart


def request(
    *,
    after: int | Unset = 0,
    until: int | Unset = 0,
    rules: None | str | Unset = UNSET,
    catalog: None | str | Unset = UNSET,
    calendar: None | str | Unset = UNSET,
    policy: None | str | Unset = UNSET,
    planswitch_after: int | None | Unset = UNSET,
) -> Request:
    """Return the request of this operation.

    Args:
        after (int | Unset):  Default: 0.
        until (int | Unset):  Default: 0.
        rules (None | str | Unset):
        catalog (None | str | Unset):
        calendar (None | str | Unset):
        policy (None | str | Unset):
        planswitch_after (int | None | Unset): Wait until what is shown has this position, which a
            write answers as Planswitch-Position
    """
    headers: dict[str, Any] = {}
    if not isinstance(planswitch_after, Unset):
        headers["Planswitch-After"] = planswitch_after

    params: dict[str, Any] = {}

    params["after"] = after

    params["until"] = until

    json_rules: None | str | Unset
    if isinstance(rules, Unset):
        json_rules = UNSET
    else:
        json_rules = rules
    params["rules"] = json_rules

    json_catalog: None | str | Unset
    if isinstance(catalog, Unset):
        json_catalog = UNSET
    else:
        json_catalog = catalog
    params["catalog"] = json_catalog

    json_calendar: None | str | Unset
    if isinstance(calendar, Unset):
        json_calendar = UNSET
    else:
        json_calendar = calendar
    params["calendar"] = json_calendar

    json_policy: None | str | Unset
    if isinstance(policy, Unset):
        json_policy = UNSET
    else:
        json_policy = policy
    params["policy"] = json_policy

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Request(
        method="GET",
        path="/api/v1/whatif",
        path_parameters={},
        params=params,
        headers=headers,
    )


def parse(response: Answered) -> Problem | WhatIfPart:
    """Return an answer of this operation as its model.

    Raises:
        errors.UnexpectedStatus: The document does not describe an answer of this status.
    """
    # A command that sends a request need not load what other answers are made of.

    from ...models.problem import Problem
    from ...models.what_if_part import WhatIfPart

    if response.status_code == 200:
        response_200 = WhatIfPart.from_dict(response.json())

        return response_200

    if response.status_code in {400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 500, 503}:
        return Problem.from_dict(response.json())
    raise errors.UnexpectedStatus(response.status_code)
