"""Endpoints of support as a remedy (cli#support)."""

from __future__ import annotations

from fastapi import APIRouter

from console.access.authentication import Actor, Console
from console.api.support import BundleBody, bundle
from console.models.system import SupportBundle, SupportContact

router = APIRouter(prefix="/api/support", tags=["support"])


@router.get("")
def show_contact(_actor: Actor, console: Console) -> SupportContact:
    """Show the support contact of this installation; "" if there is none."""
    return SupportContact(contact=console.support_contact)


@router.post("/bundles")
def make_bundle(body: BundleBody, actor: Actor, console: Console) -> SupportBundle:
    """Return the redacted facts of a case in one document; an assessment that it needs is recorded."""
    return bundle(console, body, actor=actor)
