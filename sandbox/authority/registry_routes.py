"""Control API of the authority: who is registered, and whose sessions end."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from domain.text.plain_text import require_plain_text
from sandbox.authority.certificates import tls_files
from sandbox.cloud.answers import HTTP_CREATED, json_answer, json_body
from sandbox.cloud.routes import Routes
from sandbox.identity.applications import (
    CERTIFICATES_MAX,
    Application,
    Guid,
    Person,
    Secret,
    secret_digest,
)
from sandbox.kernel.bodies import Body, Instant, Text, read_body
from sandbox.kernel.model import Json

_FAR = "2199-01-01T00:00:00Z"


class _PlainSecret(Body):
    """A secret as it is registered; only its digest is kept."""

    secret: Text
    ends_at: Instant = _FAR


class _Registration(Application):
    """An application as it is registered."""

    secrets: Annotated[tuple[_PlainSecret, ...], Field(strict=False, max_length=CERTIFICATES_MAX)] = ()  # type: ignore[assignment]

    def application(self) -> Application:
        """Return what is kept of it."""
        kept = [Secret(digest=secret_digest(one.secret), ends_at=one.ends_at) for one in self.secrets]
        return Application.model_validate(self.model_dump() | {"secrets": kept})


class _Revocation(Body):
    """Every session of a tenant ends."""

    tenant_id: Guid


class RegistryRoutes(Routes):
    """Handlers of the control API."""

    def routes(self) -> list[Route]:
        """Return the routes."""
        root = "/sandbox/authority"
        return [
            Route(root, self.overview, methods=["GET"]),
            Route(f"{root}/applications", self.register, methods=["PUT"]),
            Route(f"{root}/people", self.add_person, methods=["PUT"]),
            Route(f"{root}/revocations", self.revoke, methods=["POST"]),
        ]

    async def overview(self, _request: Request) -> Response:
        """Show the address of the authority, what clients trust, and who is registered."""
        identities = self._sandbox.state.identities
        files = tls_files(self._sandbox.journal.path.parent)
        body: Json = {
            "url": self._sandbox.authority_url,
            "ca_file": str(files.ca_file.resolve()),
            "applications": [_view(each) for each in identities.applications.values()],
            "people": [each.model_dump(mode="json") for each in identities.people.values()],
        }
        return json_answer(body)

    async def register(self, request: Request) -> Response:
        """Register an application, in place of what was registered under its id."""
        application = read_body(_Registration, await self._body(request)).application()
        self._sandbox.commit("application", actor="hand", application=application.model_dump(mode="json"))
        return json_answer(_view(application), HTTP_CREATED)

    async def add_person(self, request: Request) -> Response:
        """Register somebody who can sign in, in place of what was registered under their name."""
        person = read_body(Person, await self._body(request))
        self._sandbox.commit("person", actor="hand", person=person.model_dump(mode="json"))
        return json_answer(person.model_dump(mode="json"), HTTP_CREATED)

    async def revoke(self, request: Request) -> Response:
        """End every session of a tenant: tokens of before are taken no more."""
        wanted = read_body(_Revocation, await self._body(request))
        record = self._sandbox.commit("sessions_revoked", actor="hand", tenant_id=wanted.tenant_id)
        return json_answer({"tenant_id": wanted.tenant_id, "at": record["at"]}, HTTP_CREATED)

    async def _body(self, request: Request) -> Json:
        body = await json_body(request)
        # A certificate has lines of its own; its form is checked beside.
        require_plain_text({name: value for name, value in body.items() if name != "certificates"})
        return body


def _view(application: Application) -> Json:
    """Return an application without what proves it."""
    document = application.model_dump(mode="json", exclude={"secrets"})
    return document | {"secrets": [one.ends_at for one in application.secrets]}
