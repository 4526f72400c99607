"""The control API: makes organizations, plants edits, changes settings and asks the referee."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from domain.kernel.errors import InvalidInput, UnacceptableText
from domain.text.plain_text import require_plain_text
from sandbox.billing.billing import read_integer, renew_due
from sandbox.billing.profiles import check_profile
from sandbox.cloud.answers import (
    HTTP_CONFLICT,
    HTTP_CREATED,
    HTTP_NOT_FOUND,
    HTTP_OK,
    Refusal,
    json_answer,
    json_body,
)
from sandbox.cloud.bounds import QUANTITY_MAX, day_of, integer_of, invalid, wrong
from sandbox.cloud.group_work import settle_groups
from sandbox.cloud.state import SANDBOX_NAMESPACE, Sandbox, named_id
from sandbox.control.edits import plan_edit
from sandbox.control.planted_faults import check_faults
from sandbox.directory.graph_calls import quota_of
from sandbox.directory.plan_views import plan_views
from sandbox.directory.user_views import selected_fields, user_view
from sandbox.faults.fault_program import parse_program
from sandbox.faults.fault_settings import SETTING_WORDS, allowed_setting, is_allowed
from sandbox.kernel.clock import iso
from sandbox.kernel.model import Json, Organization
from sandbox.kernel.plans import SandboxPlan
from sandbox.organizations.organizations import (
    OPTION_OBJECTS,
    OPTION_WORDS,
    PLACES,
    Options,
    OrganizationRequest,
    organization_record,
)
from sandbox.referee.referee import judge

USERS_LIMIT = 500_000
EDITS_LIMIT = 1_000
_USER_FIELDS = (
    "id,displayName,userPrincipalName,department,accountEnabled,usageLocation,licenseAssignmentStates"
)
_REQUEST_FIELDS = frozenset(
    [
        "seed",
        "users",
        "plan_id",
        "organization_id",
        "display_name",
        "currency",
        "billing_cycle",
        "period_start_on",
        "options",
    ]
)


async def _world_body(request: Request) -> Json:
    """Return a description of the world, or of a change of it, whose texts everybody can bear.

    Raises:
        Refusal: It is no JSON object, or a text of it has a control character.
    """
    body = await json_body(request)
    try:
        require_plain_text(body)
    except UnacceptableText as error:
        raise invalid(error.message) from error
    return body


class ControlRoutes:
    """Handlers of the control API."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

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
        wanted = self._read(body)
        found = self._sandbox.organizations.get(wanted.organization_id)
        if found is not None:
            if found.request != body:
                text = f"Organization {wanted.organization_id} exists already, made by another request."
                raise Refusal(HTTP_CONFLICT, "ORGANIZATION_EXISTS", text)
            return json_answer(_organization_view(found), HTTP_OK)
        facts = organization_record(wanted, self._sandbox.plans, self._sandbox.now())
        self._sandbox.commit(
            "organization", organization_id=wanted.organization_id, actor="seed", request=body, **facts
        )
        return json_answer(
            _organization_view(self._sandbox.organizations[wanted.organization_id]), HTTP_CREATED
        )

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
        edits = body.get("edits", [body])
        if not isinstance(edits, list) or len(edits) > EDITS_LIMIT:
            raise invalid(f"edits must be a list of at most {EDITS_LIMIT} edits.")
        applied = []
        for wanted in edits:
            edit = plan_edit(organization, wanted, self._sandbox)
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
        try:
            program = parse_program(await _world_body(request)) if request.method == "PUT" else None
        except InvalidInput as error:
            raise invalid(error.message) from error
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
        return json_answer(dataclasses.asdict(self._sandbox.settings))

    async def change_settings(self, request: Request) -> Response:
        """Change some settings; the others stay."""
        body = await _world_body(request)
        current = dataclasses.asdict(self._sandbox.settings)
        if unknown := sorted(set(body) - set(current)):
            raise invalid(f"{unknown[0]} is no setting; there are: {', '.join(current)}.")
        for name, value in body.items():
            _check_setting(name, value, current[name])
        self._sandbox.commit("settings", settings=current | body)
        return json_answer(dataclasses.asdict(self._sandbox.settings))

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

    def _read(self, body: Json) -> OrganizationRequest:
        if unknown := sorted(set(body) - _REQUEST_FIELDS):
            raise invalid(f"{unknown[0]} is no field; there are: {', '.join(sorted(_REQUEST_FIELDS))}.")
        seed = read_integer(body, "seed")
        users = read_integer(body, "users", minimum=1, maximum=USERS_LIMIT)
        currency, cycle = body.get("currency", "EUR"), body.get("billing_cycle", "monthly")
        if currency not in PLACES or cycle not in {"monthly", "annual"}:
            raise invalid(f"currency must be one of {', '.join(PLACES)}, billing_cycle monthly or annual.")
        return OrganizationRequest(
            organization_id=_organization_id(body.get("organization_id"), seed),
            seed=seed,
            users=users,
            plan=self._plan(body.get("plan_id")),
            currency=currency,
            billing_cycle=cycle,
            display_name=body.get("display_name"),
            period_start_on=_optional_date(body.get("period_start_on")),
            options=_options(body.get("options", {})),
        )

    def _plan(self, plan_id: Any) -> SandboxPlan:
        plan = self._sandbox.plans.get(str(plan_id).lower())
        if plan is None:
            raise Refusal(HTTP_NOT_FOUND, "UNKNOWN_PLAN", f"There is no plan {plan_id}.")
        return plan


def _organization_id(value: Any, seed: int) -> str:
    if value is None:
        return named_id(str(SANDBOX_NAMESPACE), f"organization:{seed}")
    try:
        return str(UUID(value))
    except (AttributeError, TypeError, ValueError) as error:
        raise invalid("organization_id must be a GUID.") from error


def _optional_date(value: Any) -> date | None:
    return None if value is None else day_of(value, "period_start_on")


def _options(value: Any) -> Options:
    defaults = {one.name: one.default for one in dataclasses.fields(Options)}
    if not isinstance(value, dict) or set(value) - set(defaults):
        raise invalid(f"options must be an object with fields out of: {', '.join(defaults)}.")
    for name, given in value.items():
        allowed = OPTION_WORDS.get(name)
        if allowed is not None and given not in allowed:
            raise invalid(f"options.{name} must be one of {', '.join(sorted(allowed))}.")
        if name not in OPTION_OBJECTS and allowed is None and type(given) is not type(defaults[name]):
            raise invalid(f"options.{name} must be like {defaults[name]!r}.")
    check_profile(value.get("profile", {}))
    if value.get("quantity") is not None:
        integer_of(value["quantity"], "options.quantity", minimum=1, maximum=QUANTITY_MAX)
    return Options(**value)


def _check_setting(name: str, value: Any, current: Any) -> None:
    if name == "faults":
        check_faults(value)
        return
    if name in SETTING_WORDS and value not in SETTING_WORDS[name]:
        raise invalid(f"{name} must be one of {', '.join(SETTING_WORDS[name])}.")
    if isinstance(current, str) and isinstance(value, str):
        return
    if not is_allowed(name, value):
        raise wrong(name, value, allowed_setting(name))


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
