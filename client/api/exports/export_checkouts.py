"""Export the list of checkouts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import errors
from ...client import Answered, Request
from ...types import UNSET, Unset

if TYPE_CHECKING:
    from ...models.export_format import ExportFormat
    from ...models.problem import Problem


def request(
    form: ExportFormat,
    *,
    state: None | str | Unset = UNSET,
    organization: None | str | Unset = UNSET,
    target_plan: None | str | Unset = UNSET,
    payment_method: None | str | Unset = UNSET,
    credit_check: None | str | Unset = UNSET,
    started_by: None | str | Unset = UNSET,
    changed_by: None | str | Unset = UNSET,
    refusal_code: None | str | Unset = UNSET,
    started_from: None | str | Unset = UNSET,
    started_to: None | str | Unset = UNSET,
    changed_from: None | str | Unset = UNSET,
    changed_to: None | str | Unset = UNSET,
    planswitch_after: int | None | Unset = UNSET,
) -> Request:
    """Return the request of this operation.

    Args:
        form (ExportFormat): How a file is written.
        state (None | str | Unset):
        organization (None | str | Unset): Directory id of an organization, its first 8
            characters, or its name
        target_plan (None | str | Unset): Id, part number, name or alias of a plan
        payment_method (None | str | Unset): The whole value as rows have it, in any case
        credit_check (None | str | Unset): The whole value as rows have it, in any case
        started_by (None | str | Unset): The whole value as rows have it, in any case
        changed_by (None | str | Unset): The whole value as rows have it, in any case
        refusal_code (None | str | Unset): The whole value as rows have it, in any case
        started_from (None | str | Unset): First day (UTC), or first instant with its time zone
        started_to (None | str | Unset): Last day (UTC), or the instant before which, with time
            zone
        changed_from (None | str | Unset): First day (UTC), or first instant with its time zone
        changed_to (None | str | Unset): Last day (UTC), or the instant before which, with time
            zone
        planswitch_after (int | None | Unset): Wait until what is shown has this position, which a
            write answers as Planswitch-Position
    """
    headers: dict[str, Any] = {}
    if not isinstance(planswitch_after, Unset):
        headers["Planswitch-After"] = planswitch_after

    params: dict[str, Any] = {}

    json_state: None | str | Unset
    if isinstance(state, Unset):
        json_state = UNSET
    else:
        json_state = state
    params["state"] = json_state

    json_organization: None | str | Unset
    if isinstance(organization, Unset):
        json_organization = UNSET
    else:
        json_organization = organization
    params["organization"] = json_organization

    json_target_plan: None | str | Unset
    if isinstance(target_plan, Unset):
        json_target_plan = UNSET
    else:
        json_target_plan = target_plan
    params["target_plan"] = json_target_plan

    json_payment_method: None | str | Unset
    if isinstance(payment_method, Unset):
        json_payment_method = UNSET
    else:
        json_payment_method = payment_method
    params["payment_method"] = json_payment_method

    json_credit_check: None | str | Unset
    if isinstance(credit_check, Unset):
        json_credit_check = UNSET
    else:
        json_credit_check = credit_check
    params["credit_check"] = json_credit_check

    json_started_by: None | str | Unset
    if isinstance(started_by, Unset):
        json_started_by = UNSET
    else:
        json_started_by = started_by
    params["started_by"] = json_started_by

    json_changed_by: None | str | Unset
    if isinstance(changed_by, Unset):
        json_changed_by = UNSET
    else:
        json_changed_by = changed_by
    params["changed_by"] = json_changed_by

    json_refusal_code: None | str | Unset
    if isinstance(refusal_code, Unset):
        json_refusal_code = UNSET
    else:
        json_refusal_code = refusal_code
    params["refusal_code"] = json_refusal_code

    json_started_from: None | str | Unset
    if isinstance(started_from, Unset):
        json_started_from = UNSET
    else:
        json_started_from = started_from
    params["started_from"] = json_started_from

    json_started_to: None | str | Unset
    if isinstance(started_to, Unset):
        json_started_to = UNSET
    else:
        json_started_to = started_to
    params["started_to"] = json_started_to

    json_changed_from: None | str | Unset
    if isinstance(changed_from, Unset):
        json_changed_from = UNSET
    else:
        json_changed_from = changed_from
    params["changed_from"] = json_changed_from

    json_changed_to: None | str | Unset
    if isinstance(changed_to, Unset):
        json_changed_to = UNSET
    else:
        json_changed_to = changed_to
    params["changed_to"] = json_changed_to

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Request(
        method="GET",
        path="/api/v1/checkouts.{form}",
        path_parameters={
            "form": str(form),
        },
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
