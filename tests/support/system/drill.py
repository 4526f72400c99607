"""A disaster and what is brought back: PostgreSQL to an instant, Temporal from an older file or from none."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.support.chaos.stack import POLL_SECONDS
from tests.support.system.archived_postgres import ArchivedPostgres
from tests.support.system.installation import Installation

USERS = 240
LATENCY_MS = 600
#: So the move of one switch begins when the other one is under way.
PROVISIONING_SECONDS = 10
#: The worker looks for lost workflows every two seconds, and at young ones too.
EAGER = {"RECONCILE_SECONDS": "2", "RECONCILE_GRACE_SECONDS": "1", "SEAL_SECONDS": "0.5"}
#: Slices of a move, so that the record has a part of it at the instant.
SLICED = {"LICENSE_SLICE_SIZE": "40", "LICENSE_LANES": "2"}
#: Users moved at the instant to which PostgreSQL is brought back, and when the installation is lost.
RECOVERED_AT, LOST_AT = 60, 20


@dataclass(kw_only=True)
class Drill:
    """One installation, lost and restored.

    Args:
        folder: One that PostgreSQL's account can enter.
    """

    folder: Path
    #: Name of a switch -> its organization, request and id.
    switches: dict[str, tuple[str, str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.postgres = ArchivedPostgres(self.folder / "postgres")
        self.installation = Installation(self.folder / "installation", EAGER | SLICED)
        self.instant: datetime | None = None

    def begin(self) -> None:
        """Start everything, and copy the database."""
        self.postgres.make()
        self.installation.database_url = self.postgres.url
        self.installation.start_outside()
        self.installation.start()
        self.postgres.base_backup(self.folder / "postgres" / "base")

    def live(self) -> None:
        """Let switches run on both sides of the copies, and lose the installation in the middle of one.

        `settled` has completed before everything; `moving` and `between` are under way at the instant, the
        second one since after the copy of Temporal; `late` and `cut` begin after the instant, and `cut` is
        in the middle of its move when the installation is lost.
        """
        self.switch("settled", 1)
        self.installation.wait_for(self.switches["settled"][2], "completed")
        self.installation.settings(provisioning_delay_seconds=PROVISIONING_SECONDS)
        self.switch("moving", 2)
        self.installation.wait_for(self.switches["moving"][2], "credit_cleared")
        self.installation.copy_temporal(self.folder / "temporal-copy")
        self.switch("between", 3)
        self.installation.settings(latency_ms=LATENCY_MS)
        self.installation.wait_for_calls(self.switches["moving"][0], RECOVERED_AT)
        self.instant = self.postgres.now()
        self.installation.settings(latency_ms=0, provisioning_delay_seconds=0)
        self.switch("late", 4)
        for name in ("moving", "between", "late"):
            self.installation.wait_for(self.switches[name][2], "completed")
        self.until_sealed()
        self.installation.run("audit", "verify")
        self.installation.settings(latency_ms=LATENCY_MS)
        self.switch("cut", 5)
        self.installation.wait_for_calls(self.switches["cut"][0], LOST_AT)

    def switch(self, name: str, seed: int) -> None:
        """Start a switch of an organization of its own."""
        organization_id = self.installation.organization(seed=seed, users=USERS)
        request_id = f"drill-{name}"
        switch_id = self.installation.start_switch(organization_id, request_id=request_id)
        self.switches[name] = organization_id, request_id, switch_id

    def restore(self, *, has_temporal: bool) -> None:
        """Lose the installation, and start it on what was brought back."""
        assert self.instant is not None
        self.postgres.archive_wal()
        self.installation.lose()
        self.postgres.stop()
        base = self.folder / "postgres" / "base"
        self.postgres = self.postgres.recovered(base, self.folder / "postgres-2", self.instant)
        self.installation.database_url = self.postgres.url
        self.installation.replace_temporal(self.folder / "temporal-copy" if has_temporal else None)
        self.installation.settings(latency_ms=0)
        self.installation.start()

    def until_sealed(self, seconds: float = 60) -> None:
        """Wait until nothing is left to be sealed."""
        deadline = time.monotonic() + seconds
        seals: dict[str, Any] = {}
        while time.monotonic() < deadline:
            seals = self.installation.api.get("/api/v1/seals").json()
            if not seals["unsealed_events"] and not seals["unsealed_calls"] and seals["folder"] == "whole":
                return
            time.sleep(POLL_SECONDS)
        raise AssertionError(seals)

    def stop(self) -> None:
        """Stop everything."""
        self.installation.stop()
        self.postgres.stop()
