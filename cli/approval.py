"""`planswitch approval`: what waits for a second person; look at it, approve it, refuse it.

See docs/approvals.md.
"""

from __future__ import annotations

from typing import Annotated

import typer

from cli.base.client import console_client
from cli.base.options import Reason, Yes, require_yes
from cli.text import answers
from cli.text.output import JsonOption, ago, fields, note, print_json, print_lines, short, wrapped
from cli.text.tables import table
from client.api import approvals as approvals_api

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="What waits for a second person; approve and refuse."
)
_NOTHING = "No request for an approval matches."
Request = Annotated[
    str, typer.Argument(metavar="APPROVAL", help="Id of the request, or its first 8 characters.")
]
Digest = Annotated[
    str | None, typer.Option("--digest", help="Digest of what you decide about, from `approval show`.")
]


@app.command("list")
def list_approvals(
    state: Annotated[
        str | None,
        typer.Option(help="waiting, expired, approved, done, failed, refused or void; all without it."),
    ] = None,
    organization: Annotated[
        str | None, typer.Option(help="Only this organization: its id or its name.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="Requests of one page.")] = 20,
    after: Annotated[int | None, typer.Option(min=1, help="Place of the next page.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List requests for approvals, the one that changed last first."""
    request = approvals_api.list_approvals.request(
        state=state, organization=organization, limit=limit, after=after
    )
    with console_client() as console:
        answer = console.ask(answers.approvals.ApprovalList, request)
    if as_json:
        print_json(answer)
        return
    if not answer.approvals:
        note(_NOTHING)
        return
    rows = [
        (
            short(each.approval_id),
            each.state.value,
            each.command.replace("_", " "),
            each.organization_name or short(each.organization_id),
            each.requested_by,
            ago(each.expires_at),
        )
        for each in answer.approvals
    ]
    print_lines(table(("ID", "STATE", "COMMAND", "ORGANIZATION", "REQUESTED BY", "EXPIRES"), rows))
    note(f"{answer.waiting} wait for a decision.")
    if answer.next is not None:
        note(f"Next page: planswitch approval list --after {answer.next}")


@app.command()
def show(approval: Request, as_json: JsonOption = False) -> None:
    """Show what a request would do, who wants it and why, and what became of it."""
    with console_client() as console:
        answer = console.ask(answers.approvals.ApprovalAnswer, approvals_api.show_approval.request(approval))
    print_json(answer) if as_json else print_lines(approval_lines(answer))


@app.command()
def approve(
    *, approval: Request, reason: Reason, digest: Digest = None, yes: Yes = False, as_json: JsonOption = False
) -> None:
    """Approve a request as a second person; it is carried out at once."""
    _decide("approve", approval, reason, digest=digest, is_sure=yes, as_json=as_json)


@app.command()
def refuse(
    *, approval: Request, reason: Reason, digest: Digest = None, yes: Yes = False, as_json: JsonOption = False
) -> None:
    """Refuse a request as a second person; nothing is done."""
    _decide("refuse", approval, reason, digest=digest, is_sure=yes, as_json=as_json)


def _decide(
    act: str, approval: str, reason: str, *, digest: str | None, is_sure: bool, as_json: bool
) -> None:
    with console_client() as console:
        if digest is None:
            shown = console.ask(
                answers.approvals.ApprovalAnswer, approvals_api.show_approval.request(approval)
            )
            for line in approval_lines(shown):
                note(line)
            require_yes(_QUESTIONS[act], is_sure=is_sure)
            approval, digest = shown.approval_id, shown.digest
        operation = approvals_api.approve if act == "approve" else approvals_api.refuse
        request = operation.request(approval, body={"reason": reason, "digest": digest})
        answer = console.ask(answers.approvals.ApprovalAnswer, request)
    print_json(answer) if as_json else print_lines(_outcome(answer))


_QUESTIONS = {"approve": "Approve it, and carry it out?", "refuse": "Refuse it?"}


def approval_lines(answer: answers.approvals.ApprovalAnswer) -> list[str]:
    """Return a request as people read it."""
    pairs = {
        "request": answer.approval_id,
        "state": answer.state.value,
        "organization": f"{answer.organization_name} {answer.organization_id}".strip(),
        "command": answer.command.replace("_", " "),
        **{each.name: each.text for each in answer.would},
        "requested": f"by {answer.requested_by}, {ago(answer.requested_at)}",
        "why": answer.reason or "no reason was given",
        "needs": "; ".join(answer.needs),
        "expires": ago(answer.expires_at),
        "digest": answer.digest,
    }
    if answer.decided_by:
        pairs["decided"] = f"by {answer.decided_by}, {ago(answer.decided_at)}: {answer.decision_reason}"
    if answer.outcome:
        pairs["outcome"] = ": ".join(each for each in (answer.outcome_code, answer.outcome) if each)
    if answer.why_not and not answer.decided_by:
        pairs["you"] = answer.why_not
    return fields(pairs)


def _outcome(answer: answers.approvals.ApprovalAnswer) -> list[str]:
    words = answer.outcome or ("Refused: nothing is done." if answer.state == "refused" else "Approved.")
    lines = wrapped(f"{answer.state.value}: {words}", 0)
    return [*lines, *([f"switch {answer.switch_id}"] if answer.switch_id else [])]
