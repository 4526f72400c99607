"""Export the different refusals of providers in a switch."""

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
    step: None | str | Unset = UNSET,
    provider: None | str | Unset = UNSET,
    operation: None | str | Unset = UNSET,
    code: None | str | Unset = UNSET,
    planswitch_after: int | None | Unset = UNSET,
) -> Request:
    """Return the request of this operation.

    Args:
        switch (str):
        form (ExportFormat): How a file is written.
        step (None | str | Unset): The whole value as rows have it, in any case
        provider (None | str | Unset): The whole value as rows have it, in any case
        operation (None | str | Unset): The whole value as rows have it, in any case
        code (None | str | Unset): The whole value as rows have it, in any case
        planswitch_after (int | None | Unset): Wait until what is shown has this position, which a
            write answers as Planswitch-Position
    """
    headers: dict[str, Any] = {}
    if not isinstance(planswitch_after, Unset):
        headers["Planswitch-After"] = planswitch_after

    params: dict[str, Any] = {}

    json_step: None | str | Unset
    if isinstance(step, Unset):
        json_step = UNSET
    else:
        json_step = step
    params["step"] = json_step

    json_provider: None | str | Unset
    if isinstance(provider, Unset):
        json_provider = UNSET
    else:
        json_provider = provider
    params["provider"] = json_provider

    json_operation: None | str | Unset
    if isinstance(operation, Unset):
        json_operation = UNSET
    else:
        json_operation = operation
    params["operation"] = json_operation

    json_code: None | str | Unset
    if isinstance(code, Unset):
        json_code = UNSET
    else:
        json_code = code
    params["code"] = json_code

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Request(
        method="GET",
        path="/api/v1/switches/{switch}/refusals.{form}",
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
