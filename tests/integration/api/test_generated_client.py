"""Kind of fault: a client written from the document that can't read what the console answers."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import httpx2

from cli.base.client import path_of
from client.api import audit, catalog, checkouts, controls, products, schedules, switches, system, users
from client.client import Request
from client.models.problem import Problem
from console.models.base import respelled
from tests.support.consoles.console_world import ConsoleWorld, start_body


async def _asked(console: ConsoleWorld, request: Request) -> httpx2.Response:
    """Send a request of the client by an HTTP library."""
    if request.body is not None:
        return await console.post(path_of(request), dict(request.body))
    return await console.get(path_of(request), **request.params)


async def test_every_answer_is_read_without_loss(console: ConsoleWorld) -> None:
    """The client's models have what the console sends, and give it back as it came (ADR 48)."""
    organization = await console.organization(users=4)
    own, body = organization["organization_id"], start_body(organization)
    quoted = switches.make_quote.request(body={"organization_id": own, "target_plan": "E3"})
    started = (await console.post("/api/v1/switches", body)).json()["switch_id"]
    await console.ended(started)
    asked: list[tuple[ModuleType, Request]] = [
        (switches.make_quote, quoted),
        (switches.start_switch, switches.start_switch.request(body={**body, "request_id": "again"})),
        (switches.list_switches, switches.list_switches.request(limit=5, organization=own)),
        (switches.show_timeline, switches.show_timeline.request(started)),
        (switches.show_state, switches.show_state.request(started, at_version=1)),
        (switches.show_switch, switches.show_switch.request("ffffffff")),
        *(
            (each, each.request(started))
            for each in (
                audit.explain_switch,
                audit.show_plan_and_actual,
                controls.list_commands,
                switches.show_audit,
                switches.show_history,
                switches.show_service_settings,
                switches.show_switch,
                users.list_refusals,
                users.list_users,
            )
        ),
        (catalog.list_plans, catalog.list_plans.request(q="E3")),
        (catalog.list_versions, catalog.list_versions.request()),
        (catalog.list_subscriptions, catalog.list_subscriptions.request(own)),
        (checkouts.list_checkouts, checkouts.list_checkouts.request()),
        (products.list_products, products.list_products.request(own)),
        (schedules.list_schedules, schedules.list_schedules.request()),
        (system.list_projections, system.list_projections.request()),
        (system.show_health, system.show_health.request()),
    ]
    refused = 0
    for operation, request in asked:
        answer = await _asked(console, request)
        model: Any = operation.parse(answer)
        refused += isinstance(model, Problem)

        assert respelled(model.to_dict()) == respelled(answer.json()), request.path

    assert refused == 2
