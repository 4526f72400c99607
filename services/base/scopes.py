"""For which organizations an installation is: one scope for each cloud profile."""

from __future__ import annotations

from dataclasses import dataclass

from domain.kernel.errors import InvalidInput, ReadOnlyAccess
from domain.kernel.ids import canonical_id
from providers.access.profiles import Access, CloudProfiles


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


def scopes_of(profiles: CloudProfiles | None) -> tuple[Scope, ...]:
    """Return the scope of each cloud profile; none where the installation has none."""
    return tuple(
        Scope(
            name=each.name,
            partner_id=each.tenant_id,
            organizations=each.tenants,
            is_read_only=each.access is Access.READ,
        )
        for each in (profiles.profiles if profiles else ())
    )


def require_write_access(scopes: tuple[Scope, ...], organization_id: str) -> None:
    """Refuse to begin what would change something where this installation may only read.

    The transport refuses every single write as well; nothing should be begun that it would stop.

    Args:
        scopes: Of the installation.
        organization_id: Directory id of the organization.

    Raises:
        ReadOnlyAccess: The profile of the organization may only read.
    """
    wanted = canonical_id(organization_id)
    named = [each for each in scopes if wanted in each.organizations]
    others = [each for each in scopes if not each.organizations]
    scope = next(iter([*named, *others]), None)
    if scope is None or not scope.is_read_only:
        return
    raise ReadOnlyAccess(
        f"The cloud profile {scope.name} may only read: nothing was begun or sent.",
        remedy=f'Set access = "write" in the profile {scope.name} (PLANSWITCH_CLOUD_FILE), start the '
        "processes again, and repeat this.",
        profile=scope.name,
    )
