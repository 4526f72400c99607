"""The credit bureau's paths (docs/api/credit.yaml)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.billing.bureau import STATUS_OF, check_view, decide
from sandbox.cloud.answers import HTTP_NOT_FOUND, Refusal, json_answer, json_body, organization_of
from sandbox.cloud.bounds import invalid
from sandbox.cloud.state import Sandbox
from sandbox.kernel.model import Json, Organization


class CreditRoutes:
    """Handlers of the credit bureau."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def routes(self) -> list[Route]:
        """Return the bureau's routes."""
        one = "/credit/v1/customers/{customer}/checks/{check}"
        return [
            Route(one, self.check, methods=["GET"]),
            Route(f"{one}/decision", self.decide, methods=["POST"]),
        ]

    async def check(self, request: Request) -> Response:
        """Show a check as it stands."""
        organization, found = self._find(request)
        return json_answer(check_view(organization, found))

    async def decide(self, request: Request) -> Response:
        """Take over what an operator decided; a check that is decided stays as it is."""
        organization, found = self._find(request)
        verdict = str((await json_body(request)).get("verdict"))
        if verdict not in STATUS_OF.values():
            raise invalid(f"verdict must be one of {', '.join(STATUS_OF.values())}.")
        if found["status"] == "required":
            decide(self._sandbox, organization, found | {"is_told": True}, verdict)
        return json_answer(check_view(organization, organization.checks[found["check_id"]]))

    def _find(self, request: Request) -> tuple[Organization, Json]:
        organization = organization_of(self._sandbox, request)
        found = organization.checks.get(request.path_params["check"])
        if found is None:
            text = f"There is no credit check {request.path_params['check']}."
            raise Refusal(HTTP_NOT_FOUND, "UNKNOWN_CHECK", text)
        return organization, found
