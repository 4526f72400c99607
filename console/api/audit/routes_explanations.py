"""Endpoint of explanations: why a switch failed, holds, waits or was late."""

from __future__ import annotations

from fastapi import APIRouter

from audit.autopsy.explanation import Explanation
from console.access.dependencies import Actor, Console
from console.switches.explanations import explain

router = APIRouter(prefix="/api/v1", tags=["audit"])


@router.get("/switches/{switch}/explanation")
def explain_switch(switch: str, _actor: Actor, console: Console) -> Explanation:
    """Explain a switch, or a request that was refused: first cause, cost, and what can be done now.

    Everything rests on the record and names its evidence; a cause that it does not tell stays `unknown`.
    """
    return explain(console, switch)
