"""Reads what a notice tells from the record, and makes its text."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from domain.catalog.catalog import Catalog, UnknownCatalog, UnknownPlan
from domain.kernel.errors import RecordInconsistent
from domain.notices.notice_text import NoticeText
from domain.notices.texts import NoticeFacts, figures_of, notice_text
from domain.requests.wait_events import EligibilityWait
from domain.subscriptions.subscription import Subscription
from domain.switch.events import SwitchRequested
from store.core.base import StoredDomainEvent
from store.notices.notice_log import DueNotice
from store.record.catalogs import Catalogs
from store.switch_store import SwitchStore


@dataclass(frozen=True, kw_only=True)
class Composer:
    """Makes the texts of notices.

    Args:
        store: The event store.
        catalogs: Name the plans.
        console_url: Address of the console for people; "" gives no link.
        support_contact: Whom people call; "" names nobody.
    """

    store: SwitchStore
    catalogs: Catalogs
    console_url: str = ""
    support_contact: str = ""

    def text_of(self, notice: DueNotice) -> NoticeText:
        """Return what a notice says; it says the same whenever it is sent.

        Raises:
            UnreadableEvent: Its event, or its stream, can't be read.
            RecordInconsistent: The stream has no such event or switch.
            StoreUnavailable: PostgreSQL does not answer.
        """
        source, target = self._plans(notice)
        return notice_text(
            NoticeFacts(
                kind=notice.kind,
                switch_id=notice.switch_id,
                organization_id=notice.organization_id,
                source=source,
                target=target,
                at=notice.caused_at,
                figures=figures_of(self._event(notice)),
                console_url=self.console_url.rstrip("/"),
                support_contact=self.support_contact,
            )
        )

    def _event(self, notice: DueNotice) -> StoredDomainEvent:
        events = self.store.stream_events(notice.stream_id, notice.version - 1, 1)
        if not events:
            raise RecordInconsistent(f"stream {notice.stream_id}", missing=f"event {notice.version}")
        return events[0].event

    def _plans(self, notice: DueNotice) -> tuple[str, str]:
        """Return the names of the old and the new plan."""
        stream = self.store.load(notice.stream_id, notice.version)
        if isinstance(stream, EligibilityWait):
            order = stream.order
            names = stream.source_plan_id, str(order.get("target_plan_id", ""))
            return self._names(*names, str(order.get("catalog_version", "")))
        if not isinstance(stream, Subscription):
            raise RecordInconsistent(f"stream {notice.stream_id}", missing="a subscription")
        requested = stream.switch(notice.switch_id).require(SwitchRequested)
        return self._names(stream.plan_id, requested.target_plan_id, requested.catalog_version)

    def _names(self, source_plan_id: str, target_plan_id: str, version: str) -> tuple[str, str]:
        catalog = self._catalog(version)

        def name_of(plan_id: str) -> str:
            try:
                return catalog.plan(plan_id).name
            except UnknownPlan:
                return plan_id

        return name_of(source_plan_id), name_of(target_plan_id)

    def _catalog(self, version: str) -> Catalog:
        """Return the catalog of a switch; where it is not here any more, the plans have today's names."""
        with suppress(UnknownCatalog):
            return self.catalogs.version(version)
        return self.catalogs.current()
