"""What is wrong with a bundle: everything that a check finds, each with the member and the reason."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from domain.kernel.errors import PlanSwitchError

#: Findings that are told; one alteration leads to a few, and a thousand tell nothing more.
FINDINGS_MAX = 50
#: What a member that was made to break its reader may raise.
_BROKEN = (ValueError, KeyError, TypeError, AttributeError, LookupError, OverflowError, RecursionError)


class Kind(StrEnum):
    """How a bundle fails to hold."""

    #: A member can't be read.
    UNREADABLE = "unreadable"
    MISSING = "missing"
    #: A member, a row or an event that does not belong into this bundle.
    EXTRA = "extra"
    #: What stands there is not what was sealed, or not what the index says.
    ALTERED = "altered"
    #: No key that is believed signed the checkpoint.
    UNSIGNED = "unsigned"
    #: Computed again from the record it comes out differently.
    DIFFERENT = "different"


@dataclass(frozen=True, kw_only=True, slots=True)
class BundleFinding:
    """One reason why a bundle does not hold."""

    kind: Kind
    #: "" is the file itself.
    member: str
    text: str


class Findings:
    """Collects what checks find; a check that breaks is a finding itself."""

    def __init__(self) -> None:
        self._findings: list[BundleFinding] = []
        #: Findings beyond those that are told.
        self.more = 0

    def add(self, kind: Kind, member: str, text: str) -> None:
        """Take one finding."""
        if len(self._findings) == FINDINGS_MAX:
            self.more += 1
            return
        self._findings.append(BundleFinding(kind=kind, member=member, text=text))

    @contextmanager
    def of(self, member: str, kind: Kind = Kind.UNREADABLE) -> Iterator[None]:
        """Make a finding of whatever a check of a member raises."""
        try:
            yield
        except PlanSwitchError as error:
            self.add(kind, member, error.message)
        except _BROKEN as error:
            self.add(Kind.UNREADABLE, member, f"It can't be read: {type(error).__name__} {error}.")

    @property
    def findings(self) -> tuple[BundleFinding, ...]:
        """Return what was found, in the order of the checks."""
        return tuple(self._findings)
