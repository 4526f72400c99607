"""Export the licenses that were given or taken by hand in an organization."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import errors
from ...client import Answered, Request
from ...types import UNSET, Unset

if TYPE_CHECKING:
    from ...models.export_format import ExportFormat
    from ...models.problem import Problem


def request(
    organization_id: str,
    form: ExportFormat,
    *,
    actor: None | str | Unset = UNSET,
    action: None | str | Unset = UNSET,
    plan: None | str | Unset = UNSET,
    outcome: None | str | Unset = UNSET,
    directory_id: None | str | Unset = UNSET,
    planswitch_after: int | None | Unset = UNSET,
) -> Request:
    """Return the request of this operation.

    Args:
        organization_id (str):
        form (ExportFormat): How a file is written.
        actor (None | str | Unset): The whole value as rows have it, in any case
        action (None | str | Unset): The whole value as rows have it, in any case
        plan (None | str | Unset): The whole value as rows have it, in any case
        outcome (None | str | Unset): The whole value as rows have it, in any case
        directory_id (None | str | Unset): The whole value as rows have it, in any case
        planswitch_after (int | None | Unset): Wait until what is shown has this position, which a
            write answers as Planswitch-Position
    """
    headers: dict[str, Any] = {}
    if not isinstance(planswitch_after, Unset):
        headers["Planswitch-After"] = planswitch_after

    params: dict[str, Any] = {}

    json_actor: None | str | Unset
    if isinstance(actor, Unset):
        json_actor = UNSET
    else:
        json_actor = actor
    params["actor"] = json_actor

    json_action: None | str | Unset
    if isinstance(action, Unset):
        json_action = UNSET
    else:
        json_action = action
    params["action"] = json_action

    json_plan: None | str | Unset
    if isinstance(plan, Unset):
        json_plan = UNSET
    else:
        json_plan = plan
    params["plan"] = json_plan

    json_outcome: None | str | Unset
    if isinstance(outcome, Unset):
        json_outcome = UNSET
    else:
        json_outcome = outcome
    params["outcome"] = json_outcome

    json_directory_id: None | str | Unset
    if isinstance(directory_id, Unset):
        json_directory_id = UNSET
    else:
        json_directory_id = directory_id
    params["directory_id"] = json_directory_id

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Request(
        method="GET",
        path="/api/v1/organizations/{organization_id}/licenses.{form}",
        path_parameters={
            "organization_id": str(organization_id),
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
