"""Notices and recipients as answers; addresses are shown to administrators and auditors alone."""

from __future__ import annotations

from collections.abc import Sequence

from console.access.dependencies import ConsoleDependencies
from console.notices.models import (
    NoticeAnswer,
    NoticeDetail,
    NoticeList,
    NoticeTryAnswer,
    RecipientAnswer,
    RecipientList,
)
from domain.notices.delivery import NoticeState
from domain.notices.kinds import NoticeKind
from domain.people.principal import Principal
from domain.people.roles import Role
from projections.reads.shown_rows import instant_text
from services.notices.administration import notice_of, unknown_notice, word_of
from store.notices.notice_log import NoticeFilters, NoticeTry, ShownNotice
from store.notices.subscriptions import Subscription

#: They may see addresses.
_SEE_ADDRESSES = (Role.ADMINISTRATOR, Role.AUDITOR)


def notice_filters(
    console: ConsoleDependencies,
    caller: Principal,
    *,
    kind: str | None,
    state: str | None,
    switch: str | None,
    organization: str | None,
) -> NoticeFilters:
    """Return which notices are asked for, of those that the caller may see.

    Raises:
        InvalidInput: A filter has a value that it can't have.
        UnknownSwitch: No switch is named so.
    """
    visible = caller.organizations(Role.VIEWER)
    if organization:
        chosen = frozenset({console.reads.organization(organization)})
        visible = chosen if visible is None else visible & chosen
    return NoticeFilters(
        kind=word_of(NoticeKind, kind or None, field="kind"),
        state=word_of(NoticeState, state or None, field="state"),
        switch_id=console.reads.switch(switch).switch_id if switch else None,
        organizations=visible,
    )


def notice_list(
    console: ConsoleDependencies, caller: Principal, filters: NoticeFilters, *, after: int | None, limit: int
) -> NoticeList:
    """Return one page of notices."""
    rows = console.store.notices.page(filters, after=after, limit=limit + 1)
    return NoticeList(
        notices=notice_answers(console, caller, rows[:limit]),
        next=rows[limit - 1].number if len(rows) > limit else None,
        has_mail_server=console.mail_server is not None,
    )


def notice_answers(
    console: ConsoleDependencies, caller: Principal, rows: Sequence[ShownNotice]
) -> tuple[NoticeAnswer, ...]:
    """Return notices as answers."""
    shown = [each.notice for each in rows if _sees(caller, each.notice.organization_id)]
    addresses = console.store.notice_addresses.addresses(each.recipient_key for each in shown)
    known = {each.notice_id: addresses.get(each.recipient_key, "") for each in shown}
    return tuple(
        NoticeAnswer(
            number=each.number,
            notice_id=str(each.notice.notice_id),
            message_id=each.notice.message_id,
            switch_id=each.notice.switch_id,
            organization_id=each.notice.organization_id,
            kind=each.notice.kind.value,
            recipient_key=str(each.notice.recipient_key),
            address=known.get(each.notice.notice_id, ""),
            state=each.state.value,
            tries=each.tries,
            code=each.code,
            text=each.text,
            caused_at=instant_text(each.notice.caused_at),
            derived_at=instant_text(each.derived_at),
            due_at=instant_text(each.due_at) if each.due_at else None,
            ended_at=instant_text(each.ended_at) if each.ended_at else None,
        )
        for each in rows
    )


def notice_detail(console: ConsoleDependencies, caller: Principal, notice: ShownNotice) -> NoticeDetail:
    """Return a notice with its tries."""
    (shown,) = notice_answers(console, caller, [notice])
    tries = console.store.notices.tries(notice.notice.notice_id)
    return NoticeDetail(notice=shown, tries=tuple(map(_try, tries)))


def visible_notice(console: ConsoleDependencies, caller: Principal, notice_id: str) -> ShownNotice:
    """Return a notice of an organization that the caller may see.

    Raises:
        InvalidInput: It is no id of a notice.
        UnknownNotice: There is none that the caller may see.
    """
    notice = notice_of(console.store, notice_id)
    if not caller.has(Role.VIEWER, notice.notice.organization_id):
        raise unknown_notice(notice_id)
    return notice


def recipient_list(console: ConsoleDependencies, caller: Principal) -> RecipientList:
    """Return every live subscription that the caller may see."""
    visible = caller.organizations(Role.VIEWER)
    rows = [
        each
        for each in console.store.notice_subscriptions.subscriptions()
        if visible is None or each.organization_id in visible
    ]
    return RecipientList(
        recipients=recipient_answers(console, caller, rows), kinds=tuple(each.value for each in NoticeKind)
    )


def recipient_answers(
    console: ConsoleDependencies, caller: Principal, rows: Sequence[Subscription]
) -> tuple[RecipientAnswer, ...]:
    """Return subscriptions as answers."""
    shown = [each for each in rows if _sees(caller, each.organization_id)]
    addresses = console.store.notice_addresses.addresses(each.recipient_key for each in shown)
    known = {each.subscription_id: addresses.get(each.recipient_key, "") for each in shown}
    return tuple(
        RecipientAnswer(
            subscription_id=str(each.subscription_id),
            recipient_key=str(each.recipient_key),
            address=known.get(each.subscription_id, ""),
            organization_id=each.organization_id,
            kinds=tuple(kind.value for kind in each.kinds),
            subscribed_by=each.actor,
            reason=each.reason,
            subscribed_at=instant_text(each.subscribed_at),
        )
        for each in rows
    )


def _sees(caller: Principal, organization_id: str) -> bool:
    """Tell whether the caller may see addresses of an organization; "" is every organization."""
    return any(caller.has(role, organization_id or None) for role in _SEE_ADDRESSES)


def _try(each: NoticeTry) -> NoticeTryAnswer:
    return NoticeTryAnswer(
        number=each.number,
        round=each.round,
        begun_at=instant_text(each.begun_at),
        outcome=each.outcome.value if each.outcome else None,
        code=each.code,
        text=each.text,
        answered_at=instant_text(each.answered_at) if each.answered_at else None,
    )
