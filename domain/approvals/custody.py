"""Who could act by whose account: its owner, and whoever made a key of it (docs/approvals.md)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

#: Account -> the person to whom it belongs; a person belongs to themselves.
OwnerOf = Callable[[str], str]
#: Account and instant -> the accounts that made one of its keys that was valid then.
MakersOf = Callable[[str, datetime], Collection[str]]


def own_account(actor: str) -> str:
    """Return the owner of an account where no owners are known: the account itself."""
    return actor


def no_makers(account: str, at: datetime) -> Collection[str]:  # noqa: ARG001 - it has the shape of MakersOf
    """Return who made the keys of an account where no keys are known: nobody."""
    return ()


@dataclass(frozen=True, kw_only=True)
class Custody:
    """Who can act by which account.

    Args:
        owner_of: Tells who answers for an account.
        makers_of: Tells who made the keys of an account that were valid at an instant. Whoever makes or
            rotates a key sees its secret.
    """

    owner_of: OwnerOf = own_account
    makers_of: MakersOf = no_makers

    def has_made_key(self, maker: str, *, of: str, at: datetime) -> bool:
        """Return whether somebody, or an account of theirs, made a key of an account that is not theirs.

        Args:
            maker: Who may know a secret of it.
            of: The account.
            at: When the key was valid; an aware instant.
        """
        person = self.owner_of(maker)
        return any(self.owner_of(each) == person for each in self.makers_of(of, at))


#: Of an installation whose accounts are not known: each acts for itself.
UNKNOWN_CUSTODY = Custody()
