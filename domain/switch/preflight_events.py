"""What was seen of the users before the order, and of a switch back before the first move as well."""

from __future__ import annotations

from typing import Any

from domain.kernel.recorded import keep_text, stored
from domain.switch.stage import Stage
from domain.switch.switch_state import SwitchEvent


@stored("subscription.preflight-checked")
class PreflightChecked(SwitchEvent):
    """Users were checked before the order, and those who would fail were named (rules#operator-controls).

    If the request read only the first users, a second event covers all of them. A switch back compares its
    users once more before they move; another one tells what has changed by then (rules#switch-back).
    """

    class_version = 2
    upcast_v1_v2 = staticmethod(keep_text)

    AFTER = frozenset({Stage.REQUESTED, Stage.READY})
    # The step that looks goes on to order or to move, or waits for somebody who decides.
    IS_BESIDE = True

    users: int
    #: Users who were read; if there are very many, the first ones.
    users_checked: int
    #: Users who would not have been moved as they were then.
    failing: int
    #: `code`, `users`, `is_failure`, `user_keys` of the first ones; before version 2 also its words.
    findings: list[dict[str, Any]]
