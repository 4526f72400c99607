"""The credit bureau's paths (docs/api/credit.yaml)."""

from __future__ import annotations

from typing import Annotated

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.billing.bureau import STATUS_OF, check_view, decide
from sandbox.cloud.answers import HTTP_NOT_FOUND, Refusal, json_answer, json_body
from sandbox.cloud.bearers import organization_of
from sandbox.cloud.routes import Routes
from sandbox.kernel.bodies import OneOf, OpenBody, read_body
from sandbox.kernel.model import Json, Organization


class _DecisionBody(OpenBody):
    """What an operator decided."""

    verdict: Annotated[str, OneOf(STATUS_OF.values())]


class CreditRoutes(Routes):
    """Handlers of the credit bureau."""

    def routes(self) -> list[Route]:
        """Return the bureau's routes."""
        one = "/credit/v1/customers/{customer}/checks/{check}"
        return [
            self._show(one, self.check),
            Route(f"{one}/decision", self.decide, methods=["POST"]),
        ]

    def check(self, organization: Organization, request: Request) -> Json:
        """Show a check as it stands."""
        return check_view(organization, _find(organization, request))

    async def decide(self, request: Request) -> Response:
        """Take over what an operator decided; a check that is decided stays as it is."""
        organization = organization_of(self._sandbox, request)
        check = _find(organization, request)
        verdict = read_body(_DecisionBody, await json_body(request)).verdict
        if check["status"] == "required":
            decide(self._sandbox, organization, check | {"is_told": True}, verdict)
        return json_answer(check_view(organization, organization.checks[check["check_id"]]))


def _find(organization: Organization, request: Request) -> Json:
    check = organization.checks.get(request.path_params["check"])
    if check is None:
        text = f"There is no credit check {request.path_params['check']}."
        raise Refusal(HTTP_NOT_FOUND, "UNKNOWN_CHECK", text)
    return check
