"""Export the recorded assessments and refusals of an organization."""

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
    verdict: None | str | Unset = UNSET,
    mode: None | str | Unset = UNSET,
    stage: None | str | Unset = UNSET,
    rule_set: None | str | Unset = UNSET,
    codes: None | str | Unset = UNSET,
    planswitch_after: int | None | Unset = UNSET,
) -> Request:
    """Return the request of this operation.

    Args:
        organization_id (str):
        form (ExportFormat): How a file is written.
        actor (None | str | Unset): The whole value as rows have it, in any case
        verdict (None | str | Unset): The whole value as rows have it, in any case
        mode (None | str | Unset): The whole value as rows have it, in any case
        stage (None | str | Unset): The whole value as rows have it, in any case
        rule_set (None | str | Unset): The whole value as rows have it, in any case
        codes (None | str | Unset): The whole value as rows have it, in any case
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

    json_verdict: None | str | Unset
    if isinstance(verdict, Unset):
        json_verdict = UNSET
    else:
        json_verdict = verdict
    params["verdict"] = json_verdict

    json_mode: None | str | Unset
    if isinstance(mode, Unset):
        json_mode = UNSET
    else:
        json_mode = mode
    params["mode"] = json_mode

    json_stage: None | str | Unset
    if isinstance(stage, Unset):
        json_stage = UNSET
    else:
        json_stage = stage
    params["stage"] = json_stage

    json_rule_set: None | str | Unset
    if isinstance(rule_set, Unset):
        json_rule_set = UNSET
    else:
        json_rule_set = rule_set
    params["rule_set"] = json_rule_set

    json_codes: None | str | Unset
    if isinstance(codes, Unset):
        json_codes = UNSET
    else:
        json_codes = codes
    params["codes"] = json_codes

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Request(
        method="GET",
        path="/api/v1/organizations/{organization_id}/assessments.{form}",
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
