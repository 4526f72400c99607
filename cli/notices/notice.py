"""`planswitch notice`: what was sent by mail, who gets it, sending again, and a test of the mail server.

See docs/notices.md.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from cli.base.client import console_client, send
from cli.base.options import Dispatch, Reason, grouped
from cli.text import answers
from cli.text.output import JsonOption, ago, fields, note, print_json, print_lines, short, wrapped
from cli.text.tables import table
from client.api import notices as notices_api

if TYPE_CHECKING:
    from console.notices.models import NoticeAnswer, NoticeDetail, NoticeTryAnswer, RecipientAnswer

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Notices by mail: what was sent, and to whom."
)
recipients_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Who gets which notices by mail."
)
app.add_typer(recipients_app, name="recipients")

NoticeId = Annotated[str, typer.Argument(help="Id of the notice, as the list shows it.")]
_NO_SERVER = "No mail server is set, so no mail goes out: docs/notices.md#mail-server."
_NOBODY = "Nobody is subscribed: planswitch notice recipients add ADDRESS --reason ..."


@app.command("list")
def list_notices(
    *,
    kind: Annotated[str | None, typer.Option(help="Only this kind, such as completion.")] = None,
    state: Annotated[
        str | None,
        typer.Option(help="Only waiting, sent, refused, failed, unconfirmed or withdrawn."),
    ] = None,
    switch: Annotated[str | None, typer.Option(help="Only about this switch.")] = None,
    organization: Annotated[
        str | None, typer.Option(help="Only this organization: its id or its name.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="Notices of one page.")] = 20,
    after: Annotated[int | None, typer.Option(min=1, help="Last number of the page before.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List notices, the newest first."""
    request = notices_api.list_notices.request(
        kind=kind, state=state, switch=switch, organization=organization, limit=limit, after=after
    )
    with console_client() as console:
        answer = console.ask(answers.notices.NoticeList, request)
    if as_json:
        print_json(answer)
        return
    if answer.notices:
        headers = ["NO", "NOTICE", "KIND", "SWITCH", "RECIPIENT", "STATE", "ANSWER", "RECORDED"]
        print_lines(table(headers, [_row(each) for each in answer.notices]))
    else:
        is_filtered = any((kind, state, switch, organization)) or after is not None
        note("No notice matches." if is_filtered else "No notice was caused yet.")
    if answer.next is not None:
        note(f"more: planswitch notice list --after {answer.next}")
    if not answer.has_mail_server:
        note(_NO_SERVER)


@app.command()
def show(notice: NoticeId, as_json: JsonOption = False) -> None:
    """Show a notice with every try to send it."""
    with console_client() as console:
        answer = console.ask(answers.notices.NoticeDetail, notices_api.show_notice.request(notice))
    print_json(answer) if as_json else print_lines(_detail(answer))


@app.command()
@grouped
def resend(*, notice: NoticeId, reason: Reason, dispatch: Dispatch) -> None:
    """Send a notice again that has ended, under the same Message-ID."""
    operation = partial(notices_api.resend_notice.request, notice)
    with console_client() as console:
        kind = answers.notices.NoticeDetail
        answer = send(kind, console, operation, {"reason": reason}, request_id=dispatch.request_id)
    if dispatch.as_json:
        print_json(answer)
        return
    print_lines(wrapped("A worker sends it again.", 0))
    note(f"next: planswitch notice show {answer.notice.notice_id}")


@app.command("test")
def send_test(
    address: Annotated[str, typer.Argument(help="Mail address that gets the test.")],
    as_json: JsonOption = False,
) -> None:
    """Send one message at once to test the mail server; it is no notice."""
    request = notices_api.send_test.request(body={"address": address})
    with console_client() as console:
        answer = console.ask(answers.notices.MailTaken, request)
    if as_json:
        print_json(answer)
        return
    print_lines(wrapped(f"The mail server took it: {answer.code} {answer.text}", 0))


@recipients_app.command("list")
def list_recipients(as_json: JsonOption = False) -> None:
    """List who gets which notices."""
    with console_client() as console:
        answer = console.ask(answers.notices.RecipientList, notices_api.list_recipients.request())
    if as_json:
        print_json(answer)
    elif answer.recipients:
        headers = ["SUBSCRIPTION", "ADDRESS", "ORGANIZATION", "KINDS", "SINCE"]
        every = len(answer.kinds)
        print_lines(table(headers, [_recipient(each, every) for each in answer.recipients]))
    else:
        note(_NOBODY)


@recipients_app.command()
@grouped
def add(
    *,
    address: Annotated[str, typer.Argument(help="Mail address.")],
    organization: Annotated[
        str | None, typer.Option(help="Directory id of the organization; without it: every organization.")
    ] = None,
    kind: Annotated[
        list[str] | None, typer.Option(help="Kind of notices; may be repeated. Without it: every kind.")
    ] = None,
    reason: Reason,
    dispatch: Dispatch,
) -> None:
    """Subscribe an address to notices of what happens from now on."""
    body = {"address": address, "organization_id": organization, "kinds": kind or [], "reason": reason}
    with console_client() as console:
        answer = send(
            answers.notices.RecipientAnswer,
            console,
            notices_api.add_recipient.request,
            body,
            request_id=dispatch.request_id,
        )
    if dispatch.as_json:
        print_json(answer)
        return
    whose = answer.organization_id or "every organization"
    print_lines(
        wrapped(f"{answer.address} gets notices of {whose} from now on: {', '.join(answer.kinds)}.", 0)
    )
    note(f"to end it: planswitch notice recipients remove {answer.subscription_id} --reason ...")


@recipients_app.command()
@grouped
def remove(
    *,
    subscription: Annotated[str, typer.Argument(help="Id of the subscription, as the list shows it.")],
    reason: Reason,
    dispatch: Dispatch,
) -> None:
    """End a subscription; the address is deleted with the last one of its recipient."""
    operation = partial(notices_api.remove_recipient.request, subscription)
    with console_client() as console:
        kind = answers.notices.RecipientAnswer
        answer = send(kind, console, operation, {"reason": reason}, request_id=dispatch.request_id)
    if dispatch.as_json:
        print_json(answer)
        return
    print_lines(wrapped(f"The subscription {answer.subscription_id} has ended.", 0))


def _row(each: NoticeAnswer) -> list[object]:
    return [
        each.number,
        each.notice_id,
        each.kind,
        short(each.switch_id),
        each.address or "-",
        each.state,
        f"{each.code} {each.text}".strip() if each.code else each.text or "-",
        ago(each.caused_at),
    ]


def _recipient(each: RecipientAnswer, every: int) -> list[object]:
    kinds = "every kind" if len(each.kinds) == every else ", ".join(each.kinds)
    whose = each.organization_id or "every organization"
    return [each.subscription_id, each.address or "-", whose, kinds, ago(each.subscribed_at)]


def _detail(answer: NoticeDetail) -> list[str]:
    each = answer.notice
    rows = {
        "notice": each.notice_id,
        "message": each.message_id,
        "kind": each.kind,
        "switch": each.switch_id,
        "organization": each.organization_id,
        "recipient": each.address or "no address",
        "state": each.state,
        "recorded": ago(each.caused_at),
        "next try": ago(each.due_at),
    }
    return [*fields(rows), *(_try(one) for one in answer.tries)]


def _try(each: NoticeTryAnswer) -> str:
    outcome = each.outcome or "no answer"
    words = f"{each.code} {each.text}".strip() if each.code else each.text
    return f"try {each.number} at {ago(each.begun_at)}: {outcome}{f', {words}' if words else ''}"
