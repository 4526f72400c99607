"""What a verification found: the first thing that is not as it was sealed, or that all holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from audit.forks.chain import Fork
from domain.kernel.errors import PlanSwitchError


class Fault(StrEnum):
    """How a thing differs from what was sealed."""

    ALTERED = "altered"
    REMOVED = "removed"
    INSERTED = "inserted"
    REORDERED = "reordered"


class Subject(StrEnum):
    """What differs."""

    EVENT = "event"
    APPROVAL = "approval"
    CALL = "provider call"
    USER_ROW = "user row"
    #: A row of the tables of seals.
    SEAL_ROW = "seal row"
    #: A file of the folder of seals.
    SEAL_FILE = "seal file"


class Outcome(StrEnum):
    """How a verification ends."""

    HOLDS = "holds"
    #: All holds, and the log follows one that was seen before: a restore was declared.
    FORKED = "forked"
    ALTERED = "altered"
    #: The log is not the one that was looked at before, or the store is not the one that was published.
    DIVERGED = "diverged"
    #: All holds, but no witness vouches for it, and one was asked for.
    UNANCHORED = "unanchored"


#: Exit codes of the command (docs/cli.md#exit-codes).
EXIT_CODES: Mapping[Outcome, int] = {
    Outcome.HOLDS: 0,
    Outcome.UNANCHORED: 20,
    Outcome.FORKED: 25,
    Outcome.DIVERGED: 30,
    Outcome.ALTERED: 40,
}


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One value that is not what was sealed."""

    name: str
    #: "" where only a digest of it was sealed, and the value can't be found again.
    sealed: str
    now: str


@dataclass(frozen=True, kw_only=True)
class Deviation:
    """The first thing that is not as it was sealed."""

    fault: Fault
    subject: Subject
    #: Names of ids and their values, such as `event` or `switch`.
    ids: Mapping[str, str]
    #: What happened, as one sentence.
    sentence: str
    differences: tuple[Difference, ...] = ()
    #: Index of the leaf in the tree; None where it is no leaf.
    leaf: int | None = None


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """How much was compared, and what no seal covers."""

    events: int = 0
    calls: int = 0
    roster_rows: int = 0
    move_rows: int = 0
    selection_rows: int = 0
    seals: int = 0
    #: Approvals whose signature is right, and the names of the keys that signed them.
    approvals: int = 0
    approval_keys: tuple[str, ...] = ()
    #: Events and calls after the last seal.
    unsealed_events: int = 0
    unsealed_calls: int = 0
    #: Rows that no digest covers, each kind in words.
    uncovered: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Seal:
    """The checkpoint against which the record was verified."""

    origin: str
    tree_size: int
    #: Root of the tree in base64.
    root: str
    #: Ids of the log's keys that signed it.
    signed_by: tuple[str, ...]
    witnessed_by: tuple[str, ...]
    #: UNANCHORED or WITNESSED.
    anchoring: str
    #: Whether the policy is that of the folder, which whoever changed the folder may have changed too.
    is_policy_of_folder: bool


@dataclass(frozen=True, kw_only=True)
class Verification:
    """The answer of a verification."""

    outcome: Outcome
    #: How it ended, as one sentence.
    sentence: str
    #: None where no checkpoint was believed.
    seal: Seal | None = None
    #: The checkpoint of this log that was seen last, before this one; 0: none was.
    last_tree_size: int = 0
    coverage: Coverage = field(default_factory=Coverage)
    #: Logs before this one, the newest first, with what restores have lost.
    forks: tuple[Fork, ...] = ()
    deviation: Deviation | None = None

    @property
    def exit_code(self) -> int:
        """Return the exit code of the command."""
        return EXIT_CODES[self.outcome]


class Deviates(PlanSwitchError):
    """Ends a verification at the first thing that is not as it was sealed."""

    code = "AUDIT_MISMATCH"

    def __init__(self, deviation: Deviation) -> None:
        """Carry what differs."""
        super().__init__(deviation.sentence)
        self.deviation = deviation


class Diverges(PlanSwitchError):
    """Ends a verification where the log is another one than before."""

    code = "AUDIT_MISMATCH"


class NotSealed(PlanSwitchError):
    """There is no seal to verify against."""

    code = "NOT_SEALED"
