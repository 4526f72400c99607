"""Export the list of switches."""

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
    stage: None | str | Unset = UNSET,
    organization: None | str | Unset = UNSET,
    subscription: None | str | Unset = UNSET,
    find: None | str | Unset = UNSET,
    plan: None | str | Unset = UNSET,
    source_plan: None | str | Unset = UNSET,
    target_plan: None | str | Unset = UNSET,
    requested_by: None | str | Unset = UNSET,
    waits_for: None | str | Unset = UNSET,
    outcome: None | str | Unset = UNSET,
    error_code: None | str | Unset = UNSET,
    credit_check: None | str | Unset = UNSET,
    alarm: None | str | Unset = UNSET,
    promise_missed: None | str | Unset = UNSET,
    currency: None | str | Unset = UNSET,
    licenses_only: bool | None | Unset = UNSET,
    requested_from: None | str | Unset = UNSET,
    requested_to: None | str | Unset = UNSET,
    changed_from: None | str | Unset = UNSET,
    changed_to: None | str | Unset = UNSET,
    ended_from: None | str | Unset = UNSET,
    ended_to: None | str | Unset = UNSET,
    planswitch_after: int | None | Unset = UNSET,
) -> Request:
    """Return the request of this operation.

    Args:
        form (ExportFormat): How a file is written.
        stage (None | str | Unset): A stage, in any spelling: waiting_eligible, requested,
            ordered, credit_check, credit_overdue, credit_cleared, provisioning_overdue, ready,
            moving, held, paused, moved, rolling_back, stuck, cancelling, source_cancelled, cut_over,
            completed, cancelled, rolled_back, declined, expired, failed, never, price_changed; or
            several: running, ended, attention
        organization (None | str | Unset): Directory id of an organization, its first 8
            characters, or its name
        subscription (None | str | Unset): Id of the old or the new subscription, or its first 8
            characters
        find (None | str | Unset): Id of a switch, of its old or new subscription or of its
            organization, the first 8 characters of one, or the organization's name
        plan (None | str | Unset): The old or the new plan
        source_plan (None | str | Unset): Id, part number, name or alias of a plan
        target_plan (None | str | Unset): Id, part number, name or alias of a plan
        requested_by (None | str | Unset): The whole value as rows have it, in any case
        waits_for (None | str | Unset): Part of the words of what is waited for
        outcome (None | str | Unset): The whole value as rows have it, in any case
        error_code (None | str | Unset): The whole value as rows have it, in any case
        credit_check (None | str | Unset): The whole value as rows have it, in any case
        alarm (None | str | Unset): The whole value as rows have it, in any case
        promise_missed (None | str | Unset): The whole value as rows have it, in any case
        currency (None | str | Unset): The whole value as rows have it, in any case
        licenses_only (bool | None | Unset): Only licenses move; nothing is ordered
        requested_from (None | str | Unset): First day (UTC), or first instant with its time zone
        requested_to (None | str | Unset): Last day (UTC), or the instant before which, with time
            zone
        changed_from (None | str | Unset): First day (UTC), or first instant with its time zone
        changed_to (None | str | Unset): Last day (UTC), or the instant before which, with time
            zone
        ended_from (None | str | Unset): First day (UTC), or first instant with its time zone
        ended_to (None | str | Unset): Last day (UTC), or the instant before which, with time zone
        planswitch_after (int | None | Unset): Wait until what is shown has this position, which a
            write answers as Planswitch-Position
    """
    headers: dict[str, Any] = {}
    if not isinstance(planswitch_after, Unset):
        headers["Planswitch-After"] = planswitch_after

    params: dict[str, Any] = {}

    json_stage: None | str | Unset
    if isinstance(stage, Unset):
        json_stage = UNSET
    else:
        json_stage = stage
    params["stage"] = json_stage

    json_organization: None | str | Unset
    if isinstance(organization, Unset):
        json_organization = UNSET
    else:
        json_organization = organization
    params["organization"] = json_organization

    json_subscription: None | str | Unset
    if isinstance(subscription, Unset):
        json_subscription = UNSET
    else:
        json_subscription = subscription
    params["subscription"] = json_subscription

    json_find: None | str | Unset
    if isinstance(find, Unset):
        json_find = UNSET
    else:
        json_find = find
    params["find"] = json_find

    json_plan: None | str | Unset
    if isinstance(plan, Unset):
        json_plan = UNSET
    else:
        json_plan = plan
    params["plan"] = json_plan

    json_source_plan: None | str | Unset
    if isinstance(source_plan, Unset):
        json_source_plan = UNSET
    else:
        json_source_plan = source_plan
    params["source_plan"] = json_source_plan

    json_target_plan: None | str | Unset
    if isinstance(target_plan, Unset):
        json_target_plan = UNSET
    else:
        json_target_plan = target_plan
    params["target_plan"] = json_target_plan

    json_requested_by: None | str | Unset
    if isinstance(requested_by, Unset):
        json_requested_by = UNSET
    else:
        json_requested_by = requested_by
    params["requested_by"] = json_requested_by

    json_waits_for: None | str | Unset
    if isinstance(waits_for, Unset):
        json_waits_for = UNSET
    else:
        json_waits_for = waits_for
    params["waits_for"] = json_waits_for

    json_outcome: None | str | Unset
    if isinstance(outcome, Unset):
        json_outcome = UNSET
    else:
        json_outcome = outcome
    params["outcome"] = json_outcome

    json_error_code: None | str | Unset
    if isinstance(error_code, Unset):
        json_error_code = UNSET
    else:
        json_error_code = error_code
    params["error_code"] = json_error_code

    json_credit_check: None | str | Unset
    if isinstance(credit_check, Unset):
        json_credit_check = UNSET
    else:
        json_credit_check = credit_check
    params["credit_check"] = json_credit_check

    json_alarm: None | str | Unset
    if isinstance(alarm, Unset):
        json_alarm = UNSET
    else:
        json_alarm = alarm
    params["alarm"] = json_alarm

    json_promise_missed: None | str | Unset
    if isinstance(promise_missed, Unset):
        json_promise_missed = UNSET
    else:
        json_promise_missed = promise_missed
    params["promise_missed"] = json_promise_missed

    json_currency: None | str | Unset
    if isinstance(currency, Unset):
        json_currency = UNSET
    else:
        json_currency = currency
    params["currency"] = json_currency

    json_licenses_only: bool | None | Unset
    if isinstance(licenses_only, Unset):
        json_licenses_only = UNSET
    else:
        json_licenses_only = licenses_only
    params["licenses_only"] = json_licenses_only

    json_requested_from: None | str | Unset
    if isinstance(requested_from, Unset):
        json_requested_from = UNSET
    else:
        json_requested_from = requested_from
    params["requested_from"] = json_requested_from

    json_requested_to: None | str | Unset
    if isinstance(requested_to, Unset):
        json_requested_to = UNSET
    else:
        json_requested_to = requested_to
    params["requested_to"] = json_requested_to

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

    json_ended_from: None | str | Unset
    if isinstance(ended_from, Unset):
        json_ended_from = UNSET
    else:
        json_ended_from = ended_from
    params["ended_from"] = json_ended_from

    json_ended_to: None | str | Unset
    if isinstance(ended_to, Unset):
        json_ended_to = UNSET
    else:
        json_ended_to = ended_to
    params["ended_to"] = json_ended_to

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Request(
        method="GET",
        path="/api/v1/switches.{form}",
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
