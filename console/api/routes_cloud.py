"""Endpoints of the clouds of this installation: profiles, sign-in and sign-out (access#sign-in)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from console.access.dependencies import Actor, Console, ConsoleDependencies
from console.edge.plain_bodies import Body, Text
from console.models.cloud import (
    BegunDeviceSignIn,
    BegunSignIn,
    CloudOverview,
    CloudSignIn,
    FinishedSignIn,
    FinishedSignOut,
    ShownProfile,
)
from projections.reads.shown_rows import instant_text
from services.access.cloud_sign_ins import CloudSignIns, ProfileState

router = APIRouter(prefix="/api/v1/cloud", tags=["cloud"])

Flow = Annotated[str, Field(min_length=1, max_length=30_000)]
#: What a token service sends along: codes are long.
Returned = Annotated[str, Field(max_length=8_000)]


class SignInBody(Body):
    """Who signs in, and where the browser returns to."""

    profile: Text
    #: On the machine of the browser: http://localhost:PORT.
    redirect_uri: Text


class FinishBody(Body):
    """What the token service sent to the address on the machine of the browser."""

    flow: Flow
    state: Returned
    code: Returned = ""
    client_info: Returned = ""
    session_state: Returned = ""
    error: Returned = ""
    error_description: Returned = ""


class ProfileBody(Body):
    """A profile by its name."""

    profile: Text


class FlowBody(Body):
    """A sign-in by a code that has begun."""

    flow: Flow


@router.get("")
def show_cloud(_actor: Actor, console: Console) -> CloudOverview:
    """Show the profiles, and who has signed in for each; no secret is shown."""
    profiles = tuple(map(_shown, _sign_ins(console).states()))
    return CloudOverview(is_sandbox=console.cloud_access is None, profiles=profiles)


@router.post("/sign-ins")
def begin_sign_in(body: SignInBody, _actor: Actor, console: Console) -> BegunSignIn:
    """Begin a sign-in in a browser (authorization code with PKCE)."""
    begun = _sign_ins(console).begin(body.profile, redirect_uri=body.redirect_uri)
    return BegunSignIn(address=begun.address, flow=begun.flow)


@router.post("/sign-ins/finish")
def finish_sign_in(body: FinishBody, actor: Actor, console: Console) -> FinishedSignIn:
    """Finish a sign-in by what the token service returned, and keep it."""
    returned = {name: value for name, value in body.model_dump(exclude={"flow"}).items() if value}
    return _finished(_sign_ins(console).finish(body.flow, returned, actor=actor))


@router.post("/device-sign-ins")
def begin_device_sign_in(body: ProfileBody, _actor: Actor, console: Console) -> BegunDeviceSignIn:
    """Begin a sign-in by a code that is entered on another device, for a public client."""
    begun = _sign_ins(console).begin_device(body.profile)
    return BegunDeviceSignIn(
        address=begun.address,
        user_code=begun.user_code,
        flow=begun.flow,
        interval_seconds=begun.interval_seconds,
    )


@router.post("/device-sign-ins/finish")
def finish_device_sign_in(body: FlowBody, actor: Actor, console: Console) -> FinishedSignIn:
    """Look whether somebody has entered the code; if so, keep the sign-in."""
    return _finished(_sign_ins(console).finish_device(body.flow, actor=actor))


@router.post("/sign-outs")
def sign_out(body: ProfileBody, _actor: Actor, console: Console) -> FinishedSignOut:
    """Forget the sign-ins of a profile; tokens that were made from them end within the hour."""
    return FinishedSignOut(profile=body.profile, count=_sign_ins(console).sign_out(body.profile))


def _sign_ins(console: ConsoleDependencies) -> CloudSignIns:
    return CloudSignIns(console.cloud_access, console.store.cloud_sign_ins)


def _finished(state: ProfileState | None) -> FinishedSignIn:
    return FinishedSignIn(is_done=state is not None, profile=None if state is None else _shown(state))


def _shown(state: ProfileState) -> ShownProfile:
    profile = state.profile
    return ShownProfile(
        name=profile.name,
        cloud=profile.cloud.value,
        access=profile.access.value,
        home_organization_id=profile.tenant_id,
        client_id=profile.client_id,
        authority=profile.authority,
        directory_url=profile.directory_url,
        seller_url=profile.seller_url,
        grant=profile.grant.value,
        directory_grant=profile.directory_grant.value,
        organization_ids=profile.tenants,
        sign_ins=tuple(
            CloudSignIn(
                audience=each.audience,
                signed_in_by=each.signed_in_by,
                signed_in_at=instant_text(each.signed_in_at),
                renewed_at=instant_text(each.renewed_at),
            )
            for each in state.sign_ins
        ),
        missing=tuple(each.value for each in state.missing),
        is_public_client=profile.is_public_client,
    )
