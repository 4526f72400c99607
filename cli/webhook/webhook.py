"""`planswitch webhook`: where recorded events are sent, and what became of each (docs/webhooks.md)."""

from __future__ import annotations

import time
from functools import partial
from typing import Annotated

import typer

from cli.base.client import ConsoleClient, Fields, Operation, console_client, send
from cli.base.options import Dispatch, OptionalReason, Reason, Yes, grouped, require_yes
from cli.text import answers
from cli.text.output import JsonOption, counted, note, print_json, print_lines, wrapped
from cli.webhook import webhook_text
from client.api import webhooks as webhooks_api
from client.models.delivery_state import DeliveryState
from domain.kernel.errors import InvalidInput

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Send recorded events to other systems, signed."
)
Webhook = Annotated[str, typer.Argument(help="Id of the webhook, or its first characters.")]
Types = Annotated[
    list[str] | None,
    typer.Option("--type", metavar="TYPE", help="Type of events it gets; may be repeated. Default: all."),
]
Organizations = Annotated[
    list[str] | None,
    typer.Option(
        "--organization", metavar="ID", help="Organization it hears of; may be repeated. Default: all."
    ),
]
Description = Annotated[str | None, typer.Option(help="What it is for.")]
#: `test` waits so long for the first attempt, and looks this often.
_TEST_SECONDS, _LOOK_SECONDS = 30.0, 0.5
_UNDER_WAY = frozenset({"waiting", "sending"})
#: Exit code where a test was not delivered.
_NOT_DELIVERED = 8


@app.callback()
def webhook() -> None:
    """Send recorded events to other systems, signed."""


@app.command("list")
def list_webhooks(as_json: JsonOption = False) -> None:
    """List the webhooks, and what waits for each."""
    with console_client() as console:
        answer = console.ask(answers.webhooks.WebhookList, webhooks_api.list_webhooks.request())
    print_json(answer) if as_json else print_lines(webhook_text.list_lines(answer))


@app.command()
def types(as_json: JsonOption = False) -> None:
    """List the types of events, and the fields of each."""
    with console_client() as console:
        answer = console.ask(answers.webhooks.WebhookTypes, webhooks_api.list_types.request())
    print_json(answer) if as_json else print_lines(webhook_text.type_lines(answer))


@app.command()
def show(webhook: Webhook, as_json: JsonOption = False) -> None:
    """Show a webhook and what was done with it."""
    with console_client() as console:
        answer = console.ask(answers.webhooks.WebhookShown, webhooks_api.show_webhook.request(webhook))
    print_json(answer) if as_json else print_lines(webhook_text.shown_lines(answer))


@app.command()
@grouped
def create(
    *,
    url: Annotated[str, typer.Argument(help="Where events are sent: https://…")],
    types: Types = None,
    organizations: Organizations = None,
    description: Description = None,
    reason: Reason,
    dispatch: Dispatch,
) -> None:
    """Make a webhook, and show its secret this once."""
    body = {
        "url": url,
        "event_types": types or [],
        "organizations": organizations or [],
        "description": description or "",
        "reason": reason,
    }
    with console_client() as console:
        kind = answers.webhooks.WebhookSecret
        operation = webhooks_api.create_webhook.request
        answer = send(kind, console, operation, body, request_id=dispatch.request_id)
    print_json(answer) if dispatch.as_json else print_lines(webhook_text.secret_lines(answer))


@app.command()
@grouped
def change(
    *,
    webhook: Webhook,
    url: Annotated[str | None, typer.Option(help="Where events are sent.")] = None,
    types: Types = None,
    all_types: Annotated[bool, typer.Option("--all-types", help="It gets every type.")] = False,
    organizations: Organizations = None,
    all_organizations: Annotated[
        bool, typer.Option("--all-organizations", help="It hears of every organization.")
    ] = False,
    description: Description = None,
    reason: Reason,
    dispatch: Dispatch,
) -> None:
    """Change a webhook, for events that are recorded from now on."""
    for many, has_all, name in (
        (types, all_types, "type"),
        (organizations, all_organizations, "organization"),
    ):
        if many and has_all:
            raise InvalidInput(
                field=f"--{name}", value=", ".join(many), allowed=f"either --{name} or --all-{name}s"
            )
    body = {
        "url": url,
        "event_types": [] if all_types else types,
        "organizations": [] if all_organizations else organizations,
        "description": description,
        "reason": reason,
    }
    _changed(partial(webhooks_api.change_webhook.request, webhook), body, dispatch)


@app.command()
@grouped
def enable(*, webhook: Webhook, reason: Reason, dispatch: Dispatch) -> None:
    """Let a webhook go on where it stood."""
    _changed(partial(webhooks_api.enable_webhook.request, webhook), {"reason": reason}, dispatch)


@app.command()
@grouped
def disable(*, webhook: Webhook, reason: Reason, dispatch: Dispatch) -> None:
    """Send nothing more to a webhook; its events wait."""
    _changed(partial(webhooks_api.disable_webhook.request, webhook), {"reason": reason}, dispatch)


@app.command()
@grouped
def remove(*, webhook: Webhook, reason: Reason, yes: Yes = False, dispatch: Dispatch) -> None:
    """Remove a webhook for good; what waits for it is dropped."""
    require_yes(f"Remove webhook {webhook} for good?", is_sure=yes)
    operation = partial(webhooks_api.remove_webhook.request, webhook)
    with console_client() as console:
        kind = answers.webhooks.WebhookRemoved
        answer = send(kind, console, operation, {"reason": reason}, request_id=dispatch.request_id)
    if dispatch.as_json:
        print_json(answer)
    else:
        gone = counted(answer.dropped, "delivery") if answer.dropped == 1 else f"{answer.dropped} deliveries"
        note(f"Webhook {answer.webhook_id} is removed; {gone} dropped.")


@app.command()
@grouped
def secret(
    *,
    webhook: Webhook,
    overlap_hours: Annotated[
        int, typer.Option(min=0, help="Hours for which the old secret signs too; 0 ends it at once.")
    ] = 24,
    reason: Reason,
    dispatch: Dispatch,
) -> None:
    """Make a new secret, and show it this once."""
    body = {"overlap_hours": overlap_hours, "reason": reason}
    operation = partial(webhooks_api.roll_secret.request, webhook)
    with console_client() as console:
        kind = answers.webhooks.WebhookSecret
        answer = send(kind, console, operation, body, request_id=dispatch.request_id)
    print_json(answer) if dispatch.as_json else print_lines(webhook_text.secret_lines(answer))


@app.command("test")
@grouped
def try_out(*, webhook: Webhook, reason: OptionalReason = "", dispatch: Dispatch) -> None:
    """Send a test, and tell what the receiver answered."""
    operation = partial(webhooks_api.test_webhook.request, webhook)
    with console_client() as console:
        kind = answers.webhooks.WebhookTested
        sent = send(kind, console, operation, {"reason": reason}, request_id=dispatch.request_id)
        answer = _tried(console, sent.webhook_id, sent.delivery_id)
    print_json(answer) if dispatch.as_json else print_lines(webhook_text.delivery_lines(answer))
    if answer.delivery.state != "delivered":
        raise typer.Exit(_NOT_DELIVERED)


@app.command()
def deliveries(
    *,
    webhook: Webhook,
    delivery: Annotated[int | None, typer.Argument(min=1, help="One of them, with every attempt.")] = None,
    state: Annotated[
        DeliveryState | None, typer.Option(help="Only: waiting, sending, delivered, failed or dropped.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many are listed.")] = 20,
    before: Annotated[int | None, typer.Option(min=1, help="Only those with a smaller number.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List the deliveries of a webhook, the newest first, or show one."""
    with console_client() as console:
        if delivery is not None:
            shown = _delivery(console, webhook, delivery)
            print_json(shown) if as_json else print_lines(webhook_text.delivery_lines(shown))
            return
        request = webhooks_api.list_deliveries.request(webhook, state=state, limit=limit, before=before)
        answer = console.ask(answers.webhooks.DeliveryList, request)
    print_json(answer) if as_json else print_lines(webhook_text.deliveries_lines(answer))


@app.command()
@grouped
def replay(
    *,
    webhook: Webhook,
    delivery: Annotated[int | None, typer.Option(min=1, help="One delivery.")] = None,
    since: Annotated[str | None, typer.Option(help="Those made from this instant on.")] = None,
    until: Annotated[str | None, typer.Option(help="And before this one.")] = None,
    failed: Annotated[bool, typer.Option("--failed", help="Only what was never delivered.")] = False,
    reason: Reason,
    dispatch: Dispatch,
) -> None:
    """Send one delivery again, or those of a range, under the ids that they have."""
    body = {
        "delivery_id": delivery,
        "since": since,
        "until": until,
        "only_failed": failed,
        "reason": reason,
    }
    operation = partial(webhooks_api.replay_deliveries.request, webhook)
    with console_client() as console:
        kind = answers.webhooks.WebhookReplayed
        answer = send(kind, console, operation, body, request_id=dispatch.request_id)
    if dispatch.as_json:
        print_json(answer)
    else:
        what = "1 delivery is" if answer.count == 1 else f"{answer.count} deliveries are"
        print_lines(wrapped(f"{what} sent again: planswitch webhook deliveries {answer.webhook_id[:8]}", 0))


def _changed(operation: Operation, body: Fields, dispatch: Dispatch) -> None:
    with console_client() as console:
        kind = answers.webhooks.WebhookAnswer
        answer = send(kind, console, operation, body, request_id=dispatch.request_id)
    print_json(answer) if dispatch.as_json else print_lines(webhook_text.webhook_lines(answer))


def _delivery(console: ConsoleClient, webhook: str, delivery: int) -> answers.webhooks.DeliveryShown:
    request = webhooks_api.show_delivery.request(webhook, delivery)
    return console.ask(answers.webhooks.DeliveryShown, request)


def _tried(console: ConsoleClient, webhook: str, delivery: int) -> answers.webhooks.DeliveryShown:
    """Return a delivery after its first attempt, or as it stands when nobody has tried for long."""
    until = time.monotonic() + _TEST_SECONDS
    shown = _delivery(console, webhook, delivery)
    while not shown.attempts and shown.delivery.state in _UNDER_WAY and time.monotonic() < until:
        time.sleep(_LOOK_SECONDS)
        shown = _delivery(console, webhook, delivery)
    return shown
