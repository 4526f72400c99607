"""Count what happened to the services that users had switched off (docs/switch.md#services)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ... import errors
from ...client import Answered, Request

if TYPE_CHECKING:
    from ...models.problem import Problem
    from ...models.settings_of_switch import SettingsOfSwitch


def request(
    switch: str,
) -> Request:
    """Return the request of this operation.

    Args:
        switch (str):
    """

    return Request(
        method="GET",
        path="/api/v1/switches/{switch}/service-settings",
        path_parameters={
            "switch": str(switch),
        },
    )


def parse(response: Answered) -> Problem | SettingsOfSwitch:
    """Return an answer of this operation as its model.

    Raises:
        errors.UnexpectedStatus: The document does not describe an answer of this status.
    """
    # A command that sends a request need not load what other answers are made of.

    from ...models.problem import Problem
    from ...models.settings_of_switch import SettingsOfSwitch

    if response.status_code == 200:
        response_200 = SettingsOfSwitch.from_dict(response.json())

        return response_200

    if response.status_code in {400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 500, 503}:
        return Problem.from_dict(response.json())
    raise errors.UnexpectedStatus(response.status_code)
