"""How a step refuses what nobody signed."""

from __future__ import annotations

import uuid
from typing import Any

from activities.base.wait_contract import RESCHEDULE
from activities.contract import ActivitySpec
from activities.credit.credit_contract import EXTEND_CREDIT, RECORD_CREDIT_DECISION
from activities.manual.manual_contract import BEGIN_STEP
from activities.operator.control_contract import (
    AMEND_QUANTITY,
    RECORD_COMMAND,
    RECORD_PAUSE,
    RETRY_USERS,
    SKIP_USER,
    WAIT_ON,
)
from tests.support.acts.strangers import ACCEPTED, CEO

_WHO = {"actor": CEO, "reason": "no key"}
_WHAT = {**_WHO, "request_id": "r-1"}
#: Step -> what it is handed beside the order: each is refused.
REFUSED: dict[str, tuple[ActivitySpec[Any, Any], dict[str, Any]]] = {
    each.name: (each, handed)
    for each, handed in (
        (RECORD_COMMAND, {**_WHAT, "command": "cancel"}),
        (RECORD_PAUSE, {**_WHAT, "paused": True, "code": "OPERATOR", "message": ""}),
        (SKIP_USER, {**_WHAT, "user_key": str(uuid.uuid4()), "is_loss_accepted": True}),
        (RETRY_USERS, {**_WHAT, "user_keys": (str(uuid.uuid4()),)}),
        (AMEND_QUANTITY, {**_WHAT, "quantity": 3, "accepted_digest": "d", "is_loss_accepted": True}),
        (WAIT_ON, _WHAT),
        (BEGIN_STEP, {**_WHAT, "step": "buy", "selection": "", "users": 0}),
        (RECORD_CREDIT_DECISION, {**_WHO, "decision_id": "d", "verdict": "approved", "decided_by": "bureau"}),
        (EXTEND_CREDIT, {**_WHAT, "days": 2}),
        (RESCHEDULE, {**_WHAT, "accepted": ACCEPTED, "quote": {}, "price_tolerance_percent": "0"}),
    )
}
