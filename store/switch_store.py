"""The store as the rest of the program sees it: one object, thread safe, one pool of connections."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from psycopg import Cursor
from psycopg.rows import DictRow

from domain.approvals.custody import Custody
from domain.licenses.license_failures import NO_WORDS, VendorWords
from store.core.application import POOL_SIZE_DEFAULT, SwitchApplication
from store.core.errors import translated
from store.health.heartbeats import HeartbeatStore
from store.health.known_workers import KnownWorkerStore
from store.health.troubles import TroubleStore
from store.migrate import check_schema
from store.notices.addresses import AddressStore
from store.notices.notice_log import NoticeLog
from store.notices.subscriptions import SubscriptionStore
from store.people.accounts import AccountStore
from store.people.api_keys import ApiKeyStore
from store.people.sessions import SessionStore
from store.record.access_log import AccessLogStore
from store.record.approvals import ApprovalStore
from store.record.assessments import AssessmentStore
from store.record.histories import HistoryStore
from store.record.holdings import HoldingStore
from store.record.logs import LogStore
from store.record.outcomes import OutcomeStore
from store.record.roster import RosterStore
from store.record.seals import SealStore
from store.record.selections import SelectionStore
from store.record.user_services import UserServiceStore
from store.vault.erasures import Erasure, Subject, record_erasure, require_no_open_switch
from store.vault.kept_answers import AnswerStore
from store.vault.keys import KeyProvider
from store.vault.sign_ins import SignInStore
from store.vault.spent_tokens import SpentTokenStore
from store.vault.vault import Vault
from store.webhooks.webhook_store import WebhookStore


class SwitchStore(
    LogStore,
    RosterStore,
    SelectionStore,
    UserServiceStore,
    OutcomeStore,
    HoldingStore,
    ApprovalStore,
    AssessmentStore,
    SealStore,
    HeartbeatStore,
    TroubleStore,
    KnownWorkerStore,
    SpentTokenStore,
    HistoryStore,
    AccessLogStore,
):
    """Aggregates, logs, roster, provider calls, notifications, seals and vault on one PostgreSQL database.

    One per process, opened after any fork and closed at shutdown; `pool_size` is the number of threads.
    """

    def __init__(
        self, application: SwitchApplication, key_provider: KeyProvider, words: VendorWords = NO_WORDS
    ) -> None:
        super().__init__(application)
        self.words = words
        self.vault = Vault(application, key_provider)
        self.cloud_sign_ins = SignInStore(application, key_provider)
        self.accounts = AccountStore(application)
        self.api_keys = ApiKeyStore(application)
        self.console_sessions = SessionStore(application)
        self.webhooks = WebhookStore(application, key_provider)
        self.kept_answers = AnswerStore(application, key_provider)
        self.notice_addresses = AddressStore(application, key_provider, self.vault)
        self.notice_subscriptions = SubscriptionStore(application, self.notice_addresses)
        self.notices = NoticeLog(application)
        #: Who could act by whose account.
        self.custody = Custody(owner_of=self.accounts.owner_of, makers_of=self.api_keys.makers)

    @classmethod
    def open(
        cls,
        database_url: str,
        key_provider: KeyProvider,
        *,
        pool_size: int = POOL_SIZE_DEFAULT,
        words: VendorWords = NO_WORDS,
    ) -> Self:
        """Connect to a migrated database.

        Args:
            database_url: postgresql://user:password@host:port/database, libpq's options allowed.
            key_provider: Master key of the vault.
            pool_size: Connections kept open.
            words: What rows and events of earlier versions hold in place of codes.

        Raises:
            SchemaOutdated: `planswitch migrate` has to be run first.
        """
        check_schema(database_url)
        with translated():
            application = SwitchApplication(database_url, pool_size=pool_size)
        return cls(application, key_provider, words)

    @property
    def application(self) -> SwitchApplication:
        """Return the library's application object, for audit and tests."""
        return self._application

    def erase_organization(self, organization_id: str, *, actor: str, reason: str) -> Erasure:
        """Delete all that leads to people of an organization; the record stays whole (ADR 9).

        Its vault is emptied, and every subscription to its notices ends, in one transaction. It needs the
        rights of the owner: no process of the product erases people.

        Args:
            organization_id: Directory id of the organization.
            actor: Who erases it.
            reason: Why.

        Raises:
            RuleViolated: A switch of the organization is open.
            DatabaseRightMissing: The role of the database is another one.
            StoreUnavailable: PostgreSQL does not answer.
        """

        def erase(cursor: Cursor[DictRow]) -> Erasure:
            facts = {"actor": actor, "reason": reason}
            addresses = self.notice_subscriptions.erase_organization(cursor, organization_id, **facts)
            people = self.vault.erase_organization(cursor, organization_id)
            require_no_open_switch(cursor, organization_id)
            erasure = Erasure(people=people, addresses=addresses)
            subject = Subject.ORGANIZATION
            record_erasure(cursor, erasure, subject=subject, organization_id=organization_id, **facts)
            return erasure

        return self._written(erase)

    def erase_person(self, organization_id: str, directory_id: str, *, actor: str, reason: str) -> Erasure:
        """Delete what leads from the record to one person; the record stays whole (ADR 9).

        It needs the rights of the owner, as the erasure of an organization does.

        Args:
            organization_id: Directory id of the organization.
            directory_id: Of the person.
            actor: Who erases them.
            reason: Why.

        Raises:
            RuleViolated: A switch of the organization is open.
            VaultLocked: The master key does not open the organization's keys.
            DatabaseRightMissing: The role of the database is another one.
            StoreUnavailable: PostgreSQL does not answer.
        """
        user_key = self.vault.user_key(organization_id, directory_id)

        def erase(cursor: Cursor[DictRow]) -> Erasure:
            people = self.vault.erase_person(cursor, organization_id, user_key)
            require_no_open_switch(cursor, organization_id)
            erasure = Erasure(people=people, addresses=0)
            facts = {"actor": actor, "reason": reason}
            record_erasure(cursor, erasure, subject=Subject.PERSON, organization_id=organization_id, **facts)
            return erasure

        return self._written(erase)

    def close(self) -> None:
        """Give the connections back."""
        self._application.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        error_class: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
