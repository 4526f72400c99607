"""A console with the things of two organizations, asked by callers of any role."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from console.access.dependencies import ConsoleDependencies
from console.app import create_app
from console.server import open_dependencies
from domain.kernel.ids import checkout_id_of, checkout_stream_id
from domain.people.principal import Grant, Principal, PrincipalKind
from domain.people.roles import Role
from domain.requests.checkout import draft_facts
from domain.requests.terms import SwitchTerms
from projections.running.projector import Projector
from services.people.credentials import Credential
from store.switch_store import SwitchStore
from tests.support.consoles.store_parts import lone_settings
from tests.support.stories import checkout_stories
from tests.support.stories.switch_story import FAILED, SwitchStory

KEY = "a-key-of-the-tests-0123456789abcdef"
SUBSCRIPTION = "SUB-1"
#: By this header a request says as whom it is made; the console itself knows no such header.
_AS = b"x-test-principal"


@dataclass(frozen=True, kw_only=True)
class Belongings:
    """What an organization has: a switch, a draft, an assessment."""

    organization_id: str
    switch_id: str
    #: Both organizations have one of this name.
    subscription_id: str
    #: Why its switch was asked for; no other text has it.
    reason: str
    checkout_id: str
    assessment: str
    position: int

    def names(self) -> tuple[str, ...]:
        """Return what may stand in no answer to whoever may not see the organization."""
        return (self.organization_id, self.switch_id, self.checkout_id, self.reason)


@dataclass(kw_only=True)
class RoleWorld:
    """A console, and callers."""

    client: TestClient
    console: ConsoleDependencies
    store: SwitchStore
    database_url: str
    own: Belongings
    other: Belongings
    principals: dict[str, Principal] = field(default_factory=dict)

    def caller(self, role: Role | None, *organizations: str, actor: str = "") -> dict[str, str]:
        """Return the header of a caller with a role over some organizations; over all where none is named."""
        grants = () if role is None else (Grant(role=role, organizations=frozenset(organizations) or None),)
        return self.principal(*grants, actor=actor or f"{role or 'nobody'}@example.com")

    def principal(self, *grants: Grant, actor: str = "somebody@example.com") -> dict[str, str]:
        """Return the header of a caller with grants."""
        name = uuid4().hex
        self.principals[name] = Principal(
            actor=actor, kind=PrincipalKind.PERSON, grants=grants, credential_id=f"session-{name[:8]}"
        )
        return {"X-Test-Principal": name}

    def project(self) -> None:
        """Show everything that is recorded."""
        Projector(self.database_url).catch_up()

    def forget_wrong_tries(self) -> None:
        """Let the next wrong key be looked at, as after a minute of patience."""
        self.console.wrong_tries._tries.clear()


class _Callers:
    """ASGI: a request that names a caller is made by it, as if its credential had been checked."""

    def __init__(self, app: ASGIApp, principals: dict[str, Principal]) -> None:
        self._app = app
        self._principals = principals

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        name = dict(scope.get("headers", ())).get(_AS, b"").decode()
        if name:
            principal = self._principals[name]
            credential = Credential(
                principal=principal, key_id="key-of-the-tests", session_id=principal.credential_id, scope=None
            )
            scope.setdefault("state", {}).update(principal=principal, credential=credential)
        await self._app(scope, receive, send)


@contextmanager
def role_world(database_url: str, folder: Path) -> Iterator[RoleWorld]:
    """Yield a console whose cloud and Temporal are down, with the things of two organizations."""
    settings = lone_settings(database_url, folder, api_key=KEY)
    principals: dict[str, Principal] = {}
    with open_dependencies(settings) as dependencies:
        own, other = _belongings(dependencies.store, 0), _belongings(dependencies.store, 50)
        Projector(database_url).catch_up()
        app = create_app(dependencies)
        with TestClient(
            _Callers(app, principals), follow_redirects=False, raise_server_exceptions=False
        ) as client:
            yield RoleWorld(
                client=client,
                console=dependencies,
                store=dependencies.store,
                database_url=database_url,
                own=own,
                other=other,
                principals=principals,
            )


def _belongings(store: SwitchStore, seconds: int) -> Belongings:
    story = SwitchStory(store=store, seconds=seconds, reason=f"because-{uuid4().hex}")
    story.asked = {
        "organization_id": story.organization_id,
        "mode": "automatic",
        "payment_method": "card",
        "rule_set": "current",
    }
    story.request()
    story.order()
    story.move(failed=FAILED)
    story.hold()
    checkout_id = checkout_id_of(story.organization_id, "draft")
    terms = SwitchTerms(
        organization_id=story.organization_id,
        source_subscription_id=SUBSCRIPTION,
        target_plan_id="plan-e3",
        quantity=7,
    )
    store.append_checkout(
        checkout_stories.started(
            originator_id=checkout_stream_id(checkout_id),
            organization_id=story.organization_id,
            request_id="draft",
            terms=draft_facts(terms),
            meta={**checkout_stories.META, "organization_id": story.organization_id},
        )
    )
    (requested,) = store.requests_of([story.switch_id])
    return Belongings(
        organization_id=story.organization_id,
        switch_id=story.switch_id,
        subscription_id=SUBSCRIPTION,
        reason=story.reason,
        checkout_id=checkout_id,
        assessment=str(requested.id),
        position=requested.id,
    )
