"""`planswitch switch`: ask, start, look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from cli.base.api_paths import api_path
from cli.base.client import ConsoleClient, console_client
from cli.base.confirming import require_yes
from cli.base.reasons import OptionalReason
from cli.base.sending import send
from cli.switch import amend, controls, plan_text
from cli.switch import switch_text as text
from cli.switch.progress import follow, progress_display
from cli.switch.recovery import trouble, workflow_of
from cli.switch.refusal_text import all_refusals, unresolved
from cli.switch.refusal_text import refusals as refusal_lines
from cli.switch.switch_board import board, board_end
from cli.switch.waiting import MaxTotal, On, Until, WaitEligible, accepted, wait_fields
from cli.switch.waiting import app as wait_app
from cli.text.drift_text import drift_lines
from cli.text.output import JsonOption, note, print_json, print_lines
from cli.text.wait_text import attention
from domain.kernel.errors import InvalidInput
from domain.licenses.pilot import require_soaked_pilot
from domain.switch.stage import Stage
from projections.board.stages import GROUPS, STAGES

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Quote, start and follow switches.")

#: Every word that `--stage` takes.
STAGE_HELP = f"Only this stage: {', '.join(STAGES)}; or several: {', '.join(GROUPS)}."
app.add_typer(wait_app, name="wait")
controls.register(app)
amend.register(app)

#: Exit code of a switch that ended, but not as completed (docs/cli.md).
NOT_COMPLETED = 4
DRIFT_FOUND = "subscription.drift-found"

Organization = Annotated[str, typer.Argument(help="Directory id of the organization.")]
Switch = Annotated[str, typer.Argument(help="Id of the switch, or its first 8 characters.")]
To = Annotated[str, typer.Option("--to", help="Plan to switch to, such as E3.")]
Subscription = Annotated[
    str | None, typer.Option(help="Subscription to leave; needed when several plans are active.")
]
Quantity = Annotated[int | None, typer.Option(min=1, help="Licenses to order; default: as many as now.")]
Payment = Annotated[str, typer.Option(help="card or invoice; an invoice may need a credit check.")]
Settings = Annotated[str, typer.Option(help="Services that users switched off: keep or grant_all.")]
RuleSet = Annotated[str, typer.Option(help="2014, 2020, current, or demo (waits of seconds).")]
Policy = Annotated[str, typer.Option(help="Proration: per_day, fixed_30, kill_bill or vendor_day.")]
AcceptForfeiture = Annotated[
    bool, typer.Option("--accept-forfeiture", help="Accept the loss of prepaid value that the quote shows.")
]
Acknowledge = Annotated[list[str] | None, typer.Option(help="Warning that you confirm; may be repeated.")]
AutoRenew = Annotated[str, typer.Option(help="The new plan renews: keep (as the old one), on or off.")]
Pilot = Annotated[int, typer.Option(min=0, help="Users who move first; then it waits for `resume`.")]
PilotGroup = Annotated[
    str, typer.Option(help="Id of a directory group whose members move first, instead of --pilot.")
]
PilotSoak = Annotated[
    int, typer.Option(min=0, help="Seconds after which it goes on by itself if all of the pilot moved.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@app.command()
def targets(
    organization: Organization,
    subscription: Subscription = None,
    rule_set: RuleSet = "current",
    as_json: JsonOption = False,
) -> None:
    """List the plans to switch to, and what blocks each."""
    with console_client() as console:
        chosen = subscription or _only_subscription(console, organization)
        path = api_path("organizations", organization, "subscriptions", chosen, "targets")
        answer = console.get(path, rule_set=rule_set)
    print_json(answer) if as_json else print_lines(text.targets(answer))


@app.command("quote")
def make_quote(
    *,
    organization: Organization,
    to: To,
    subscription: Subscription = None,
    quantity: Quantity = None,
    payment_method: Payment = "card",
    service_settings: Settings = "",
    rule_set: RuleSet = "current",
    policy: Policy = "per_day",
    acknowledge: Acknowledge = None,
    auto_renew: AutoRenew = "keep",
    on: On = None,
    pilot: Pilot = 0,
    pilot_group: PilotGroup = "",
    as_json: JsonOption = False,
) -> None:
    """Show what a switch would cost on each day, and whether it is allowed; order nothing."""
    body = _body(
        organization=organization,
        to=to,
        subscription=subscription,
        quantity=quantity,
        payment_method=payment_method,
        service_settings=service_settings,
        rule_set=rule_set,
        policy=policy,
        acknowledge=acknowledge,
    )
    body |= {"start_on": on, "auto_renew": auto_renew} | _first(pilot, pilot_group)
    with console_client() as console:
        answer = console.post("/api/quotes", body)
    print_json(answer) if as_json else print_lines([*text.quote(answer), *plan_text.plan(answer)])


@app.command()
def start(
    *,
    organization: Organization,
    to: To,
    subscription: Subscription = None,
    quantity: Quantity = None,
    payment_method: Payment = "card",
    service_settings: Settings = "",
    rule_set: RuleSet = "current",
    policy: Policy = "per_day",
    acknowledge: Acknowledge = None,
    auto_renew: AutoRenew = "keep",
    accept_forfeiture: AcceptForfeiture = False,
    quote: Annotated[str | None, typer.Option(help="Digest of the quote that you accept.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Accept today's quote without asking.")] = False,
    reason: OptionalReason = "",
    request_id: Annotated[str | None, typer.Option(help="The same id is one switch, ever.")] = None,
    wait: Annotated[bool, typer.Option(help="Follow it to its end.")] = False,
    wait_eligible: WaitEligible = False,
    until: Until = None,
    max_total: MaxTotal = None,
    on: On = None,
    pilot: Pilot = 0,
    pilot_group: PilotGroup = "",
    pilot_soak: PilotSoak = 0,
    as_json: JsonOption = False,
) -> None:
    """Start a switch by an accepted quote."""
    body = _body(
        organization=organization,
        to=to,
        subscription=subscription,
        quantity=quantity,
        payment_method=payment_method,
        service_settings=service_settings,
        rule_set=rule_set,
        policy=policy,
        acknowledge=acknowledge,
    )
    require_soaked_pilot(pilot, pilot_group, pilot_soak)
    body |= {"accept_forfeiture": accept_forfeiture, "auto_renew": auto_renew} | _first(pilot, pilot_group)
    body |= wait_fields(is_waiting=wait_eligible, until=until, max_total=max_total, on=on)
    with console_client() as console:
        body["quote_digest"] = _accepted(console, body, is_sure=yes) if quote is None else quote
        body |= {"reason": reason, "pilot_soak_seconds": pilot_soak}
        answer = send(console, "/api/switches", body, request_id=request_id)
        _see(console, answer, is_followed=wait)
    print_json(answer) if as_json else print_lines(text.started(answer))
    if wait:
        _exit_by(answer["switch"])


@app.command("list")
def list_switches(
    stage: Annotated[str | None, typer.Option(help=STAGE_HELP)] = None,
    organization: Annotated[str | None, typer.Option(help="Only this organization: its id.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="Switches of one page.")] = 20,
    after: Annotated[str | None, typer.Option(help="Last switch of the previous page.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List switches, the newest first."""
    filters = {"stage": stage, "organization": organization}
    with console_client() as console:
        answer = console.get("/api/switches", **filters, limit=limit, after=after)
    if as_json:
        print_json(answer)
        return
    print_lines([*board(answer["switches"]), *attention(answer["attention"])])
    for line in board_end(answer, filters, is_first=after is None):
        note(line)


@app.command()
def show(switch: Switch, as_json: JsonOption = False) -> None:
    """Show one switch: where it stands and what it waits for."""
    with console_client() as console:
        row = console.get(api_path("switches", switch))
        events = events_of(console, row["switch_id"])
        own = ("switches", row["switch_id"])
        users = console.get(api_path(*own, "unresolved"))["users"] if row["failed"] else []
        is_drifted = any(each["event"] == DRIFT_FOUND for each in events)
        drift = console.get(api_path(*own, "drift"))["drift"] if is_drifted else None
        refusals = all_refusals(console, api_path(*own, "refusals"))
        workflow = workflow_of(console, row)
    found = {"unresolved": users, "refusals": refusals, "drift": drift, "events": events}
    whole = {**row, "workflow": workflow, **found}
    told = [
        *trouble(workflow),
        *unresolved(users),
        *refusal_lines(refusals),
        *drift_lines(drift, row["switch_id"]),
    ]
    lines = [*text.switch(row, events), *told]
    print_json(whole) if as_json else print_lines(lines)


@app.command()
def watch(switch: Switch, as_json: JsonOption = False) -> None:
    """Follow a switch until it has ended."""
    with console_client() as console:
        row = console.get(api_path("switches", switch))
        last = _followed(console, row["switch_id"])
    print_json(last) if as_json else print_lines(text.switch(last, []))
    _exit_by(last)


def _see(console: ConsoleClient, answer: dict[str, Any], *, is_followed: bool) -> None:
    """Follow a switch that was accepted to its end, or note why it is not shown yet."""
    if is_followed:
        answer["switch"] = _followed(console, answer["switch_id"])
    elif answer["switch"] is None:
        note("It was accepted, and is not shown yet.")
        console.tell_missing()


def events_of(console: ConsoleClient, switch_id: str) -> list[dict[str, Any]]:
    """Return all events of a switch: those who look at it want the newest, which are on the last page."""
    events: list[dict[str, Any]] = []
    after = 0
    while page := console.get(api_path("switches", switch_id, "timeline"), after=after)["events"]:
        events += page
        after = int(page[-1]["position"])
    return events


def _first(pilot: int, pilot_group: str) -> dict[str, Any]:
    """Return who moves first."""
    return {"pilot": pilot, "pilot_group_id": pilot_group}


def _body(
    *,
    organization: str,
    to: str,
    subscription: str | None,
    quantity: int | None,
    payment_method: str,
    service_settings: str,
    rule_set: str,
    policy: str,
    acknowledge: list[str] | None,
) -> dict[str, Any]:
    return {
        "organization_id": organization,
        "source_subscription_id": subscription,
        "target_plan": to,
        "quantity": quantity,
        "payment_method": payment_method,
        "service_settings": service_settings,
        "rule_set": rule_set,
        "policy": policy,
        "acknowledgments": acknowledge or [],
    }


def _accepted(console: ConsoleClient, body: dict[str, Any], *, is_sure: bool) -> str:
    """Show the quote and return its digest once the person, or `--yes`, accepts it."""
    answer = console.post("/api/quotes", body)
    digest = str(answer["quote"]["digest"])
    if not (answer["assessment"]["eligible"]["automatic"] or answer["wait"]):
        # The start refuses with every reason; there is nothing to accept.
        return digest
    for line in [*text.quote(answer), *plan_text.plan(answer), *accepted(answer["wait"])]:
        note(line)
    question = "Start the switch by this quote?"
    require_yes(question, is_sure=is_sure, instead="--quote with the digest shown above")
    return digest


def _only_subscription(console: ConsoleClient, organization: str) -> str:
    """Return the only active plan of an organization; of another seller where the connected one has none.

    Raises:
        InvalidInput: There are several, or none.
    """
    listed = console.get(api_path("organizations", organization, "subscriptions"))
    held, others = listed["subscriptions"], listed["sold_elsewhere"]
    active = [each for each in held if each["status"] == "active"]
    if len(active) == 1:
        return str(active[0]["subscription_id"])
    kinds = {plan["plan_id"]: plan["kind"] for plan in console.get("/api/catalog/plans")["plans"]}
    plans, elsewhere = _active_plans(held, kinds), _active_plans(others, kinds)
    if len(plans or elsewhere) == 1:
        return str((plans or elsewhere)[0]["subscription_id"])
    told = [f"{each['subscription_id']} ({each['plan']})" for each in plans or held]
    told += [f"{each['subscription_id']} ({each['plan']}, of another seller)" for each in others]
    shown = "; ".join(told) or "none held"
    raise InvalidInput(field="--subscription", value=None, allowed=f"one of: {shown}")


def _active_plans(held: Sequence[dict[str, Any]], kinds: Mapping[str, str]) -> list[dict[str, Any]]:
    active = (each for each in held if each["status"] == "active")
    return [each for each in active if kinds.get(each["plan_id"], "plan") == "plan"]


def _followed(console: ConsoleClient, switch_id: str) -> dict[str, Any]:
    with progress_display() as display:
        return follow(console, switch_id, display)


def _exit_by(row: dict[str, Any]) -> None:
    if row["outcome"] != Stage.COMPLETED:
        raise typer.Exit(NOT_COMPLETED)
