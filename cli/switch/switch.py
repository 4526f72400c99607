"""`planswitch switch`: ask, start, look; a request may wait until its switch may be (rules#waiting)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.base.client import ConsoleClient, Fields, console_client, send
from cli.base.errors import ApiProblem
from cli.base.options import OptionalReason, Organization, Switch, grouped, require_yes
from cli.switch import amend, back, controls, owned_text, quote_text, steps, user_lists
from cli.switch import switch_text as text
from cli.switch.progress import follow, progress_display
from cli.switch.recovery import trouble, workflow_of
from cli.switch.user_lists import question_of, users_body
from cli.switch.users import all_refusals, drift_lines, unresolved
from cli.switch.users import refusals as refusal_lines
from cli.text import answers
from cli.text.output import JsonOption, as_facts, note, print_json, print_lines
from cli.text.tables import list_end
from client.api import catalog as catalog_api
from client.api import controls as controls_api
from client.api import switches as switches_api
from client.api import users as users_api
from domain.kernel.errors import InvalidInput
from domain.kernel.shown_values import Words
from domain.licenses.pilot import require_soaked_pilot
from domain.reasons.reasons import AUTOMATIC, LICENSES_ONLY
from domain.switch.stage import Stage
from projections.board.stages import GROUPS, STAGES

if TYPE_CHECKING:
    from audit.users.user_outcomes import UnresolvedUser
    from cli.switch.switch_text import Started
    from projections.reads.shown_rows import EventRow

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Quote, start and follow switches.")

#: Every word that `--stage` takes.
STAGE_HELP = f"Only this stage: {', '.join(STAGES)}; or several: {', '.join(GROUPS)}."
app.add_typer(controls.wait_app, name="wait")
controls.register(app)
app.command()(amend.amend)
steps.register(app)
app.command()(back.back)
user_lists.register(app)

#: Exit code of a switch that ended, but not as completed (docs/cli.md).
NOT_COMPLETED = 4
DRIFT_FOUND = "subscription.drift-found"

Subscription = Annotated[
    str | None,
    typer.Option("--subscription", help="Subscription to leave; needed when several plans are active."),
]
RuleSet = Annotated[str, typer.Option(help="2014, 2020, current, or demo (waits of seconds).")]
AcceptForfeiture = Annotated[
    bool, typer.Option("--accept-forfeiture", help="Accept the loss of prepaid value that the quote shows.")
]
_DATE = "a date, such as 2026-12-24"
_UNTIL = "Add --until with the day until which to wait."
WaitEligible = Annotated[
    bool, typer.Option("--wait-eligible", help="Wait until nothing blocks the switch, then start it.")
]
Until = Annotated[
    str | None, typer.Option(help="End of the wait: a date or an instant by the organization's clocks.")
]
On = Annotated[
    str | None,
    typer.Option("--on", help="Start on that day: a date, without-forfeiture or renewal."),
]
MaxTotal = Annotated[
    str | None,
    typer.Option(
        help="Most that the switch may cost after its wait; default: the most that the quote shows."
    ),
]


@dataclass(frozen=True, kw_only=True)
class Question:
    """What `quote` and `start` ask alike, under the names of the API; a default is not sent."""

    organization_id: Annotated[
        str, typer.Argument(metavar="ORGANIZATION", help="Directory id of the organization.")
    ]
    target_plan: Annotated[
        str | None,
        typer.Option("--to", help="Plan to switch to, such as E3; with --licenses-only it is known."),
    ] = None
    source_subscription_id: Subscription = None
    quantity: Annotated[
        int | None, typer.Option(min=1, help="Licenses to order; default: as many as now.")
    ] = None
    payment_method: Annotated[
        str | None,
        typer.Option(help="card or invoice, which may need a credit check; default: as they pay."),
    ] = None
    service_settings: Annotated[
        str | None, typer.Option(help="Services that users switched off: keep or grant_all.")
    ] = None
    rule_set: RuleSet = "current"
    policy: Annotated[
        str,
        typer.Option(help="Proration: per_day, fixed_30, kill_bill, vendor_day; per_second with --at."),
    ] = "per_day"
    acknowledgments: Annotated[
        list[str] | None,
        typer.Option("--acknowledge", help="Warning that you confirm; may be repeated."),
    ] = None
    auto_renew: Annotated[
        str, typer.Option(help="The new plan renews: keep (as the old one), on or off.")
    ] = "keep"
    start_on: On = None
    start_at: Annotated[
        str | None,
        typer.Option("--at", help="Start at that instant, such as 2026-12-24T18:00 by their clocks."),
    ] = None
    quiet_hours: Annotated[
        str | None,
        typer.Option("--quiet-hours", help="Start in this window of each day: 22:00-06:00, or configured."),
    ] = None
    price_tolerance_percent: Annotated[
        str, typer.Option(help="Percent by which it may cost more, after a wait, without a new question.")
    ] = "0"
    mode: Annotated[
        str, typer.Option(help="automatic, or manual: you start each step (`switch next`, `switch step`).")
    ] = "automatic"
    target_subscription_id: Annotated[
        str | None,
        typer.Option(
            "--target-subscription",
            "--to-subscription",
            help="By hand, or licenses only: subscription of the new plan that you own.",
        ),
    ] = None
    licenses_only: Annotated[
        bool,
        typer.Option(
            "--licenses-only",
            help="Move licenses to --to-subscription, bought anywhere; order, cancel and bill nothing.",
        ),
    ] = False
    users_listed: Annotated[
        Path | None,
        typer.Option(
            "--users", help="CSV file: users who move, or the edited preview; by hand where some stay."
        ),
    ] = None
    users_of_group: Annotated[
        str | None, typer.Option("--users-of-group", help="By hand: only members of this directory group.")
    ] = None
    users_of_department: Annotated[
        str | None, typer.Option("--users-of-department", help="By hand: only users of this department.")
    ] = None
    users_with_plan: Annotated[
        str | None, typer.Option("--users-with-plan", help="By hand: only who holds this plan as well.")
    ] = None
    caller: Annotated[
        str | None,
        typer.Option(
            "--as-user", "--caller", help="Directory id of who asks; the directory says which role it has."
        ),
    ] = None
    set_usage_location: Annotated[
        str | None,
        typer.Option(
            "--set-usage-location", help="Country, such as DE, for users who have no usage location."
        ),
    ] = None
    pilot: Annotated[int, typer.Option(min=0, help="Users who move first; then it waits for `resume`.")] = 0
    pilot_group_id: Annotated[
        str | None,
        typer.Option(
            "--pilot-group", help="Id of a directory group whose members move first, instead of --pilot."
        ),
    ] = None
    pilot_soak_seconds: Annotated[
        int,
        typer.Option(
            "--pilot-soak",
            min=0,
            help="Seconds after which it goes on by itself if all of the pilot moved.",
        ),
    ] = 0

    @property
    def way(self) -> str:
        """Return in which way the switch is asked for: automatic, manual or licenses_only."""
        return LICENSES_ONLY if self.licenses_only else self.mode

    @property
    def body(self) -> dict[str, object]:
        """Return the question as the API takes it, also that of a version without some of the options."""
        defaults = {each.name: each.default for each in fields(self) if each.name != "users_listed"}
        options = asdict(self)
        return {name: options[name] for name, default in defaults.items() if options[name] != default}

    def with_users(self, console: ConsoleClient) -> dict[str, object]:
        """Return the question with the users of the file, whose rows the console accepts or refuses."""
        return self.body | users_body(console, self.users_listed, **question_of(asdict(self)))


@app.command()
def targets(
    organization: Organization,
    subscription: Subscription = None,
    rule_set: RuleSet = "current",
    licenses_only: Annotated[
        bool,
        typer.Option("--licenses-only", help="List owned subscriptions to which licenses alone could move."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List the plans to switch to, and what blocks each."""
    with console_client() as console:
        if licenses_only:
            request = catalog_api.list_owned_targets.request(
                organization, rule_set=rule_set, subscription=subscription
            )
            owned = console.ask(answers.catalog.OwnedTargetsAnswer, request)
            rules = "" if rule_set == "current" else rule_set
            print_json(owned) if as_json else print_lines(owned_text.owned_targets(owned, rules))
            return
        chosen = subscription or _only_subscription(console, organization)
        request = catalog_api.list_targets.request(organization, chosen, rule_set=rule_set)
        answer = console.ask(answers.catalog.TargetsAnswer, request)
    print_json(answer) if as_json else print_lines(quote_text.targets(answer))


@app.command("quote")
@grouped
def make_quote(*, question: Question, as_json: JsonOption = False) -> None:
    """Show what a switch would cost on each day, and whether it is allowed; order nothing."""
    with console_client() as console:
        request = switches_api.make_quote.request(body=question.with_users(console))
        answer = console.ask(answers.quotes.QuoteMade, request)
    print_json(answer) if as_json else print_lines(quote_text.quote_and_plan(answer, question.way))


@app.command()
@grouped
def start(
    *,
    question: Question,
    accept_forfeiture: AcceptForfeiture = False,
    quote: Annotated[str | None, typer.Option(help="Digest of the quote that you accept.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Accept today's quote without asking.")] = False,
    reason: OptionalReason = "",
    request_id: Annotated[str | None, typer.Option(help="The same id is one switch, ever.")] = None,
    wait: Annotated[bool, typer.Option(help="Follow it to its end.")] = False,
    wait_eligible: WaitEligible = False,
    until: Until = None,
    max_total: MaxTotal = None,
    as_json: JsonOption = False,
) -> None:
    """Start a switch by an accepted quote."""
    require_soaked_pilot(question)
    times = (question.start_on, question.start_at, question.quiet_hours)
    is_scheduled = any(each is not None for each in times)
    waits = _wait_fields(
        is_waiting=wait_eligible, until=until, max_total=max_total, is_scheduled=is_scheduled
    )
    with console_client() as console:
        body = question.with_users(console) | {"accept_forfeiture": accept_forfeiture} | waits
        if quote is None:
            is_repeatable = request_id is not None and question.licenses_only
            quote = _accepted(console, body, is_sure=yes, is_repeatable=is_repeatable)
        body["quote_digest"] = quote
        body["reason"] = reason
        answer = _started(console, body, request_id, is_followed=wait)
    print_json(answer) if as_json else print_lines(text.started(answer, question.way))
    if wait and answer.switch:
        _exit_by(answer.switch)


@app.command("list")
def list_switches(
    *,
    stage: Annotated[str | None, typer.Option(help=STAGE_HELP)] = None,
    organization: Annotated[
        str | None, typer.Option(help="Only this organization: its id or its name.")
    ] = None,
    subscription: Annotated[
        str | None, typer.Option(help="Only switches from or to this subscription: its id.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="Switches of one page.")] = 20,
    after: Annotated[str | None, typer.Option(help="Last switch of the previous page.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List switches, the newest first."""
    filters = {"stage": stage, "organization": organization, "subscription": subscription}
    with console_client() as console:
        request = switches_api.list_switches.request(
            stage=stage, organization=organization, subscription=subscription, limit=limit, after=after
        )
        answer = console.ask(answers.switches.SwitchList, request)
    if as_json:
        print_json(answer)
        return
    print_lines([*text.board(answer.switches), *text.attention(answer.attention)])
    figures = ", ".join(f"{getattr(answer.counts, name)} {word}" for name, word in text.COUNT_WORDS.items())
    for line in list_end(
        answer,
        command="planswitch switch list",
        noun="switch",
        shown=len(answer.switches),
        filters=filters,
        is_first=after is None,
        start="No switch yet. Start one: planswitch switch start ORGANIZATION --to PLAN",
        figures=f"; {figures}",
    ):
        note(line)


@app.command()
def show(switch: Switch, as_json: JsonOption = False) -> None:
    """Show one switch: where it stands and what it waits for."""
    with console_client() as console:
        row = console.ask(answers.switches.ShownSwitch, switches_api.show_switch.request(switch))
        events = events_of(console, row.switch_id)
        users: tuple[UnresolvedUser, ...] = ()
        if row.failed:
            request = controls_api.show_unresolved.request(row.switch_id)
            users = console.ask(answers.switches.UnresolvedOfSwitch, request).users
        drift = None
        if any(each.event == DRIFT_FOUND for each in events):
            request = users_api.show_drift.request(row.switch_id)
            drift = console.ask(answers.switches.DriftOfSwitch, request).drift
        refusals = all_refusals(console, row.switch_id)
        workflow = workflow_of(console, row)
    extras = {"unresolved": users, "refusals": refusals, "drift": drift, "events": events}
    whole = {**as_facts(row), "workflow": workflow, **extras}
    sections = [
        *trouble(workflow),
        *unresolved(users),
        *refusal_lines(refusals),
        *drift_lines(drift, row.switch_id),
    ]
    lines = [*text.switch(row, events), *sections]
    print_json(whole) if as_json else print_lines(lines)


@app.command()
def watch(switch: Switch, as_json: JsonOption = False) -> None:
    """Follow a switch until it has ended."""
    with console_client() as console:
        row = console.ask(answers.switches.ShownSwitch, switches_api.show_switch.request(switch))
        last = _followed(console, row.switch_id)
    print_json(last) if as_json else print_lines(text.switch(last, []))
    _exit_by(last)


def _wait_fields(
    *, is_waiting: bool, until: str | None, max_total: str | None, is_scheduled: bool
) -> dict[str, object]:
    """Return the fields of a request that may wait.

    Raises:
        InvalidInput: An option comes without those that it needs.
    """
    if is_waiting and is_scheduled:
        raise InvalidInput(
            field="--wait-eligible",
            value=Words("given beside --on, --at or --quiet-hours"),
            allowed="one of them, as a scheduled switch waits as well",
            remedy="Leave --wait-eligible out; add --until to wait beyond the day of the start.",
        )
    if is_waiting and until is None:
        raise InvalidInput(field="--until", value=None, allowed=_DATE, remedy=_UNTIL)
    waits = is_waiting or is_scheduled
    if not waits and (until or max_total):
        field = "--until" if until else "--max-total"
        raise InvalidInput(
            field=field,
            value=Words("given alone"),
            allowed="beside --wait-eligible, --on, --at or --quiet-hours",
            remedy=(f"Add one of them, or leave {field} out: a switch that begins now does not wait."),
        )
    return {"wait_until": until, "max_total": max_total} if waits else {}


def _started(console: ConsoleClient, body: Fields, request_id: str | None, *, is_followed: bool) -> Started:
    """Start a switch and follow it to its end, or note why it is not shown yet."""
    answer = send(
        text.started_kind(), console, switches_api.start_switch.request, body, request_id=request_id
    )
    if is_followed:
        return answer.model_copy(update={"switch": _followed(console, answer.switch_id)})
    if answer.switch is None:
        note("It was accepted, and is not shown yet.")
        console.tell_missing()
    return answer


def events_of(console: ConsoleClient, switch_id: str) -> list[EventRow]:
    """Return all events of a switch: those who look at it want the newest, which are on the last page."""
    events: list[EventRow] = []
    after = 0
    while page := console.ask(
        answers.switches.Timeline, switches_api.show_timeline.request(switch_id, after=after)
    ).events:
        events += page
        after = int(page[-1].position)
    return events


def _accepted(
    console: ConsoleClient, body: dict[str, object], *, is_sure: bool, is_repeatable: bool = False
) -> str:
    """Show the quote and return its digest once the person, or `--yes`, accepts it.

    Where licenses alone have moved, nobody is left whose plan could be quoted: the same request is sent all
    the same, and its answer is asked for again, or the start refuses too.
    """
    try:
        answer = console.ask(answers.quotes.QuoteMade, switches_api.make_quote.request(body=body))
    except ApiProblem:
        if not is_repeatable:
            raise
        return back.UNQUOTED
    digest = str(answer.quote.digest)
    mode = LICENSES_ONLY if body.get("licenses_only") else str(body.get("mode", AUTOMATIC))
    if not (answer.assessment.eligible[mode] or answer.wait):
        # The start refuses with every reason; there is nothing to accept.
        return digest
    for line in [*quote_text.quote_and_plan(answer, mode), *quote_text.accepted(answer.wait)]:
        note(line)
    question = "Start the switch by this quote?"
    require_yes(question, is_sure=is_sure, instead="--quote with the digest shown above")
    return digest


def _only_subscription(console: ConsoleClient, organization: str) -> str:
    """Return the only active plan of an organization; of another seller where the connected one has none.

    Raises:
        InvalidInput: There are several, or none.
    """
    listed = console.ask(
        answers.catalog.SubscriptionsAnswer, catalog_api.list_subscriptions.request(organization)
    )
    held, others = listed.subscriptions, listed.sold_elsewhere
    active = [each for each in held if each.status == "active"]
    if len(active) == 1:
        return str(active[0].subscription_id)
    kinds = {
        plan.plan_id: plan.kind
        for plan in console.ask(answers.catalog.PlansAnswer, catalog_api.list_plans.request()).plans
    }
    plans, elsewhere = _active_plans(held, kinds), _active_plans(others, kinds)
    if len(plans or elsewhere) == 1:
        return str((plans or elsewhere)[0].subscription_id)
    choices = [f"{each.subscription_id} ({each.plan})" for each in plans or held]
    choices += [f"{each.subscription_id} ({each.plan}, of another seller)" for each in others]
    shown = "; ".join(choices) or "none held"
    raise InvalidInput(field="--subscription", value=None, allowed=f"one of: {shown}")


def _active_plans(
    held: Sequence[answers.catalog.SubscriptionAnswer], kinds: Mapping[str, str]
) -> list[answers.catalog.SubscriptionAnswer]:
    active = (each for each in held if each.status == "active")
    return [each for each in active if kinds.get(each.plan_id, "plan") == "plan"]


def _followed(console: ConsoleClient, switch_id: str) -> answers.switches.ShownSwitch:
    with progress_display() as display:
        return follow(console, switch_id, display)


def _exit_by(row: answers.switches.NamedSwitch) -> None:
    if row.outcome != Stage.COMPLETED:
        raise typer.Exit(NOT_COMPLETED)
