"""The table of roles of the commands: by the routes that they use, or the machine (roles#commands)."""

from __future__ import annotations

from collections.abc import Mapping

from console.access.api_roles import API_ROLES
from console.access.route_roles import Over, RouteRole

#: A command that works on the machine itself: whoever has its account and its files may use it.
MACHINE = RouteRole(over=Over.NOBODY)
_ON_THE_MACHINE = "Needs the account of the installation on its machine, and no role."
_SIGNED_IN = "Needs a valid key, and no role."
#: Over which organizations -> words for them.
_WORDS = {
    Over.SOME: "an organization; others are left out of the answer",
    Over.ALL: "all organizations",
    Over.SWITCH: "the organization of the switch",
    Over.CHECKOUT: "the organization of the checkout",
    Over.ASSESSMENT: "the organization of the assessment",
}
_COMMAND = "POST /api/switches/{switch}/"
_PRODUCT = "POST /api/organizations/{organization_id}/products/{subscription_id}/"
#: Command -> the route that decides who may use it; "" for the machine.
_ROUTES: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "demo", "up", "doctor", "backup", "restore", "worker", "serve", "project", "sealer", "migrate",
            "projection rebuild", "keys create", "seal rotate", "seal new-origin", "audit verify",
            "sandbox organization", "sandbox edit", "sandbox connect",
            "deployment list", "deployment set-current", "deployment ramp", "deployment drain",
            "deployment move",
        ),
        "",
    ),
    "reconcile": "POST /api/reconcile",
    "access-log": "GET /api/access-log",
    "license assign": "POST /api/organizations/{organization_id}/licenses",
    "license remove": "POST /api/organizations/{organization_id}/licenses",
    "license history": "GET /api/organizations/{organization_id}/licenses",
    **{
        f"switch {name}": f"{_COMMAND}{name}"
        for name in (
            "pause", "resume", "retry", "skip", "cancel", "rollback", "read-notice", "amend", "back",
            "restart",
        )
    },
    "switch next": f"{_COMMAND}steps/{{step}}",
    "switch step": f"{_COMMAND}steps/{{step}}",
    "switch wait look": f"{_COMMAND}look",
    "switch commands": "GET /api/switches/{switch}/commands",
    "switch preview": "GET /api/user-preview",
    "switch targets": "GET /api/organizations/{organization_id}/subscriptions/{subscription_id}/targets",
    "switch quote": "POST /api/quotes",
    "switch start": "POST /api/switches",
    "switch list": "GET /api/switches",
    "switch show": "GET /api/switches/{switch}",
    "switch watch": "GET /api/switches/{switch}/events",
    "switch users": "GET /api/switches/{switch}/users",
    "checkout start": "POST /api/checkouts",
    "checkout list": "GET /api/checkouts",
    "checkout show": "GET /api/checkouts/{checkout_id}",
    "checkout edit": "PATCH /api/checkouts/{checkout_id}/{section:section}",
    "checkout order": "POST /api/checkouts/{checkout_id}/order",
    "checkout abandon": "POST /api/checkouts/{checkout_id}/abandon",
    "schedule list": "GET /api/schedules",
    "schedule show": "GET /api/switches/{switch}/schedule",
    "schedule change": f"{_COMMAND}schedule",
    "schedule undo": f"{_COMMAND}schedule/undo",
    "schedule accept": f"{_COMMAND}schedule/price",
    "schedule decline": f"{_COMMAND}schedule/undo",
    "product list": "GET /api/organizations/{organization_id}/products",
    "product show": "GET /api/organizations/{organization_id}/products/{subscription_id}",
    "product buy": "POST /api/organizations/{organization_id}/products",
    "product pay": "POST /api/organizations/{organization_id}/payments",
    **{
        f"product {name}": f"{_PRODUCT}{name}" for name in ("resize", "cancel", "reactivate", "reconcile")
    },
    "report tenants": "GET /api/customers",
    "credit approve": f"{_COMMAND}credit/{{verdict}}",
    "credit decline": f"{_COMMAND}credit/{{verdict}}",
    "credit void": f"{_COMMAND}cancel",
    "credit extend": f"{_COMMAND}credit/extend",
    "catalog import": "POST /api/catalog/imports",
    "catalog import-prices": "POST /api/catalog/price-imports",
    "catalog versions": "GET /api/catalog/versions",
    "catalog list": "GET /api/catalog/plans",
    "catalog show": "GET /api/catalog/plans/{text}",
    "catalog compare": "GET /api/catalog/compare",
    "audit show": "GET /api/switches/{switch}/audit",
    "audit at": "GET /api/switches/{switch}/state",
    "audit diff": "GET /api/switches/{switch}/state/differences",
    "audit explain": "GET /api/switches/{switch}/explanation",
    "audit assessments": "GET /api/organizations/{organization_id}/assessments",
    "audit assessment": "GET /api/assessments/{assessment}",
    "audit whatif": "GET /api/switches/{switch}/whatif",
    "audit plan": "GET /api/switches/{switch}/plan-and-actual",
    "audit replay": "GET /api/switches/{switch}/replay",
    "audit export": "GET /api/switches/{switch}/bundle",
    "seal show": "GET /api/seals",
    "support contact": "GET /api/support",
    "support bundle": "POST /api/support/bundles",
    "cloud show": "GET /api/cloud",
    "cloud sign-in": "POST /api/cloud/sign-ins",
    "cloud sign-out": "POST /api/cloud/sign-outs",
    "projection status": "GET /api/projections",
    "approval list": "GET /api/approvals",
    "approval show": "GET /api/approvals/{approval}",
    "approval approve": "POST /api/approvals/{approval}/approve",
    "approval refuse": "POST /api/approvals/{approval}/refuse",
    "report views": "GET /api/views",
    "report view": "GET /api/views/{view}",
    "notice list": "GET /api/notices",
    "notice show": "GET /api/notices/{notice_id}",
    "notice resend": "POST /api/notices/{notice_id}/resend",
    "notice test": "POST /api/notices/recipients/test",
    "notice recipients list": "GET /api/notices/recipients",
    "notice recipients add": "POST /api/notices/recipients",
    "notice recipients remove": "POST /api/notices/recipients/{subscription_id}/remove",
    "people list": "GET /api/people",
    "people me": "GET /api/account",
    "people show": "GET /api/people/{name}",
    "people add": "POST /api/people",
    "people grant": "POST /api/people/{name}/grants",
    "people withdraw": "POST /api/people/{name}/withdrawals",
    "people block": "POST /api/people/{name}/block",
    "people unblock": "POST /api/people/{name}/unblock",
    "people sign-out": "POST /api/people/{name}/sign-out",
    "keys list": "GET /api/keys",
    "keys make": "POST /api/keys",
    "keys rotate": "POST /api/keys/{key_id}/rotate",
    "keys revoke": "POST /api/keys/{key_id}/revoke",
    **dict.fromkeys(("admin recover", "admin erase-organization", "admin erase-person"), ""),
    "webhook list": "GET /api/webhooks",
    "webhook types": "GET /api/webhooks/types",
    "webhook show": "GET /api/webhooks/{webhook}",
    "webhook create": "POST /api/webhooks",
    "webhook change": "POST /api/webhooks/{webhook}/change",
    "webhook enable": "POST /api/webhooks/{webhook}/enable",
    "webhook disable": "POST /api/webhooks/{webhook}/disable",
    "webhook remove": "POST /api/webhooks/{webhook}/remove",
    "webhook test": "POST /api/webhooks/{webhook}/test",
    "webhook replay": "POST /api/webhooks/{webhook}/replay",
    "webhook secret": "POST /api/webhooks/{webhook}/secrets",
    "webhook deliveries": "GET /api/webhooks/{webhook}/deliveries",
}  # fmt: skip
#: Command -> who may use it.
COMMAND_ROLES: Mapping[str, RouteRole] = {
    command: API_ROLES[route] if route else MACHINE for command, route in _ROUTES.items()
}


def needs(command: str) -> str:
    """Return the line of a command's help that says which role it needs."""
    row = COMMAND_ROLES[command]
    if row.is_open:
        return _ON_THE_MACHINE
    if row.over is Over.SIGNED_IN:
        return _SIGNED_IN
    names = " or ".join(each.value for each in row.roles)
    return f"Needs the role {names} over {_WORDS.get(row.over, 'the organization')}."
