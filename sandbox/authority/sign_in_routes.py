"""Pages of the authority for people: signing in, confirming a device, consenting for a tenant."""

from __future__ import annotations

from html import escape
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sandbox.authority.exchanges import NOT_STORED, answering, form, form_of, page
from sandbox.authority.refusals import AuthorityRefusal
from sandbox.authority.sessions import CODE_SECONDS, Sessions, SignIn, ending
from sandbox.cloud.state import Sandbox
from sandbox.identity.applications import Application, Person

_FOUND = 302
#: Hosts of a redirect whose port may be any, as a client takes one that is free.
_LOOPBACK = frozenset({"localhost", "127.0.0.1"})
#: Fields of a request for sign-in that go on to the form.
_CARRIED = (
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
)


class SignInRoutes:
    """Handlers of the pages."""

    def __init__(self, sandbox: Sandbox, sessions: Sessions) -> None:
        self._sandbox = sandbox
        self._sessions = sessions

    def routes(self) -> list[Route]:
        """Return the routes."""
        handlers = (
            ("/{tenant}/oauth2/v2.0/authorize", self.authorize),
            ("/{tenant}/oauth2/deviceauth", self.device),
            ("/{tenant}/v2.0/adminconsent", self.consent),
            ("/{tenant}/adminconsent", self.consent),
        )
        return [
            Route(path, answering(self._sandbox, handler), methods=["GET", "POST"])
            for path, handler in handlers
        ]

    async def authorize(self, request: Request) -> Response:
        """Ask who signs in, then lead back to the application with a code."""
        fields = await _fields(request)
        application = self._application(fields, str(request.path_params["tenant"]))
        redirect = fields.get("redirect_uri", "")
        if not _is_registered(application, redirect):
            raise AuthorityRefusal("50011", redirect_uri=redirect, client_id=application.client_id)
        if fields.get("response_type") != "code" or not _has_challenge(fields, application):
            raise AuthorityRefusal("9002313")
        if request.method == "GET":
            carried = {name: fields[name] for name in _CARRIED if name in fields}
            people = self._people(application, fields.get("login_hint", ""))
            return page(f"Sign in to {application.display_name}", form(carried, people, "Sign in"))
        code = self._sessions.new_code(self._sign_in(request, fields, application))
        answer = {"code": code} | ({"state": fields["state"]} if "state" in fields else {})
        if fields.get("response_mode") == "form_post":
            return page("Signed in", form(answer, "", "Continue", action=redirect))
        joint = "&" if urlsplit(redirect).query else "?"
        return RedirectResponse(f"{redirect}{joint}{urlencode(answer)}", _FOUND, NOT_STORED)

    async def device(self, request: Request) -> Response:
        """Ask for the code of a device and who signs in there."""
        fields = await _fields(request)
        if request.method == "GET":
            inside = '<label>Code <input name="user_code" autofocus></label>' + self._people(None, "")
            return page("Sign in a device", form({}, inside, "Sign in"))
        sign_in = self._sessions.device_of(fields.get("user_code", ""))
        if sign_in is None:
            return page("There is no such code", "<p>Go back and enter it again.</p>", 400)
        sign_in.person = self._person(fields, str(request.path_params["tenant"]))
        return page("Signed in", "<p>You can close this page.</p>")

    async def consent(self, request: Request) -> Response:
        """Let an administrator consent to what an application asks for in their tenant."""
        fields = await _fields(request)
        tenant = str(request.path_params["tenant"]).lower()
        application = self._application(fields, tenant)
        organization = self._sandbox.organizations.get(tenant)
        if organization is None:
            raise AuthorityRefusal("90002", tenant=tenant)
        if request.method == "GET":
            names = "".join(f"<li>{escape(name)}</li>" for name in application.permissions)
            words = f"<p>{escape(organization.profile['display_name'])} lets it do this:</p><ul>{names}</ul>"
            title = f"Consent to {application.display_name}"
            return page(title, form({"client_id": application.client_id}, words, "Accept"))
        edit = {
            "kind": "consent",
            "client_id": application.client_id,
            "state": "given",
            "permissions": None,
        }
        self._sandbox.commit("edit", organization_id=organization.organization_id, actor="hand", edit=edit)
        return page("Consent given", "<p>You can close this page.</p>")

    def _application(self, fields: dict[str, str], tenant: str) -> Application:
        client_id = fields.get("client_id", "").lower()
        application = self._sandbox.state.identities.applications.get(client_id)
        if application is None:
            raise AuthorityRefusal("700016", client_id=client_id, tenant=tenant)
        return application

    def _sign_in(self, request: Request, fields: dict[str, str], application: Application) -> SignIn:
        return SignIn(
            client_id=application.client_id,
            tenant_id=str(request.path_params["tenant"]).lower(),
            scope=fields.get("scope", ""),
            ends_at=ending(self._sandbox.now(), CODE_SECONDS),
            redirect_uri=fields["redirect_uri"],
            challenge=fields.get("code_challenge", ""),
            nonce=fields.get("nonce", ""),
            person=self._person(fields, str(request.path_params["tenant"])),
        )

    def _person(self, fields: dict[str, str], tenant: str) -> Person:
        name = fields.get("person", "")
        person = self._sandbox.state.identities.people.get(name.lower())
        if person is None:
            raise AuthorityRefusal("50034", user=name, tenant=tenant)
        return person

    def _people(self, application: Application | None, chosen: str) -> str:
        """Return the choice of people as HTML: those of the application's home."""
        people = [
            each
            for each in self._sandbox.state.identities.people.values()
            if application is None or each.tenant_id == application.tenant_id
        ]
        if not people:
            return "<p>Nobody is registered who could sign in.</p>"
        return "".join(
            f'<label><input type="radio" name="person" value="{escape(each.principal_name)}"'
            f"{' checked' if each.principal_name == chosen or len(people) == 1 else ''}> "
            f"{escape(each.principal_name)}</label>"
            for each in people
        )


async def _fields(request: Request) -> dict[str, str]:
    if request.method == "POST":
        return await form_of(request)
    return dict(parse_qsl(request.url.query, keep_blank_values=True))


def _is_registered(application: Application, redirect_uri: str) -> bool:
    """Return whether an application may be led back to an address; on this machine to any port."""
    wanted = _without_port(redirect_uri)
    return wanted is not None and wanted in map(_without_port, application.redirect_uris)


def _without_port(uri: str) -> tuple[str, str, str] | None:
    """Return what two addresses have to agree in; None: it is none."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    host = parts.hostname or ""
    return parts.scheme, host if host in _LOOPBACK else parts.netloc, parts.path.rstrip("/")


def _has_challenge(fields: dict[str, str], application: Application) -> bool:
    """Return whether a challenge is of the one kind that is taken; a public client has to send one."""
    if not fields.get("code_challenge"):
        return application.is_confidential
    return fields.get("code_challenge_method") == "S256"
