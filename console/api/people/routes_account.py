"""Endpoints of the own account: who asks, and its sessions (docs/people.md)."""

from __future__ import annotations

from fastapi import APIRouter

from console.access.dependencies import Console, ShownCredential
from console.edge.plain_bodies import Body, Reason
from console.models.people import EndedSessions, SessionList, WhoAsks, shown_session, who_asks

router = APIRouter(prefix="/api/v1/account", tags=["people"])


class SessionsEndBody(Body):
    """Why sessions end."""

    reason: Reason


@router.get("")
def show_own_account(credential: ShownCredential, console: Console) -> WhoAsks:
    """Show who makes this request, and how far the key or session reaches."""
    return who_asks(console.people, credential)


@router.get("/sessions")
def list_own_sessions(credential: ShownCredential, console: Console) -> SessionList:
    """List the browsers that are signed in as the caller, the newest first."""
    sessions = console.sessions.of_account(credential.principal.actor)
    return SessionList(sessions=tuple(shown_session(each, credential.session_id) for each in sessions))


@router.post("/sessions/{session_id}/end")
def end_own_session(
    session_id: str, body: SessionsEndBody, credential: ShownCredential, console: Console
) -> EndedSessions:
    """Sign one browser of the caller out, at every console."""
    actor = credential.principal.actor
    console.sessions.end(session_id, account=actor, actor=actor, reason=body.reason)
    return EndedSessions(count=1)


@router.post("/sessions/end")
def end_own_sessions(body: SessionsEndBody, credential: ShownCredential, console: Console) -> EndedSessions:
    """Sign every browser of the caller out, at every console."""
    actor = credential.principal.actor
    return EndedSessions(count=console.sessions.end_all(actor, actor=actor, reason=body.reason))
