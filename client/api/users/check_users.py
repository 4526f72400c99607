"""Accept or refuse each row of a file of users; nothing is carried out.

`switch` names a manual switch, for one start of its step reassign; else organization and plan are named.
If all rows are accepted, `selection` and `user_services` name what a start takes in place of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import errors
from ...client import Answered, Request
from ...types import UNSET, Unset

if TYPE_CHECKING:
    from ...models.check_users_service_settings_type_0 import (
        CheckUsersServiceSettingsType0,
    )
    from ...models.checked_file import CheckedFile
    from ...models.problem import Problem


def request(
    *,
    body: bytes,
    switch: None | str | Unset = UNSET,
    organization_id: None | str | Unset = UNSET,
    target_plan: None | str | Unset = UNSET,
    source_subscription_id: None | str | Unset = UNSET,
    service_settings: CheckUsersServiceSettingsType0 | None | Unset = UNSET,
    rule_set: str | Unset = "current",
    licenses_only: bool | Unset = False,
    target_subscription_id: None | str | Unset = UNSET,
    planswitch_after: int | None | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Request:
    """Return the request of this operation.

    Args:
        switch (None | str | Unset): A manual switch
        organization_id (None | str | Unset): Directory id
        target_plan (None | str | Unset): Plan to switch to, by any name
        source_subscription_id (None | str | Unset): The seller's id; else the only active plan
        service_settings (CheckUsersServiceSettingsType0 | None | Unset): Else the rule set's
            default
        rule_set (str | Unset): 2014, 2020 or current Default: 'current'.
        licenses_only (bool | Unset): Both plans are owned: licenses alone move to
            target_subscription_id Default: False.
        target_subscription_id (None | str | Unset): With licenses_only: what receives the users
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

    json_switch: None | str | Unset
    if isinstance(switch, Unset):
        json_switch = UNSET
    else:
        json_switch = switch
    params["switch"] = json_switch

    json_organization_id: None | str | Unset
    if isinstance(organization_id, Unset):
        json_organization_id = UNSET
    else:
        json_organization_id = organization_id
    params["organization_id"] = json_organization_id

    json_target_plan: None | str | Unset
    if isinstance(target_plan, Unset):
        json_target_plan = UNSET
    else:
        json_target_plan = target_plan
    params["target_plan"] = json_target_plan

    json_source_subscription_id: None | str | Unset
    if isinstance(source_subscription_id, Unset):
        json_source_subscription_id = UNSET
    else:
        json_source_subscription_id = source_subscription_id
    params["source_subscription_id"] = json_source_subscription_id

    json_service_settings: None | str | Unset
    if isinstance(service_settings, Unset):
        json_service_settings = UNSET
    elif isinstance(service_settings, str):
        json_service_settings = service_settings
    else:
        json_service_settings = service_settings
    params["service_settings"] = json_service_settings

    params["rule_set"] = rule_set

    params["licenses_only"] = licenses_only

    json_target_subscription_id: None | str | Unset
    if isinstance(target_subscription_id, Unset):
        json_target_subscription_id = UNSET
    else:
        json_target_subscription_id = target_subscription_id
    params["target_subscription_id"] = json_target_subscription_id

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Request(
        method="POST",
        path="/api/v1/user-files",
        path_parameters={},
        params=params,
        content=body,
        headers=headers,
    )


def parse(response: Answered) -> CheckedFile | Problem:
    """Return an answer of this operation as its model.

    Raises:
        errors.UnexpectedStatus: The document does not describe an answer of this status.
    """
    # A command that sends a request need not load what other answers are made of.

    from ...models.checked_file import CheckedFile
    from ...models.problem import Problem

    if response.status_code == 200:
        response_200 = CheckedFile.from_dict(response.json())

        return response_200

    if response.status_code in {400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 500, 503}:
        return Problem.from_dict(response.json())
    raise errors.UnexpectedStatus(response.status_code)
