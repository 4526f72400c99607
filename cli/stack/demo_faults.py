"""The demo in a storm: calls that go wrong from the accepted quote on, and what was absorbed of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from cli.base.client import Answer
from cli.base.errors import ApiProblem
from sandbox.faults.fault_program import ANSWERS, ITEMS

if TYPE_CHECKING:
    from audit.story.show import SwitchAudit

#: A request that a provider could not answer is sent again so often.
TRIES_MAX = 20
TRY_AGAIN_SECONDS = 1.0
THROTTLES = frozenset({"throttled", "item_throttled"})
FAILURES = frozenset({*ANSWERS, *ITEMS}) - THROTTLES
#: Outcomes of an attempt of a step that failed; asking a seller who is not ready yet is none.
_FAILED = frozenset({"refused", "no_answer", "failed", "no_trace"})


def sent_again(send: Callable[[], Answer]) -> Answer:
    """Send a request of the demo, again while a provider can't answer; its id makes it one request.

    Raises:
        ApiProblem: It was refused, or failed too often.
    """
    for attempt in range(1, TRIES_MAX + 1):
        try:
            return send()
        except ApiProblem as error:
            if attempt == TRIES_MAX or not error.handling.is_retryable:
                raise
        time.sleep(TRY_AGAIN_SECONDS)
    raise AssertionError


def absorbed(audit: SwitchAudit, met: dict[str, int]) -> dict[str, int]:
    """Return what a switch went through.

    Args:
        audit: Its story: attempts of steps, as the record has them.
        met: Kind of fault -> how often it came, by the sandbox's own count.
    """
    attempts = [attempt.outcome for step in audit.steps for attempt in step.attempts[:-1]]
    return {
        "retries": sum(outcome in _FAILED for outcome in attempts),
        "throttles": sum(count for kind, count in met.items() if kind in THROTTLES),
        "failures": sum(count for kind, count in met.items() if kind in FAILURES),
    }
