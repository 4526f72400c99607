"""Which permissions let a call of the directory through, as its pages name them.

Any one of the names is enough (the `x-permissions` of the shared contract, and the pages of the calls that
it does not describe). Narrow ones that show less of an object are left out.
"""

from __future__ import annotations

import re
from typing import Final

_READ_ALL, _WRITE_ALL = "Directory.Read.All", "Directory.ReadWrite.All"
_USERS = frozenset({"User.Read.All", "User.ReadWrite.All", _READ_ALL, _WRITE_ALL})
_USERS_WRITE = frozenset({"User.ReadWrite.All", _WRITE_ALL})
_LICENSES_WRITE = frozenset({"LicenseAssignment.ReadWrite.All"})
_LICENSES = frozenset({"LicenseAssignment.Read.All"}) | _LICENSES_WRITE
_GROUPS = frozenset({"Group.Read.All", "Group.ReadWrite.All", "GroupMember.Read.All", _READ_ALL, _WRITE_ALL})
_GROUPS_WRITE = frozenset({"Group.ReadWrite.All", _WRITE_ALL})
_MEMBERS = _GROUPS | {"GroupMember.ReadWrite.All"}
_ORGANIZATION = frozenset({"Organization.Read.All", "Organization.ReadWrite.All", _READ_ALL, _WRITE_ALL})
_HEALTH = frozenset({"ServiceHealth.Read.All"})
_RELATIONSHIPS = frozenset(
    {"DelegatedAdminRelationship.Read.All", "DelegatedAdminRelationship.ReadWrite.All"}
)
_ROLES = frozenset({"RoleManagement.Read.Directory", "RoleManagement.ReadWrite.Directory"})
_MEMBERSHIPS = _USERS | _GROUPS | _ROLES
#: Method and path behind the version -> the permissions, any one of which is enough; the first row counts.
_TABLE: Final = tuple(
    (method, re.compile(path), permissions)
    for method, path, permissions in (
        ("GET", r"/subscribedSkus(/.*)?", _ORGANIZATION | _LICENSES),
        ("GET", r"/directory/subscriptions.*", _ORGANIZATION),
        ("GET", r"/organization(/.*)?", _ORGANIZATION | {"User.Read.All"}),
        ("GET", r"/admin/serviceAnnouncement/.*", _HEALTH),
        ("GET", r"/tenantRelationships/.*", _RELATIONSHIPS),
        ("GET", r"/users/[^/]+/licenseDetails(/.*)?", _USERS | _LICENSES),
        ("GET", r"/users/[^/]+/(transitiveMemberOf|memberOf).*", _MEMBERSHIPS),
        ("GET", r"/users(/.*)?", _USERS),
        ("PATCH", r"/users/[^/]+", _USERS_WRITE),
        ("POST", r"/users/[^/]+/(assignLicense|reprocessLicenseAssignment)", _USERS_WRITE | _LICENSES_WRITE),
        ("POST", r"/groups/[^/]+/assignLicense", _GROUPS_WRITE | _LICENSES_WRITE),
        ("GET", r"/groups(/.*)?", _MEMBERS),
        ("GET", r"/directoryRoles(/.*)?", _ROLES | {_READ_ALL, _WRITE_ALL}),
    )
)
#: Every permission of the table.
EVERY_PERMISSION: Final = frozenset(name for _, _, names in _TABLE for name in names)
#: Roles by which a partner's person may change licenses in a customer's directory: template ids.
LICENSE_ROLES: Final = frozenset(
    {
        "62e90394-69f5-4237-9190-012177145e10",  # Global Administrator
        "4d6ac14f-3453-41d0-bef9-a3e0c569773a",  # License Administrator
        "fe930be7-5e62-47db-91af-98c3a49a38b1",  # User Administrator
        "9360feb5-f418-4baa-8175-e2a00bac4301",  # Directory Writers
    }
)


def permissions_for(method: str, path: str) -> frozenset[str]:
    """Return the permissions any one of which a call of the directory wants; none for a path unknown here.

    Args:
        method: Of the request.
        path: Behind the version, such as `/users`.
    """
    rows = (names for verb, pattern, names in _TABLE if verb == method and pattern.fullmatch(path))
    return next(rows, frozenset())
