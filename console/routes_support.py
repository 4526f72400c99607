"""Endpoints of support as a remedy (cli#support)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from console.authentication import Actor, Console
from console.support import BundleBody, bundle

router = APIRouter(prefix="/api/support", tags=["support"])


@router.get("")
def show_contact(_actor: Actor, console: Console) -> dict[str, str]:
    """Tell whom this installation calls support; "" where nobody was named."""
    return {"contact": console.support_contact}


@router.post("/bundles")
def make_bundle(body: BundleBody, actor: Actor, console: Console) -> dict[str, Any]:
    """Return the redacted facts of a case in one document; an assessment that is asked for is recorded."""
    return bundle(console, body, actor=actor)
