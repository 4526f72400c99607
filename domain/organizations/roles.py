"""Roles in an organization, and which of them may switch plans (rules#wrong_role)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

GLOBAL_ADMIN = "global_admin"
ADMIN = "admin"
LICENSE_ADMIN = "license_admin"
USER_ADMIN = "user_admin"
#: No person: an application whose permissions suffice.
APPLICATION = "application"
#: From the highest down; what is not here counts as its own name.
RANKED = (GLOBAL_ADMIN, ADMIN, LICENSE_ADMIN, USER_ADMIN)
#: The directory's names of a role -> ours.
ALIASES = {
    "global_administrator": GLOBAL_ADMIN,
    "company_administrator": GLOBAL_ADMIN,
    "administrator": ADMIN,
    "license_administrator": LICENSE_ADMIN,
    "user_administrator": USER_ADMIN,
    "user_account_administrator": USER_ADMIN,
}
#: Families of the source for which `admin` suffices.
ADMIN_FAMILIES = frozenset({"small_business"})


def role_of(names: Iterable[str]) -> str:
    """Return the highest of some roles in our word, or "" for none.

    Args:
        names: Names as the directory or a caller writes them, in any case.
    """
    words = [name.strip().lower().replace(" ", "_").replace("-", "_") for name in names]
    held = [ALIASES.get(word, word) for word in words if word]
    ranked = (role for role in RANKED if role in held)
    return next(ranked, held[0] if held else "")


def application_role(lacking: Sequence[str]) -> str:
    """Return what an application counts as that acts on behalf of nobody.

    Args:
        lacking: Permissions of which it would need one, and has none.
    """
    return f"{APPLICATION} without {' or '.join(lacking)}" if lacking else APPLICATION


def is_allowed(role: str, allowed: Collection[str]) -> bool:
    """Return whether a role may switch: one of those allowed, or an application that was granted enough."""
    return role == APPLICATION or role_of([role]) in allowed


def roles_allowed(source_family: str, *, is_license_move: bool) -> tuple[str, ...]:
    """Return the roles that may switch; a move of licenses alone is open to two more.

    Args:
        source_family: Family of the plan that is left.
        is_license_move: The step is the license move of the manual path: nothing is ordered or cancelled.
    """
    allowed = [GLOBAL_ADMIN]
    if source_family in ADMIN_FAMILIES:
        allowed.append(ADMIN)
    if is_license_move:
        allowed += [LICENSE_ADMIN, USER_ADMIN]
    return tuple(allowed)
