"""For which organizations an installation is: one scope for each cloud profile."""

from __future__ import annotations

from dataclasses import dataclass

from domain.kernel.errors import InvalidInput


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """The organizations of one cloud profile."""

    #: Name of the profile.
    name: str
    #: Directory id of whoever signs in: the partner, or the organization itself.
    partner_id: str
    #: Organizations that the profile names; empty: every one of the partner's.
    organizations: tuple[str, ...] = ()
    #: Nothing may be changed there.
    is_read_only: bool = False


def scope_of(scopes: tuple[Scope, ...], name: str) -> Scope | None:
    """Return the scope of a name, or the only one; None where the installation has no profiles.

    Args:
        scopes: Of the installation.
        name: Of a profile; "" takes the only one.

    Raises:
        InvalidInput: There is none of that name, or several and none was named.
    """
    if not scopes and not name:
        return None
    named = [each for each in scopes if not name or each.name == name]
    if len(named) != 1:
        allowed = ", ".join(each.name for each in scopes) or "nothing: there are no cloud profiles"
        raise InvalidInput(field="profile", value=name or None, allowed=allowed)
    return named[0]
