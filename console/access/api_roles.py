"""The table of roles of the API: a row for each route (docs/roles.md#api)."""

from __future__ import annotations

from collections.abc import Mapping

from console.access.route_roles import Over, RouteRole
from domain.people.roles import Role

VIEWER, OPERATOR, AUDITOR = (Role.VIEWER,), (Role.OPERATOR,), (Role.AUDITOR,)
APPROVER = (Role.APPROVER,)
ADMINISTRATOR = (Role.ADMINISTRATOR,)
#: Who looks at single users.
LOOKS_AT_USERS = (Role.OPERATOR, Role.AUDITOR)

_OPEN = RouteRole(over=Over.NOBODY)
_SIGNED_IN = RouteRole(over=Over.SIGNED_IN)
_SEES_SOME = RouteRole(over=Over.SOME, roles=VIEWER)
_SEES_SWITCH = RouteRole(over=Over.SWITCH, roles=VIEWER)
_SEES_USERS = RouteRole(over=Over.SWITCH, roles=LOOKS_AT_USERS, shows_persons=True)
_COMMANDS = RouteRole(over=Over.SWITCH, roles=OPERATOR)
_COMMANDS_USERS = RouteRole(over=Over.SWITCH, roles=OPERATOR, shows_persons=True)
_AUDITS_SWITCH = RouteRole(over=Over.SWITCH, roles=AUDITOR)
_SEES_ORGANIZATION = RouteRole(over=Over.PATH, roles=VIEWER)
_SEES_EDITS = RouteRole(over=Over.PATH, roles=LOOKS_AT_USERS, shows_persons=True)
_ACTS = RouteRole(over=Over.PATH, roles=OPERATOR)
_STARTS = RouteRole(over=Over.BODY, roles=OPERATOR, shows_persons=True)
_SEES_CHECKOUT = RouteRole(over=Over.CHECKOUT, roles=VIEWER, shows_persons=True)
_CHANGES_CHECKOUT = RouteRole(over=Over.CHECKOUT, roles=OPERATOR, shows_persons=True)
_ADMINISTERS = RouteRole(over=Over.ALL, roles=ADMINISTRATOR)
_AUDITS_ALL = RouteRole(over=Over.ALL, roles=AUDITOR)

_SYSTEM = {
    "GET /api/health": _OPEN,
    "GET /api/ready": _OPEN,
    "GET /metrics": _OPEN,
    "GET /api/projections": _ADMINISTERS,
    "POST /api/reconcile": _ADMINISTERS,
    "POST /api/sign-in-codes": _SIGNED_IN,
    "GET /api/openapi.json": _SIGNED_IN,
    "GET /api/docs": _SIGNED_IN,
    "GET /api/cloud": _ADMINISTERS,
    "POST /api/cloud/sign-ins": _ADMINISTERS,
    "POST /api/cloud/sign-ins/finish": _ADMINISTERS,
    "POST /api/cloud/device-sign-ins": _ADMINISTERS,
    "POST /api/cloud/device-sign-ins/finish": _ADMINISTERS,
    "POST /api/cloud/sign-outs": _ADMINISTERS,
    "GET /api/access-log": RouteRole(over=Over.SOME, roles=AUDITOR, shows_persons=True),
    "GET /api/access-log/export": RouteRole(over=Over.SOME, roles=AUDITOR, shows_persons=True),
    "GET /api/support": _SEES_SOME,
    "POST /api/support/bundles": RouteRole(over=Over.BODY, roles=OPERATOR),
    # The bureau signs it.
    "POST /api/callbacks/credit": _OPEN,
}
_CATALOG = {
    "POST /api/catalog/imports": _ADMINISTERS,
    "POST /api/catalog/price-imports": _ADMINISTERS,
    "GET /api/catalog/versions": _SEES_SOME,
    "GET /api/catalog/versions/{version}": _SEES_SOME,
    "GET /api/catalog/plans": _SEES_SOME,
    "GET /api/catalog/plans/{text}": _SEES_SOME,
    "GET /api/catalog/compare": _SEES_SOME,
}
_ORGANIZATIONS = {
    "GET /api/customers": _SEES_SOME,
    "GET /api/customers/{organization_id}/report": _SEES_ORGANIZATION,
    "GET /api/organizations/{organization_id}/subscriptions": _SEES_ORGANIZATION,
    "GET /api/organizations/{organization_id}/subscriptions/{subscription_id}/targets": _SEES_ORGANIZATION,
    "GET /api/organizations/{organization_id}/owned-targets": _SEES_ORGANIZATION,
    "GET /api/organizations/{organization_id}/assessments": _SEES_ORGANIZATION,
    "GET /api/organizations/{organization_id}/licenses": _SEES_EDITS,
    "POST /api/organizations/{organization_id}/licenses": RouteRole(
        over=Over.PATH, roles=OPERATOR, shows_persons=True
    ),
    "GET /api/organizations/{organization_id}/products": _SEES_ORGANIZATION,
    "GET /api/organizations/{organization_id}/products/{subscription_id}": _SEES_ORGANIZATION,
    "POST /api/organizations/{organization_id}/products": _ACTS,
    "POST /api/organizations/{organization_id}/look": _ACTS,
    "POST /api/organizations/{organization_id}/payments": _ACTS,
    "POST /api/organizations/{organization_id}/products/{subscription_id}/resize": _ACTS,
    "POST /api/organizations/{organization_id}/products/{subscription_id}/buy-trial": _ACTS,
    "POST /api/organizations/{organization_id}/products/{subscription_id}/cancel": _ACTS,
    "POST /api/organizations/{organization_id}/products/{subscription_id}/reactivate": _ACTS,
    "POST /api/organizations/{organization_id}/products/{subscription_id}/reconcile": _ACTS,
    "POST /api/organizations/{organization_id}/products/{subscription_id}/unassign": RouteRole(
        over=Over.PATH, roles=OPERATOR, shows_persons=True
    ),
}
_SWITCHES = {
    "POST /api/quotes": _STARTS,
    "POST /api/switches": _STARTS,
    "GET /api/switches": _SEES_SOME,
    "GET /api/switches/{switch}": _SEES_SWITCH,
    "GET /api/switches/{switch}/timeline": _SEES_SWITCH,
    "GET /api/switches/{switch}/audit": _SEES_SWITCH,
    "GET /api/switches/{switch}/service-settings": _SEES_SWITCH,
    "GET /api/switches/{switch}/history": _SEES_SWITCH,
    "GET /api/switches/{switch}/events": _SEES_SWITCH,
    "GET /api/switches/{switch}/commands": _SEES_SWITCH,
    "GET /api/switches/{switch}/amendment": _SEES_SWITCH,
    "GET /api/switches/{switch}/workflow": _SEES_SWITCH,
    "GET /api/switches/{switch}/steps": _SEES_SWITCH,
    "GET /api/switches/{switch}/refusals": _SEES_USERS,
    "GET /api/switches/{switch}/users": _SEES_USERS,
    "GET /api/switches/{switch}/unresolved": _SEES_USERS,
    "GET /api/switches/{switch}/users/{user}": _SEES_USERS,
    "GET /api/switches/{switch}/drift": _SEES_USERS,
    "GET /api/user-preview": RouteRole(over=Over.QUERY, roles=OPERATOR, shows_persons=True),
    "POST /api/user-files": RouteRole(over=Over.QUERY, roles=OPERATOR, shows_persons=True),
    "POST /api/switches/{switch}/back/quote": _COMMANDS_USERS,
    "POST /api/switches/{switch}/back": _COMMANDS_USERS,
    "POST /api/switches/{switch}/retry": _COMMANDS,
    "POST /api/switches/{switch}/skip": _COMMANDS,
    "POST /api/switches/{switch}/pause": _COMMANDS,
    "POST /api/switches/{switch}/resume": _COMMANDS,
    "POST /api/switches/{switch}/cancel": _COMMANDS,
    "POST /api/switches/{switch}/rollback": _COMMANDS,
    "POST /api/switches/{switch}/look": _COMMANDS,
    "POST /api/switches/{switch}/read-notice": _COMMANDS,
    "POST /api/switches/{switch}/amend": _COMMANDS,
    "POST /api/switches/{switch}/steps/{step}": _COMMANDS,
    "POST /api/switches/{switch}/credit/extend": _COMMANDS,
    "POST /api/switches/{switch}/credit/{verdict}": _COMMANDS,
    "POST /api/switches/{switch}/restart": RouteRole(over=Over.SWITCH, roles=ADMINISTRATOR),
}
_CHECKOUTS = {
    "POST /api/checkouts": _STARTS,
    "GET /api/checkouts": _SEES_SOME,
    "GET /api/checkouts/{checkout_id}": _SEES_CHECKOUT,
    "PATCH /api/checkouts/{checkout_id}/{section:section}": _CHANGES_CHECKOUT,
    "POST /api/checkouts/{checkout_id}/order": _CHANGES_CHECKOUT,
    "POST /api/checkouts/{checkout_id}/abandon": _CHANGES_CHECKOUT,
}
_SCHEDULES = {
    "GET /api/schedules": _SEES_SOME,
    "GET /api/switches/{switch}/schedule": _SEES_SWITCH,
    "POST /api/switches/{switch}/schedule/quote": _COMMANDS_USERS,
    "POST /api/switches/{switch}/schedule": _COMMANDS,
    "GET /api/switches/{switch}/schedule/price": _COMMANDS_USERS,
    "POST /api/switches/{switch}/schedule/price": _COMMANDS,
    "POST /api/switches/{switch}/schedule/undo": _COMMANDS,
}
_AUDIT = {
    "GET /api/switches/{switch}/explanation": _SEES_SWITCH,
    "GET /api/switches/{switch}/plan-and-actual": _SEES_SWITCH,
    "GET /api/switches/{switch}/state": _SEES_SWITCH,
    "GET /api/switches/{switch}/state/differences": _SEES_SWITCH,
    "GET /api/switches/{switch}/state/users": _SEES_USERS,
    "GET /api/switches/{switch}/state/differences/users": _SEES_USERS,
    "GET /api/switches/{switch}/whatif": _AUDITS_SWITCH,
    "GET /api/switches/{switch}/replay": _AUDITS_SWITCH,
    "GET /api/switches/{switch}/bundle": RouteRole(over=Over.SWITCH, roles=AUDITOR, shows_persons=True),
    "GET /api/assessments/{assessment}": RouteRole(over=Over.ASSESSMENT, roles=VIEWER),
    "GET /api/whatif": _AUDITS_ALL,
    "GET /api/whatif/pages": _AUDITS_ALL,
    # One tree covers the events of all organizations.
    "GET /api/seals": _AUDITS_ALL,
    "GET /seals/checkpoint": _AUDITS_ALL,
    "GET /seals/policy": _AUDITS_ALL,
    "GET /seals/tile/{name:path}": _AUDITS_ALL,
}
_PEOPLE = {
    **dict.fromkeys(
        (
            "GET /api/people",
            "POST /api/people",
            "GET /api/people/{name}",
            "POST /api/people/{name}/grants",
            "POST /api/people/{name}/withdrawals",
            "POST /api/people/{name}/block",
            "POST /api/people/{name}/unblock",
            "POST /api/people/{name}/sign-out",
        ),
        RouteRole(over=Over.ALL, roles=ADMINISTRATOR, shows_persons=True),
    ),
    # Everybody has an account and keys of their own; whose keys they are is judged by the use case.
    **dict.fromkeys(
        (
            "GET /api/account",
            "GET /api/account/sessions",
            "POST /api/account/sessions/{session_id}/end",
            "POST /api/account/sessions/end",
            "GET /api/keys",
            "POST /api/keys",
            "POST /api/keys/{key_id}/rotate",
            "POST /api/keys/{key_id}/revoke",
        ),
        _SIGNED_IN,
    ),
}
_DATA = {
    "GET /api/switches.{form}": _SEES_SOME,
    "GET /api/checkouts.{form}": _SEES_SOME,
    "GET /api/schedules.{form}": _SEES_SOME,
    "GET /api/customers.{form}": _SEES_SOME,
    "GET /api/switches/{switch}/timeline.{form}": _SEES_SWITCH,
    "GET /api/switches/{switch}/users.{form}": _SEES_USERS,
    "GET /api/switches/{switch}/refusals.{form}": _SEES_USERS,
    "GET /api/organizations/{organization_id}/assessments.{form}": _SEES_ORGANIZATION,
    "GET /api/organizations/{organization_id}/licenses.{form}": _SEES_EDITS,
    "GET /api/organizations/{organization_id}/products.{form}": _SEES_ORGANIZATION,
    "GET /api/changes": _SEES_SOME,
    "GET /api/troubles": _ADMINISTERS,
}
#: What is sent to other systems is of all organizations.
_WEBHOOKS = dict.fromkeys(
    (
        "GET /api/webhooks",
        "GET /api/webhooks/types",
        "POST /api/webhooks",
        "GET /api/webhooks/{webhook}",
        "POST /api/webhooks/{webhook}/change",
        "POST /api/webhooks/{webhook}/enable",
        "POST /api/webhooks/{webhook}/disable",
        "POST /api/webhooks/{webhook}/remove",
        "POST /api/webhooks/{webhook}/secrets",
        "POST /api/webhooks/{webhook}/test",
        "POST /api/webhooks/{webhook}/replay",
        "GET /api/webhooks/{webhook}/deliveries",
        "GET /api/webhooks/{webhook}/deliveries/{delivery_id}",
    ),
    _ADMINISTERS,
)
_APPROVES = RouteRole(over=Over.SOME, roles=APPROVER)
#: The use case judges the organization of a request, since it knows it (approvals#the-way-of-a-request).
_APPROVALS = {
    "GET /api/approvals": _SEES_SOME,
    "GET /api/approvals/{approval}": _SEES_SOME,
    "POST /api/approvals/{approval}/approve": _APPROVES,
    "POST /api/approvals/{approval}/refuse": _APPROVES,
}
#: Addresses are shown to administrators and auditors alone (notices#recipients).
_SEES_NOTICES = RouteRole(over=Over.SOME, roles=VIEWER, shows_persons=True)
_SENDS_NOTICES = RouteRole(over=Over.ALL, roles=ADMINISTRATOR, shows_persons=True)
_NOTICES = {
    "GET /api/notices": _SEES_NOTICES,
    "GET /api/notices/recipients": _SEES_NOTICES,
    "GET /api/notices/{notice_id}": _SEES_NOTICES,
    "POST /api/notices/recipients": _SENDS_NOTICES,
    "POST /api/notices/recipients/{subscription_id}/remove": _SENDS_NOTICES,
    "POST /api/notices/recipients/test": _SENDS_NOTICES,
    "POST /api/notices/{notice_id}/resend": _SENDS_NOTICES,
}
_VIEWS = {
    "GET /api/views": _SEES_SOME,
    "GET /api/views/{view}": _SEES_SOME,
}
#: Route -> its row.
API_ROLES: Mapping[str, RouteRole] = {
    **_SYSTEM,
    **_CATALOG,
    **_ORGANIZATIONS,
    **_SWITCHES,
    **_CHECKOUTS,
    **_SCHEDULES,
    **_AUDIT,
    **_PEOPLE,
    **_DATA,
    **_WEBHOOKS,
    **_APPROVALS,
    **_NOTICES,
    **_VIEWS,
}
