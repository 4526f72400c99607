"""What administrators do with notices: subscribe, unsubscribe, send again, test (notices#recipients)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar
from uuid import UUID, uuid5

from domain.kernel.errors import InvalidInput, RequestReused, RuleViolated
from domain.kernel.ids import NAMESPACE, require_organization_id
from domain.notices.delivery import RESENDABLE, MailAnswer, Outcome
from domain.notices.errors import MailServerAbsent, MailUndelivered, UnknownNotice, UnknownSubscriber
from domain.notices.kinds import NoticeKind
from domain.notices.mail_addresses import require_mail_address
from domain.notices.texts import probe_text
from providers.mail.smtp import MailServer, mail_message, open_mail
from store.notices.notice_log import ShownNotice
from store.notices.subscriptions import Subscription
from store.switch_store import SwitchStore

Word = TypeVar("Word", bound=StrEnum)
_LIST = "`planswitch notice list` lists them."
_LIST_RECIPIENTS = "`planswitch notice recipients list` lists them."


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """Who asks for something, why, and the id that lets it act once.

    Args:
        actor: Who.
        reason: Why.
        request_id: The same id acts once.
    """

    actor: str
    reason: str
    request_id: str


def word_of(kinds: type[Word], text: str | None, *, field: str) -> Word | None:
    """Return the word that a text is; None without a text.

    Raises:
        InvalidInput: It is none of them.
    """
    if text is None:
        return None
    try:
        return kinds(text.strip().lower())
    except ValueError:
        raise InvalidInput(field=field, value=text, allowed=", ".join(kinds)) from None


def kinds_named(names: Sequence[str]) -> tuple[NoticeKind, ...]:
    """Return the kinds that are named, each once and in the order of the document; no name is every kind.

    Raises:
        InvalidInput: A name is none of a kind.
    """
    named = {word_of(NoticeKind, name, field="kinds") for name in names}
    return tuple(each for each in NoticeKind if each in named or not named)


def subscribe(
    store: SwitchStore, address: str, *, organization_id: str, kinds: tuple[NoticeKind, ...], order: Order
) -> Subscription:
    """Subscribe an address to notices; the same request subscribes once.

    Args:
        store: The event store.
        address: Mail address.
        organization_id: Directory id of the organization; "" is every organization.
        kinds: Kinds of notices.
        order: Who asks, why, and the request id.

    Raises:
        InvalidInput: The address or the organization can't be one, or there is no room for another one.
        RequestReused: The request id subscribed something else.
        RuleViolated: The address is subscribed for this organization already.
    """
    address = require_mail_address(address)
    if organization_id:
        require_organization_id(organization_id)
    subscription_id = uuid5(NAMESPACE, f"notice-subscription:{order.request_id}")
    subscriptions = store.notice_subscriptions
    if subscriptions.is_full():
        raise InvalidInput(field="address", value=address, allowed="fewer recipients than there are")
    made = subscriptions.subscribe(
        subscription_id=subscription_id,
        address=address,
        organization_id=organization_id,
        kinds=kinds,
        actor=order.actor,
        reason=order.reason,
    )
    if made.subscription_id != subscription_id:
        raise RuleViolated(
            f"The address is subscribed already, as {made.subscription_id}; nothing was changed.",
            remedy="To change its kinds, remove that subscription and add another one.",
        )
    wanted = (organization_id, kinds, store.notice_addresses.key_of(address))
    if (made.organization_id, made.kinds, made.recipient_key) != wanted:
        raise RequestReused(
            f"The request id {order.request_id} subscribed something else; nothing was changed.",
            remedy="Send the new subscription with a request id of its own.",
        )
    return made


def unsubscribe(store: SwitchStore, subscription_id: str, *, order: Order) -> Subscription:
    """End a subscription and return it; the address is deleted with the last one of its recipient.

    Args:
        store: The event store.
        subscription_id: Which one.
        order: Who asks, and why.

    Raises:
        UnknownSubscriber: There is no such subscription.
    """
    known = store.notice_subscriptions.subscription_of(_id_of(subscription_id, "subscription_id"))
    if known is None:
        raise UnknownSubscriber(f"No subscription has the id {subscription_id}.", remedy=_LIST_RECIPIENTS)
    store.notice_subscriptions.end_subscription(known, actor=order.actor, reason=order.reason)
    return known


def notice_of(store: SwitchStore, notice_id: str) -> ShownNotice:
    """Return a notice with where it stands.

    Raises:
        InvalidInput: It is no id of a notice.
        UnknownNotice: There is none with this id.
    """
    notice = store.notices.notice(_id_of(notice_id, "notice_id"))
    if notice is None:
        raise unknown_notice(notice_id)
    return notice


def unknown_notice(notice_id: str) -> UnknownNotice:
    """Return the refusal of an id that no notice has."""
    return UnknownNotice(f"No notice has the id {notice_id}.", remedy=_LIST)


def resend(store: SwitchStore, notice_id: str, *, order: Order) -> ShownNotice:
    """Send a notice again that has ended, under the same Message-ID; the same request does it once.

    Args:
        store: The event store.
        notice_id: Which one.
        order: Who asks, why, and the request id.

    Raises:
        UnknownNotice: There is none with this id.
        RuleViolated: It still waits, or was withdrawn.
    """
    notice = notice_of(store, notice_id)
    resend_id = uuid5(NAMESPACE, f"notice-resend:{order.request_id}")
    own_id = notice.notice.notice_id
    known = store.notices.resent_notice(resend_id)
    if known is not None and known != own_id:
        raise RequestReused(
            f"The request id {order.request_id} sent another notice again; nothing was changed.",
            remedy="Send it with a request id of its own.",
        )
    if known is None:
        if notice.state not in RESENDABLE:
            raise _not_resendable(notice)
        if not store.notices.resend(own_id, resend_id=resend_id, actor=order.actor, reason=order.reason):
            raise _not_resendable(notice_of(store, notice_id))
    return notice_of(store, notice_id)


def send_probe(server: MailServer | None, address: str, *, request_id: str) -> MailAnswer:
    """Send one message at once to test the mail server; it is no notice, and stands in no record.

    Args:
        server: Where mail goes out; None where none is set.
        address: Mail address.
        request_id: Makes the id of the message.

    Raises:
        InvalidInput: The address can't be one.
        MailServerAbsent: No mail server is set.
        MailUndelivered: The mail server did not take the message.
    """
    address = require_mail_address(address)
    if server is None:
        raise MailServerAbsent(
            "No mail server is set.",
            remedy="Set PLANSWITCH_SMTP_HOST and PLANSWITCH_SMTP_FROM for worker and console "
            "(docs/notices.md#mail-server).",
        )
    message = mail_message(
        server,
        recipient=address,
        message_id=f"<{uuid5(NAMESPACE, f'notice-probe:{request_id}')}@{server.sender_domain}>",
        sent_at=datetime.now(tz=UTC),
        text=probe_text(),
    )
    session = open_mail(server, address)
    answer = session if isinstance(session, MailAnswer) else session.send(message)
    if not isinstance(session, MailAnswer):
        session.close()
    if answer.outcome is not Outcome.SENT:
        code = f"{answer.code} " if answer.code else ""
        raise MailUndelivered(
            f"The mail server {server.host}:{server.port} did not take the message: {code}{answer.text}",
            remedy="Correct the settings of the mail server or the address (docs/notices.md#mail-server).",
        )
    return answer


def _not_resendable(notice: ShownNotice) -> RuleViolated:
    return RuleViolated(
        f"The notice {notice.notice.notice_id} is {notice.state.value}: it can't be sent again now.",
        remedy="A notice that waits is sent by itself; one that was withdrawn has no recipient any more.",
    )


def _id_of(text: str, field: str) -> UUID:
    try:
        return UUID(text.strip())
    except ValueError:
        raise InvalidInput(field=field, value=text, allowed="an id, as the list shows it") from None
