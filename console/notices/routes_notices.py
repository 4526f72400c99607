"""Endpoints of notices by mail: list, show, send again, recipients, test (docs/notices.md)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from console.access.dependencies import Caller, Console
from console.edge.plain_bodies import Body, Id, Text, Texts
from console.edge.request_ids import new_request_id
from console.notices.models import MailTaken, NoticeDetail, NoticeList, RecipientAnswer, RecipientList
from console.notices.views import (
    notice_detail,
    notice_filters,
    notice_list,
    recipient_answers,
    recipient_list,
    visible_notice,
)
from console.switches.bodies import CommandBody
from domain.notices.kinds import NoticeKind
from projections.reads.queries import PAGE_MAX
from services.notices.administration import (
    Order,
    kinds_named,
    resend,
    send_probe,
    subscribe,
    unsubscribe,
)

router = APIRouter(prefix="/api/v1/notices", tags=["notices"])

#: The highest number of a row in PostgreSQL.
_NUMBER_MAX = 2**63 - 1
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX)]
After = Annotated[int | None, Query(ge=1, le=_NUMBER_MAX, description="`next` of the page before")]
Kinds = Annotated[Texts, Field(max_length=len(NoticeKind))]


class OrderBody(CommandBody):
    """Why somebody asks for it, and the request id that lets it act once."""

    def order(self, actor: str) -> Order:
        """Return who asks for what is asked for, and why."""
        return Order(actor=actor, reason=self.reason, request_id=self.request_id)


class RecipientBody(OrderBody):
    """An address, and which notices it gets."""

    #: One mail address.
    address: Text
    #: Directory id; null is every organization.
    organization_id: Id | None = None
    #: Kinds of docs/notices.md; none is every kind.
    kinds: Kinds = ()


class ProbeBody(Body):
    """Where a test goes."""

    #: One mail address.
    address: Text
    request_id: Text = Field(default_factory=new_request_id)


@router.get("")
def list_notices(
    *,
    caller: Caller,
    console: Console,
    kind: Annotated[str | None, Query(description="Only this kind (docs/notices.md#kinds)")] = None,
    state: Annotated[str | None, Query(description="Only in this state (docs/notices.md#delivery)")] = None,
    switch: Annotated[str | None, Query(description="Only about this switch")] = None,
    organization: Annotated[str | None, Query(description="Only of this organization")] = None,
    limit: Limit = 50,
    after: After = None,
) -> NoticeList:
    """List notices, the newest first."""
    filters = notice_filters(
        console, caller, kind=kind, state=state, switch=switch, organization=organization
    )
    return notice_list(console, caller, filters, after=after, limit=limit)


@router.get("/recipients")
def list_recipients(caller: Caller, console: Console) -> RecipientList:
    """List who gets which notices."""
    return recipient_list(console, caller)


@router.post("/recipients")
def add_recipient(body: RecipientBody, caller: Caller, console: Console) -> RecipientAnswer:
    """Subscribe an address to notices of what happens from now on; the same request id acts once."""
    made = subscribe(
        console.store,
        body.address,
        organization_id=body.organization_id or "",
        kinds=kinds_named(body.kinds),
        order=body.order(caller.actor),
    )
    (answer,) = recipient_answers(console, caller, [made])
    return answer


@router.post("/recipients/{subscription_id}/remove")
def remove_recipient(
    subscription_id: str, body: OrderBody, caller: Caller, console: Console
) -> RecipientAnswer:
    """End a subscription; the address is deleted with the last one of its recipient."""
    ended = unsubscribe(console.store, subscription_id, order=body.order(caller.actor))
    (answer,) = recipient_answers(console, caller, [ended])
    return answer


@router.post("/recipients/test")
def send_test(body: ProbeBody, _caller: Caller, console: Console) -> MailTaken:
    """Send one message at once to test the mail server; it is no notice, and stands in no record."""
    answer = send_probe(console.mail_server, body.address, request_id=body.request_id)
    return MailTaken(code=answer.code, text=answer.text)


@router.get("/{notice_id}")
def show_notice(notice_id: str, caller: Caller, console: Console) -> NoticeDetail:
    """Show a notice with its tries."""
    return notice_detail(console, caller, visible_notice(console, caller, notice_id))


@router.post("/{notice_id}/resend")
def resend_notice(notice_id: str, body: OrderBody, caller: Caller, console: Console) -> NoticeDetail:
    """Send a notice again that has ended, under the same Message-ID; the same request id acts once."""
    visible_notice(console, caller, notice_id)
    return notice_detail(console, caller, resend(console.store, notice_id, order=body.order(caller.actor)))
