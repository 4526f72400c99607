"""Endpoint of the replay: whether today's program decides as a switch's histories have it (ADR 38)."""

from __future__ import annotations

from fastapi import APIRouter

from audit.replay.replays import SwitchReplay
from console.access.dependencies import Actor, Console
from services.histories.switch_replay import replay_switch

router = APIRouter(prefix="/api/v1", tags=["audit"])


@router.get("/switches/{switch}/replay")
def show_replay(switch: str, _actor: Actor, console: Console) -> SwitchReplay:
    """Replay the histories of a switch's workflows with today's program; nothing is changed."""
    return replay_switch(console, console.replayer, switch)
