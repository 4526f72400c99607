"""Export the events of a switch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import errors
from ...client import Answered, Request
from ...types import UNSET, Unset

if TYPE_CHECKING:
    from ...models.export_format import ExportFormat
    from ...models.problem import Problem


def request(
    switch: str,
    form: ExportFormat,
    *,
    event: None | str | Unset = UNSET,
    stage: None | str | Unset = UNSET,
    actor: None | str | Unset = UNSET,
    at_from: None | str | Unset = UNSET,
    at_to: None | str | Unset = UNSET,
    planswitch_after: int | None | Unset = UNSET,
) -> Request:
    """Return the request of this operation.

    Args:
        switch (str):
        form (ExportFormat): How a file is written.
        event (None | str | Unset): The whole value as rows have it, in any case
        stage (None | str | Unset): The whole value as rows have it, in any case
        actor (None | str | Unset): The whole value as rows have it, in any case
        at_from (None | str | Unset): First day (UTC), or first instant with its time zone
        at_to (None | str | Unset): Last day (UTC), or the instant before which, with time zone
        planswitch_after (int | None | Unset): Wait until what is shown has this position, which a
            write answers as Planswitch-Position
    """
    headers: dict[str, Any] = {}
    if not isinstance(planswitch_after, Unset):
        headers["Planswitch-After"] = planswitch_after

    params: dict[str, Any] = {}

    json_event: None | str | Unset
    if isinstance(event, Unset):
        json_event = UNSET
    else:
        json_event = event
    params["event"] = json_event

    json_stage: None | str | Unset
    if isinstance(stage, Unset):
        json_stage = UNSET
    else:
        json_stage = stage
    params["stage"] = json_stage

    json_actor: None | str | Unset
    if isinstance(actor, Unset):
        json_actor = UNSET
    else:
        json_actor = actor
    params["actor"] = json_actor

    json_at_from: None | str | Unset
    if isinstance(at_from, Unset):
        json_at_from = UNSET
    else:
        json_at_from = at_from
    params["at_from"] = json_at_from

    json_at_to: None | str | Unset
    if isinstance(at_to, Unset):
        json_at_to = UNSET
    else:
        json_at_to = at_to
    params["at_to"] = json_at_to

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Request(
        method="GET",
        path="/api/v1/switches/{switch}/timeline.{form}",
        path_parameters={
            "switch": str(switch),
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
