"""Answers about the clouds that this installation works with, and who has signed in there."""

from __future__ import annotations

from console.models.base import Answer
from projections.reads.shown_rows import InstantText


class CloudSignIn(Answer):
    """A sign-in that is kept; its token is never shown."""

    #: directory or seller.
    audience: str
    #: The operator in whose name somebody signed in.
    signed_in_by: str
    signed_in_at: InstantText
    #: When it was used last.
    renewed_at: InstantText


class ShownProfile(Answer):
    """A profile, without what proves it."""

    name: str
    cloud: str
    #: read or write.
    access: str
    #: Where the application is registered.
    home_organization_id: str
    client_id: str
    authority: str
    directory_url: str
    seller_url: str
    #: On whose behalf the seller is asked, and the directory.
    grant: str
    directory_grant: str
    #: Organizations that it names; empty: every one that no other profile names.
    organization_ids: tuple[str, ...]
    sign_ins: tuple[CloudSignIn, ...]
    #: Audiences for which somebody still has to sign in.
    missing: tuple[str, ...]
    #: Whether people sign in by a code on another device.
    is_public_client: bool


class CloudOverview(Answer):
    """The clouds that this installation works with."""

    #: There are no profiles: everything runs against the sandbox.
    is_sandbox: bool
    profiles: tuple[ShownProfile, ...]


class BegunSignIn(Answer):
    """A sign-in in a browser that has begun."""

    #: Page of the token service, to be opened on the machine whose address it returns to.
    address: str
    #: Sent back with what the token service returns; nobody can read it.
    flow: str


class BegunDeviceSignIn(Answer):
    """A sign-in by a code that has begun."""

    #: Page on which the code is entered.
    address: str
    user_code: str
    flow: str
    interval_seconds: float


class FinishedSignIn(Answer):
    """How far a sign-in is."""

    #: false: nobody has entered the code yet.
    is_done: bool
    #: null until it is done.
    profile: ShownProfile | None


class FinishedSignOut(Answer):
    """What a sign-out has deleted."""

    profile: str
    #: Refresh tokens that were there.
    count: int
