"""The table of roles of the pages: a row for each (docs/roles.md#pages)."""

from __future__ import annotations

from collections.abc import Mapping

from console.access.api_roles import (
    ADMINISTRATOR,
    API_ROLES,
    APPROVER,
    AUDITOR,
    LOOKS_AT_USERS,
    OPERATOR,
    VIEWER,
)
from console.access.route_roles import Over, RouteRole, route_key

_SEES_SOME = RouteRole(over=Over.SOME, roles=VIEWER)
_SEES_SWITCH = RouteRole(over=Over.SWITCH, roles=VIEWER)
_SEES_ORGANIZATION = RouteRole(over=Over.PATH, roles=VIEWER)
_COMMANDS = RouteRole(over=Over.SWITCH, roles=OPERATOR)
_COMMANDS_USERS = RouteRole(over=Over.SWITCH, roles=OPERATOR, shows_persons=True)
_CHANGES_CHECKOUT = RouteRole(over=Over.CHECKOUT, roles=OPERATOR, shows_persons=True)
_STARTS = RouteRole(over=Over.BODY, roles=OPERATOR, shows_persons=True)
_SIGNED_IN = RouteRole(over=Over.SIGNED_IN)

#: Page -> its row.
PAGE_ROLES: Mapping[str, RouteRole] = {
    "GET /sign-in": RouteRole(over=Over.NOBODY, is_sign_in=True),
    "POST /sign-in": RouteRole(over=Over.NOBODY, is_sign_in=True),
    "POST /sign-out": RouteRole(over=Over.SIGNED_IN, is_sign_in=True),
    "GET /sign-in/provider": RouteRole(over=Over.NOBODY),
    "GET /sign-in/return": RouteRole(over=Over.NOBODY, is_sign_in=True),
    **dict.fromkeys(
        (
            "GET /account",
            "POST /account/sessions",
            "POST /account/keys",
            "POST /account/keys/{key_id}/rotate",
            "POST /account/keys/{key_id}/revoke",
        ),
        _SIGNED_IN,
    ),
    **dict.fromkeys(
        (
            "GET /people",
            "POST /people",
            "GET /people/{name}",
            "POST /people/{name}/grants",
            "POST /people/{name}/block",
            "POST /people/{name}/keys",
            "POST /people/{name}/keys/{key_id}/revoke",
        ),
        RouteRole(over=Over.ALL, roles=ADMINISTRATOR, shows_persons=True),
    ),
    **dict.fromkeys(
        (
            "GET /webhooks",
            "POST /webhooks",
            "GET /webhooks/{webhook}",
            "GET /webhooks/{webhook}/deliveries/{delivery_id}",
            "GET /webhooks/{webhook}/{form}",
            "POST /webhooks/{webhook}/{form}",
        ),
        RouteRole(over=Over.ALL, roles=ADMINISTRATOR),
    ),
    "GET /approvals": _SEES_SOME,
    "GET /approvals/{approval}": _SEES_SOME,
    "GET /approvals/{approval}/{decision}": _SEES_SOME,
    "POST /approvals/{approval}/approve": RouteRole(over=Over.SOME, roles=APPROVER),
    "POST /approvals/{approval}/refuse": RouteRole(over=Over.SOME, roles=APPROVER),
    "GET /reports": _SEES_SOME,
    "GET /reports/{view}": _SEES_SOME,
    "GET /notices": RouteRole(over=Over.SOME, roles=VIEWER, shows_persons=True),
    "GET /notices/{form}": RouteRole(over=Over.SOME, roles=VIEWER, shows_persons=True),
    "POST /notices/{form}": RouteRole(over=Over.ALL, roles=ADMINISTRATOR, shows_persons=True),
    "GET /docs": _SIGNED_IN,
    "GET /docs/{name:path}": _SIGNED_IN,
    "GET /access-log": RouteRole(over=Over.SOME, roles=AUDITOR, shows_persons=True),
    "GET /": _SEES_SOME,
    "GET /switches/{switch}": RouteRole(over=Over.SWITCH, roles=VIEWER, shows_persons=True),
    "GET /switches/{switch}/refusals": RouteRole(over=Over.SWITCH, roles=LOOKS_AT_USERS, shows_persons=True),
    "GET /switches/{switch}/at/{position}": _SEES_SWITCH,
    "GET /switches/{switch}/back": _COMMANDS_USERS,
    "POST /switches/{switch}/back": _COMMANDS_USERS,
    "GET /switches/{switch}/{command}": _SEES_SWITCH,
    "POST /switches/{switch}/{command}": RouteRole(
        over=Over.SWITCH, roles=OPERATOR, shows_persons=True, stricter={"restart": ADMINISTRATOR}
    ),
    "GET /checkouts": _SEES_SOME,
    "POST /checkouts": _STARTS,
    "GET /checkouts/{checkout_id}": RouteRole(over=Over.CHECKOUT, roles=VIEWER, shows_persons=True),
    "POST /checkouts/{checkout_id}/order": _CHANGES_CHECKOUT,
    "POST /checkouts/{checkout_id}/abandon": _CHANGES_CHECKOUT,
    "POST /checkouts/{checkout_id}/support-bundle": _CHANGES_CHECKOUT,
    "GET /checkouts/{checkout_id}/{section}": RouteRole(over=Over.CHECKOUT, roles=VIEWER),
    "POST /checkouts/{checkout_id}/{section}": _CHANGES_CHECKOUT,
    "GET /organizations": _SEES_SOME,
    "GET /organizations/{organization_id}": _SEES_ORGANIZATION,
    "GET /organizations/{organization_id}/products/{subscription_id}": _SEES_ORGANIZATION,
    "GET /organizations/{organization_id}/acts": _SEES_ORGANIZATION,
    "POST /organizations/{organization_id}/acts": RouteRole(
        over=Over.PATH, roles=OPERATOR, shows_persons=True
    ),
    "GET /organizations/{organization_id}/assessments": _SEES_ORGANIZATION,
    "GET /organizations/{organization_id}/assessments/{assessment}": _SEES_ORGANIZATION,
    "GET /schedule": _SEES_SOME,
    "POST /schedule": _STARTS,
    "GET /schedule/{switch}": _SEES_SWITCH,
    "GET /schedule/{switch}/{form}": _SEES_SWITCH,
    "POST /schedule/{switch}/quote": _COMMANDS_USERS,
    "POST /schedule/{switch}/change": _COMMANDS,
    "POST /schedule/{switch}/price": _COMMANDS,
    "POST /schedule/{switch}/undo": _COMMANDS,
    "GET /licenses-only": RouteRole(over=Over.QUERY, roles=OPERATOR, shows_persons=True),
    "POST /licenses-only": _STARTS,
    "POST /licenses-only/users": _STARTS,
}
#: View -> its row: PostgreSQL judges by table, not by organization (roles#sql-views).
VIEW_ROLES: Mapping[str, RouteRole] = dict.fromkeys(
    (
        "planswitch_read.switch_board",
        "planswitch_read.switch_timeline",
        "planswitch_read.checkout_board",
        "planswitch_views.projection",
        "planswitch_views.switches",
        "planswitch_views.switch_timeline",
        "planswitch_views.switch_stages",
        "planswitch_views.switch_waits",
        "planswitch_views.switch_alarms",
        "planswitch_views.license_passes",
        "planswitch_views.switch_money",
        "planswitch_views.checkouts",
        "planswitch_views.product_acts",
        "planswitch_views.organizations",
        "planswitch_views.provider_calls",
        "planswitch_views.missed_promises",
    ),
    RouteRole(over=Over.ALL, roles=VIEWER),
)
#: Every route of the console -> its row; what has none is refused.
ROUTE_ROLES: Mapping[str, RouteRole] = {**API_ROLES, **PAGE_ROLES}


def role_of_route(method: str, path: str) -> RouteRole | None:
    """Return the row of a route, or None where it has none.

    Args:
        method: Of HTTP.
        path: As the route declares it.
    """
    return ROUTE_ROLES.get(route_key(method, path))
