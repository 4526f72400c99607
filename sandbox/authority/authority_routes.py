"""All paths of the authority over one sandbox."""

from __future__ import annotations

from starlette.routing import Route

from sandbox.authority.registry_routes import RegistryRoutes
from sandbox.authority.sessions import Sessions
from sandbox.authority.sign_in_routes import SignInRoutes
from sandbox.authority.token_routes import TokenRoutes
from sandbox.cloud.state import Sandbox


class AuthorityRoutes:
    """Handlers that share the sign-ins under way."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._sessions = Sessions()

    def routes(self) -> list[Route]:
        """Return the routes; those that begin with a tenant come last, for they fit nearly everything."""
        registry = RegistryRoutes(self._sandbox).routes()
        tokens = TokenRoutes(self._sandbox, self._sessions).routes()
        return [*registry, *tokens, *SignInRoutes(self._sandbox, self._sessions).routes()]
