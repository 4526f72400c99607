"""The sandbox itself: state, journal and clock, with one way to change anything: `commit`."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sandbox.cloud.fold import State, fold
from sandbox.faults.fault_engine import FaultEngine
from sandbox.faults.fault_program import FaultProgram
from sandbox.identity.compact_tokens import TokenKey
from sandbox.kernel.clock import Clock, SystemClock, iso, parse_instant
from sandbox.kernel.journal import Journal, JournalBroken, Record, read_records
from sandbox.kernel.model import Json, Organization
from sandbox.kernel.plans import PlanBook, load_plans
from sandbox.kernel.quota import Quota
from sandbox.kernel.settings import Settings

#: Namespace of every id that the sandbox gives out.
SANDBOX_NAMESPACE = uuid5(NAMESPACE_URL, "https://planswitch.example/sandbox")
#: Two records are at least this far apart, so that no gap between them measures as nothing.
TICK = timedelta(microseconds=1)


class Sandbox:
    """State of the emulated cloud, rebuilt from its journal at the start."""

    def __init__(self, state_dir: Path, *, clock: Clock | None = None, plans: PlanBook | None = None) -> None:
        self.clock: Clock = clock or SystemClock()
        self.plans = load_plans() if plans is None else plans
        self.state = State()
        self.quota = Quota()
        self.faults = FaultEngine()
        self.is_broken = False
        #: The bureau calls back; an order by card is checked only then, since nobody waits for it.
        self.is_calling_back = False
        #: Address of the authority over TLS; "": it is not served.
        self.authority_url = ""
        self.journal = Journal(state_dir)
        try:
            self._replay()
        except BaseException:
            self.journal.close()
            raise

    @property
    def settings(self) -> Settings:
        """Return the present settings."""
        return self.state.settings

    @property
    def organizations(self) -> dict[str, Organization]:
        """Return every organization by id."""
        return self.state.organizations

    @cached_property
    def token_key(self) -> TokenKey:
        """Return the key of the authority's tokens; the first use makes it."""
        return TokenKey.of_folder(self.journal.path.parent)

    def signed_claims(self, token: str) -> Json | None:
        """Return the claims of a token that the authority has signed, None of any other.

        No stranger's token makes a key: where there is none, nothing was signed.
        """
        return self.token_key.claims_of(token) if TokenKey.is_made(self.journal.path.parent) else None

    def _replay(self) -> None:
        for number, record in enumerate(read_records(self.journal.path), start=1):
            try:
                fold(self.state, record)
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                raise JournalBroken(
                    f"{self.journal.path.name} record {number} does not fit this version: {error!r}.",
                    remedy="Start the sandbox with an empty data folder, or restore a backup.",
                ) from error

    def now(self) -> datetime:
        """Return the present instant, never before the last record."""
        now = self.clock.now()
        last = self.state.last_at
        return max(now, parse_instant(last)) if last else now

    def next_instant(self) -> str:
        """Return the instant for the next record: later than every record before."""
        now = self.clock.now()
        last = self.state.last_at
        return iso(max(now, parse_instant(last) + TICK) if last else now)

    def commit(
        self, record_type: str, *, organization_id: str = "", actor: str = "app", **facts: Any
    ) -> Record:
        """Write one record and apply it.

        Args:
            record_type: What happened.
            organization_id: To whom, "" for the sandbox as a whole.
            actor: app (through the vendor's contract), hand (a planted edit) or seed.
            facts: What the fold and the referee need.

        Raises:
            JournalBroken: The journal could not be written; nothing was changed.
        """
        record: Record = {"type": record_type, "at": self.next_instant(), "actor": actor, **facts}
        if organization_id:
            record["organization_id"] = organization_id
        self.write(record)
        fold(self.state, record)
        return record

    def write(self, record: Record) -> None:
        """Write a record whose effect is in the state already (the batch path) or follows at once.

        Raises:
            JournalBroken: The journal could not be written; the sandbox refuses every call from now on.
        """
        try:
            self.journal.append(record)
        except JournalBroken:
            self.is_broken = True
            raise
        self.state.last_at = record["at"]

    def delays(self, organization_id: str) -> tuple[float, float]:
        """Return the seconds until an order is visible, and from there until it is set up."""
        settings = self.settings
        by_settings = (settings.provisioning_delay_seconds, settings.setup_delay_seconds)
        return self.faults.delays(organization_id) or by_settings

    def install(self, program: FaultProgram | None, organization_id: str = "") -> None:
        """Put a fault program in force, and the settings that it brings along; they outlast it.

        Args:
            program: What goes wrong; None ends the one in force.
            organization_id: For whom alone, "" for everybody.
        """
        self.faults.install(program, organization_id)
        current = self.settings.model_dump()
        if program is not None and current | program.settings != current:
            self.commit("settings", settings=current | program.settings)

    def close(self) -> None:
        """Close the journal."""
        self.journal.close()


def named_id(organization_id: str, name: str) -> str:
    """Return the deterministic id of a thing of an organization."""
    return str(uuid5(UUID(organization_id), name))


def next_id(organization: Organization, kind: str, *, offset: int = 1) -> tuple[str, int]:
    """Return the id of the next thing of a kind and the counter value that goes into its record."""
    number = organization.sequence + offset
    return named_id(organization.organization_id, f"{kind}:{number}"), number


def recorded_answer(key: str, status: int, body: Json, digest: str) -> Json:
    """Return the document that makes a repeated request get the same answer."""
    return {"key": key, "status": status, "body": body, "digest": digest}
