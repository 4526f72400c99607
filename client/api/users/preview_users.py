"""Preview a switch user by user, as a file of users: edited, it runs as it reads; nothing is recorded.

Only who moves has a row: everyone, a group, or the users of a file that was checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import errors
from ...client import Answered, Request
from ...types import UNSET, Unset

if TYPE_CHECKING:
    from ...models.preview_users_service_settings_type_0 import (
        PreviewUsersServiceSettingsType0,
    )
    from ...models.problem import Problem


def request(
    *,
    organization_id: None | str | Unset = UNSET,
    target_plan: None | str | Unset = UNSET,
    source_subscription_id: None | str | Unset = UNSET,
    service_settings: None | PreviewUsersServiceSettingsType0 | Unset = UNSET,
    rule_set: str | Unset = "current",
    licenses_only: bool | Unset = False,
    target_subscription_id: None | str | Unset = UNSET,
    users_of_group: None | str | Unset = UNSET,
    users_of_department: None | str | Unset = UNSET,
    users_with_plan: None | str | Unset = UNSET,
    selection: None | str | Unset = UNSET,
    user_services: None | str | Unset = UNSET,
    planswitch_after: int | None | Unset = UNSET,
) -> Request:
    """Return the request of this operation.

    Args:
        organization_id (None | str | Unset): Directory id
        target_plan (None | str | Unset): Plan to switch to, by any name
        source_subscription_id (None | str | Unset): The seller's id; else the only active plan
        service_settings (None | PreviewUsersServiceSettingsType0 | Unset): Else the rule set's
            default
        rule_set (str | Unset): 2014, 2020 or current Default: 'current'.
        licenses_only (bool | Unset): Both plans are owned: licenses alone move to
            target_subscription_id Default: False.
        target_subscription_id (None | str | Unset): With licenses_only: what receives the users
        users_of_group (None | str | Unset): Id of a group
        users_of_department (None | str | Unset): Name of a department
        users_with_plan (None | str | Unset): Plan that they hold as well, by any name
        selection (None | str | Unset): What the check of a file has told
        user_services (None | str | Unset): Chosen services, as the same check has told
        planswitch_after (int | None | Unset): Wait until what is shown has this position, which a
            write answers as Planswitch-Position
    """
    headers: dict[str, Any] = {}
    if not isinstance(planswitch_after, Unset):
        headers["Planswitch-After"] = planswitch_after

    params: dict[str, Any] = {}

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

    json_users_of_group: None | str | Unset
    if isinstance(users_of_group, Unset):
        json_users_of_group = UNSET
    else:
        json_users_of_group = users_of_group
    params["users_of_group"] = json_users_of_group

    json_users_of_department: None | str | Unset
    if isinstance(users_of_department, Unset):
        json_users_of_department = UNSET
    else:
        json_users_of_department = users_of_department
    params["users_of_department"] = json_users_of_department

    json_users_with_plan: None | str | Unset
    if isinstance(users_with_plan, Unset):
        json_users_with_plan = UNSET
    else:
        json_users_with_plan = users_with_plan
    params["users_with_plan"] = json_users_with_plan

    json_selection: None | str | Unset
    if isinstance(selection, Unset):
        json_selection = UNSET
    else:
        json_selection = selection
    params["selection"] = json_selection

    json_user_services: None | str | Unset
    if isinstance(user_services, Unset):
        json_user_services = UNSET
    else:
        json_user_services = user_services
    params["user_services"] = json_user_services

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Request(
        method="GET",
        path="/api/v1/user-preview",
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
