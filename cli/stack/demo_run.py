"""The demo's run: make the people, quote, start, follow, and ask the independent referee."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from audit.story.show import SwitchAudit
from cli.base.client import Answer, ConsoleClient, Fields, client_of_stack
from cli.base.errors import ApiProblem
from cli.stack.demo_plan import OWNED_WORDS, REFEREE_WORDS, DemoPlan, DemoResult
from cli.stack.sandbox_client import MadeOrganization, SandboxClient
from cli.switch.progress import follow, progress_display
from cli.switch.quote_text import NO_MONEY
from cli.switch.switch_text import started_kind
from cli.text import answers
from cli.text.output import as_facts, charged_text, note
from client.api import switches as switches_api
from domain.kernel.errors import NotEligible
from domain.reasons.reasons import AUTOMATIC, LICENSES_ONLY
from ops.stack.supervisor import StackState
from sandbox.faults.fault_program import ANSWERS, ITEMS

#: A request that a provider could not answer is sent again so often.
TRIES_MAX = 20
#: Seconds between the two.
TRY_AGAIN_SECONDS = 1.0
THROTTLES = frozenset({"throttled", "item_throttled"})
FAILURES = frozenset({*ANSWERS, *ITEMS}) - THROTTLES
#: Outcomes of an attempt of a step that failed; asking a seller who is not ready yet is none.
_FAILED = frozenset({"refused", "no_answer", "failed", "no_trace"})
#: A demo that takes longer than this has gone wrong.
TIMEOUT_SECONDS = 1_800.0


def run_demo(plan: DemoPlan, state: StackState) -> DemoResult:
    """Run one switch on a running stack.

    Args:
        plan: Who switches from what to what.
        state: Where the stack runs.

    Raises:
        PlanSwitchError: A step was refused or a part does not answer.
    """
    with (
        SandboxClient(state.urls["sandbox"]) as sandbox,
        client_of_stack(state.urls["console"], state.api_key_file) as console,
    ):
        organization = sandbox.create_organization(plan.organization)
        sandbox.change_settings({"credit_verdict": plan.credit})
        owned = sandbox.buy_elsewhere(organization, plan.target_plan_id) if plan.licenses_only else ""
        licenses = organization.quantity
        note(f"{organization.display_name}: {organization.users} users on {licenses} licenses")
        body, confirmed = _quoted(console, plan, organization, owned)
        if plan.faults:
            note(f"From here on the cloud fails as the program {plan.faults} says ...")
            sandbox.plant_faults(organization.organization_id, plan.fault_program)
        sandbox.acknowledge(
            organization.organization_id, plan.target_plan_id, confirmed, is_owned=plan.licenses_only
        )
        start = switches_api.start_switch.request(body=body)
        answer = sent_again(lambda: console.ask(started_kind(), start))
        with progress_display() as display:
            row = follow(console, answer.switch_id, display, timeout_seconds=TIMEOUT_SECONDS)
        row = replace(row, total=row.total or organization.users)
        audit = console.ask(SwitchAudit, switches_api.show_audit.request(row.switch_id))
        result = _result(console, sandbox, row, audit, expected=plan.expected_outcome)
        if not plan.faults:
            return result
        met = sandbox.faults_met(organization.organization_id)
        return replace(result, faults=plan.faults, absorbed=absorbed(audit, met))


def _quoted(
    console: ConsoleClient, plan: DemoPlan, organization: MadeOrganization, owned: str
) -> tuple[Fields, tuple[str, ...]]:
    """Show the quote, and return the request that accepts it, with what it confirms.

    Args:
        console: Where to ask.
        plan: What the demo does.
        organization: Who switches.
        owned: Subscription of the new plan that is owned already; "": it is ordered.
    """
    body = {
        "organization_id": organization.organization_id,
        "source_subscription_id": organization.subscription_id,
        "rule_set": plan.rule_set,
        **(
            {"licenses_only": True, "target_subscription_id": owned}
            if owned
            else {"target_plan": plan.target_plan_id, "payment_method": plan.payment_method}
        ),
    }
    quoted = console.ask(answers.quotes.QuoteMade, switches_api.make_quote.request(body=body))
    _require_possible(quoted)
    quote = quoted.quote
    target = quoted.assessment.target_plan
    cost = NO_MONEY if owned else f"{charged_text(quote.total)} today, tax included"
    note(f"{quoted.source_plan} -> {target}: {cost}")
    acknowledgments = quoted.assessment.acknowledgments_missing
    request = {
        **body,
        "request_id": str(uuid4()),
        # On made-up data there is nothing to lose: the demo confirms every warning.
        **({"acknowledgments": acknowledgments, "accept": True} if acknowledgments else {}),
        **({} if acknowledgments else {"quote_digest": quote.digest}),
        "reason": "demo",
    }
    return request, acknowledgments


def _require_possible(quoted: answers.quotes.QuoteMade) -> None:
    assessed, way = quoted.assessment, LICENSES_ONLY if quoted.licenses_only else AUTOMATIC
    acknowledged = "TARGET_LACKS_DATA_SERVICES" if quoted.licenses_only else ""
    reasons = [
        as_facts(reason)
        for reason in assessed.reasons
        # The demo confirms that there is a backup: it has made these data up.
        if way in reason.blocks and reason.code != acknowledged
    ]
    if not reasons:
        return
    raise ApiProblem(
        {
            "code": NotEligible.code,
            "detail": f"{quoted.source_plan} can't be switched to {assessed.target_plan}.",
            "remedy": "`planswitch catalog compare` shows what differs; choose another --from or --to.",
            "reasons": reasons,
        }
    )


def _result(
    console: ConsoleClient,
    sandbox: SandboxClient,
    row: answers.switches.ShownSwitch,
    audit: SwitchAudit,
    *,
    expected: str,
) -> DemoResult:
    switch_id, organization_id = row.switch_id, row.organization_id
    settings = console.ask(
        answers.switches.SettingsOfSwitch, switches_api.show_service_settings.request(switch_id)
    )
    history = console.ask(answers.switches.HistoryOfSwitch, switches_api.show_history.request(switch_id))
    referee = sandbox.referee(organization_id)
    figures = {**REFEREE_WORDS, **(OWNED_WORDS if row.licenses_only else {})}
    return DemoResult(
        status=row.outcome,
        switch_id=switch_id,
        from_plan=row.source_plan,
        to_plan=row.target_plan,
        users=row.total,
        moved=row.moved,
        failed=row.failed,
        services_kept=settings.kept,
        credit_check=row.credit_check or "not_asked",
        quote_total=row.quote_total,
        charged_total=sandbox.charged(organization_id, switch_id),
        currency=row.currency,
        events=len(audit.events),
        history_events=history.events,
        seconds=_seconds(row),
        referee={name: int(referee[name]) for name in figures},
        expected=expected,
        licenses_only=row.licenses_only,
    )


def _seconds(row: answers.switches.ShownSwitch) -> float:
    began, ended = (datetime.fromisoformat(at) for at in (row.requested_at, row.ended_at or row.updated_at))
    return round((ended - began).total_seconds(), 3)


def sent_again(send: Callable[[], Answer]) -> Answer:
    """Send a request of the demo, again while a provider can't answer; its id makes it one request.

    Raises:
        ApiProblem: It was refused, or failed too often.
    """
    for attempt in range(1, TRIES_MAX + 1):
        try:
            return send()
        except ApiProblem as error:
            if attempt == TRIES_MAX or not error.handling.is_retryable:
                raise
        time.sleep(TRY_AGAIN_SECONDS)
    raise AssertionError


def absorbed(audit: SwitchAudit, met: dict[str, int]) -> dict[str, int]:
    """Return what a switch went through.

    Args:
        audit: Its story: attempts of steps, as the record has them.
        met: Kind of fault -> how often it came, by the sandbox's own count.
    """
    attempts = [attempt.outcome for step in audit.steps for attempt in step.attempts[:-1]]
    return {
        "retries": sum(outcome in _FAILED for outcome in attempts),
        "throttles": sum(count for kind, count in met.items() if kind in THROTTLES),
        "failures": sum(count for kind, count in met.items() if kind in FAILURES),
    }
