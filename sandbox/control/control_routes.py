"""The control API: makes organizations, plants edits, changes settings and asks the referee."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from domain.text.plain_text import require_plain_text
from sandbox.billing.billing import renew_due
from sandbox.cloud.answers import (
    HTTP_CONFLICT,
    HTTP_CREATED,
    HTTP_NOT_FOUND,
    HTTP_OK,
    Refusal,
    invalid,
    json_answer,
    json_body,
)
from sandbox.cloud.edit_body import price_book_plan
from sandbox.cloud.group_work import settle_groups
from sandbox.cloud.routes import Routes
from sandbox.control.edits import plan_edit
from sandbox.directory.graph_calls import quota_of
from sandbox.directory.plan_views import plan_views
from sandbox.directory.user_views import selected_fields, user_view
from sandbox.faults.fault_program import parse_program
from sandbox.kernel.bodies import OpenBody, read_body
from sandbox.kernel.clock import iso
from sandbox.kernel.model import Json, Organization
from sandbox.kernel.settings import Settings
from sandbox.organizations.organizations import OrganizationRequest, organization_record
from sandbox.referee.referee import judge

EDITS_LIMIT = 1_000
_USER_FIELDS = (
    "id,displayName,userPrincipalName,department,accountEnabled,usageLocation,licenseAssignmentStates"
)


class _Edits(OpenBody):
    """Several edits at once."""

    edits: Annotated[
        list[Any], Field(max_length=EDITS_LIMIT, description=f"a list of at most {EDITS_LIMIT} edits")
    ]


async def _world_body(request: Request) -> Json:
    """Return a description of the world, or of a change of it, whose texts everybody can bear.

    Raises:
        Refusal: It is no JSON object.
        UnacceptableText: A text of it has a control character.
    """
    body = await json_body(request)
    require_plain_text(body)
    return body


class ControlRoutes(Routes):
    """Handlers of the control API."""

    def routes(self) -> list[Route]:
        """Return the control API's routes."""
        one = "/sandbox/organizations/{organization}"
        return [
            Route("/health", self.health, methods=["GET"]),
            Route("/sandbox/organizations", self.create, methods=["POST"]),
            Route("/sandbox/organizations", self.organizations, methods=["GET"]),
            Route(f"{one}/users", self.users, methods=["GET"]),
            Route(f"{one}/edits", self.edit, methods=["POST"]),
            Route(f"{one}/quota", self.quota, methods=["GET"]),
            Route(f"{one}/faults", self.plant_faults, methods=["PUT", "DELETE"]),
            Route(f"{one}/faults", self.faults, methods=["GET"]),
            Route("/sandbox/faults", self.plant_faults, methods=["PUT", "DELETE"]),
            Route("/sandbox/faults", self.faults, methods=["GET"]),
            Route("/sandbox/settings", self.change_settings, methods=["POST"]),
            Route("/sandbox/settings", self.settings, methods=["GET"]),
            Route("/sandbox/referee", self.referee, methods=["GET"]),
        ]

    async def health(self, _request: Request) -> Response:
        """Tell that the server answers."""
        return json_answer({"status": "ok"})

    async def create(self, request: Request) -> Response:
        """Make an organization from a seed; the same request again answers the one that is there."""
        body = await _world_body(request)
        wanted = read_body(OrganizationRequest, body)
        plan, organization_id = price_book_plan(self._sandbox.plans, wanted.plan_id), wanted.organization_id
        earlier = self._sandbox.organizations.get(organization_id)
        if earlier is not None:
            if earlier.request != body:
                text = f"Organization {organization_id} exists already, made by another request."
                raise Refusal(HTTP_CONFLICT, "ORGANIZATION_EXISTS", text)
            return json_answer(_organization_view(earlier), HTTP_OK)
        facts = organization_record(wanted, plan, self._sandbox.plans, self._sandbox.now())
        self._sandbox.commit(
            "organization", organization_id=organization_id, actor="seed", request=body, **facts
        )
        return json_answer(_organization_view(self._sandbox.organizations[organization_id]), HTTP_CREATED)

    async def organizations(self, _request: Request) -> Response:
        """List the organizations."""
        views = [_organization_view(one) for one in self._sandbox.organizations.values()]
        return json_answer({"organizations": views})

    async def users(self, request: Request) -> Response:
        """Show every user with licenses and settings."""
        organization = self._find(request.path_params["organization"])
        fields = selected_fields(_USER_FIELDS)
        plans = plan_views(self._sandbox, organization)
        users = [user_view(organization.users[user_id], fields, plans) for user_id in organization.user_order]
        return json_answer({"users": users})

    async def edit(self, request: Request) -> Response:
        """Plant edits by hand: one, or a list of them under `edits`, each a record of actor `hand`."""
        organization = self._find(request.path_params["organization"])
        body = await _world_body(request)
        wanted = {"": body}
        if "edits" in body:
            wanted = {f"edits[{number}]": one for number, one in enumerate(read_body(_Edits, body).edits)}
        applied = []
        for at, document in wanted.items():
            edit = plan_edit(organization, document, self._sandbox, at)
            record = self._sandbox.commit(
                "edit", organization_id=organization.organization_id, actor="hand", edit=edit
            )
            applied.append({"kind": edit["kind"], "at": record["at"], "user_id": edit.get("user_id")})
        return json_answer({"edits": applied}, HTTP_CREATED)

    async def faults(self, request: Request) -> Response:
        """Show the fault program in force, and how often each of its faults has come."""
        return json_answer(self._sandbox.faults.view(self._owner(request)))

    async def plant_faults(self, request: Request) -> Response:
        """Put a fault program in force, or end it (DELETE); one that is not understood changes nothing."""
        owner = self._owner(request)
        program = parse_program(await _world_body(request)) if request.method == "PUT" else None
        if owner and program is not None and program.settings:
            raise invalid("settings are for everybody; a program of one organization has none.")
        self._sandbox.install(program, owner)
        return json_answer(self._sandbox.faults.view(owner))

    def _owner(self, request: Request) -> str:
        """Return the organization of a path, "" where it names none."""
        named = request.path_params.get("organization")
        return "" if named is None else self._find(named).organization_id

    async def quota(self, request: Request) -> Response:
        """Count the writes since the start that were allowed and throttled, and those that are left."""
        now, speed = self._sandbox.now(), self._sandbox.settings.quota_speed
        quota = quota_of(self._sandbox, self._find(request.path_params["organization"]), now)
        return json_answer({"at": iso(now)} | quota.counts(now, speed))

    async def settings(self, _request: Request) -> Response:
        """Show the settings."""
        return json_answer(self._sandbox.settings.model_dump())

    async def change_settings(self, request: Request) -> Response:
        """Change some settings; the others stay."""
        body = await _world_body(request)
        read_body(Settings, body)
        self._sandbox.commit("settings", settings=self._sandbox.settings.model_dump() | body)
        return json_answer(self._sandbox.settings.model_dump())

    async def referee(self, request: Request) -> Response:
        """Judge from the journal what the users of one organization, or of all, went through."""
        organization_id = request.query_params.get("organization_id")
        chosen = [self._find(organization_id)] if organization_id else self._sandbox.organizations.values()
        for organization in chosen:
            renew_due(self._sandbox, organization)
        only = organization_id.lower() if organization_id else None
        now = self._sandbox.now()
        verdict = await run_in_threadpool(judge, self._sandbox.journal.path, self._sandbox.plans, now, only)
        return json_answer(verdict)

    def _find(self, organization_id: str) -> Organization:
        organization = self._sandbox.organizations.get(organization_id.lower())
        if organization is None:
            text = f"There is no organization {organization_id} here."
            raise Refusal(HTTP_NOT_FOUND, "UNKNOWN_ORGANIZATION", text)
        settle_groups(self._sandbox, organization)
        return organization


def _organization_view(organization: Organization) -> Json:
    primary = next(one for one in organization.subscriptions.values() if one.role == "primary")
    billing = primary.billing or {}
    return {
        "organization_id": organization.organization_id,
        "subscription_id": primary.subscription_id,
        "display_name": organization.profile["display_name"],
        "plan_id": primary.plan_id,
        "users": len(organization.users),
        "quantity": primary.quantity,
        "currency": primary.currency,
        "time_zone": organization.profile["time_zone"],
        "billing_cycle": primary.billing_cycle,
        "unit_price_minor_units": primary.unit_price_minor_units,
        "period_start_on": billing.get("period_start_on"),
        "period_end_on": billing.get("period_end_on"),
        "paid_minor_units": billing.get("paid_minor_units"),
        "subscription_ids": list(organization.subscriptions),
        "token": f"sandbox-{organization.organization_id}",
    }
