"""Who reads an answer: a shell has commands, a program addresses and fields, a page links and buttons.

The product tells what to do in commands and options. To others the same is told in what they can do.
A browser that signed in goes to the page that was asked for, and never to another site.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from fastapi import Request

HOME, SIGN_IN = "/", "/sign-in"
#: Longest path that is kept, with its query.
LENGTH_MAX = 1_000
#: A path of this server. Browsers read a second slash, and a backslash as well, as the beginning of another
#: host, and drop blanks and control characters before they look: nothing of that is let through.
_LOCAL = re.compile(r"/(?!/)[!-\[\]-~]*")
#: The page of the API, which people read.
API_REFERENCE = "/api/docs"
#: Paths for programs; a person reads no other page there.
_PROGRAM_PATHS = ("/api/", "/metrics", "/seals/", "/static/")
#: How the command line names itself.
SHELL_AGENT = "planswitch-cli"
_PROGRAM = "planswitch"
_SWITCH = "/api/v1/switches"
_ACTS = "amend|cancel|pause|restart|resume|retry|rollback|skip"
_APPROVALS = "/api/v1/approvals"
_CHECKOUTS = "/api/v1/checkouts"
_SUBSCRIPTIONS = "/api/v1/organizations/{organization_id}/subscriptions"
_PRODUCTS = "/api/v1/organizations/{organization_id}/products"
_PEOPLE, _KEYS = "/api/v1/people", "/api/v1/keys"
#: A command with its id -> method and address; what is about the installation itself has no address.
_COMMANDS = (
    (r"switch list", f"GET {_SWITCH}"),
    (r"switch show(?: (?P<id>\S+))?", f"GET {_SWITCH}/ID"),
    (r"switch users(?: (?P<id>\S+))?.*", f"GET {_SWITCH}/ID/users"),
    (r"switch wait look(?: (?P<id>\S+))?.*", f"POST {_SWITCH}/ID/look"),
    (r"switch next(?: (?P<id>\S+))?", f"GET {_SWITCH}/ID/steps"),
    (r"switch step (?P<id>\S+) (?P<act>\w+).*", f"POST {_SWITCH}/ID/steps/ACT"),
    (r"switch read-notice(?: (?P<id>\S+))?.*", f"POST {_SWITCH}/ID/read-notice"),
    (r"switch targets.* --licenses-only.*", "GET /api/v1/organizations/{organization_id}/owned-targets"),
    (r"switch targets.*", f"GET {_SUBSCRIPTIONS}/{{subscription_id}}/targets"),
    (r"switch preview.*", "GET /api/v1/user-preview"),
    (r"switch quote.*", "POST /api/v1/quotes"),
    (r"switch start.*", f"POST {_SWITCH}"),
    (r"schedule list", "GET /api/v1/schedules"),
    (r"schedule show(?: (?P<id>\S+))?", f"GET {_SWITCH}/ID/schedule"),
    (r"schedule accept(?: (?P<id>\S+))?.*", f"POST {_SWITCH}/ID/schedule/price"),
    (r"schedule (?:undo|decline)(?: (?P<id>\S+))?.*", f"POST {_SWITCH}/ID/schedule/undo"),
    (r"schedule change(?: (?P<id>\S+))?.*", f"POST {_SWITCH}/ID/schedule"),
    (r"approval list.*", f"GET {_APPROVALS}"),
    (r"approval show(?: (?P<id>\S+))?", f"GET {_APPROVALS}/ID"),
    (r"approval (?P<act>approve|refuse)(?: (?P<id>\S+))?.*", f"POST {_APPROVALS}/ID/ACT"),
    (r"switch back(?: (?P<id>\S+))?.*", f"POST {_SWITCH}/ID/back"),
    (rf"switch (?P<act>{_ACTS})(?: (?P<id>\S+))?.*", f"POST {_SWITCH}/ID/ACT"),
    (r"credit \S+(?: (?P<id>\S+))?.*", f"POST {_SWITCH}/ID/credit/{{verdict}}"),
    (r"audit show(?: (?P<id>\S+))?", f"GET {_SWITCH}/ID/audit"),
    (r"seal show", "GET /api/v1/seals"),
    (r"access-log.*", "GET /api/v1/access-log"),
    (r"audit at(?: (?P<id>\S+))?.*", f"GET {_SWITCH}/ID/state"),
    (r"audit diff(?: (?P<id>\S+))?.*", f"GET {_SWITCH}/ID/state/differences"),
    (r"audit explain(?: (?P<id>\S+))?", f"GET {_SWITCH}/ID/explanation"),
    (r"audit assessments.*", "GET /api/v1/organizations/{organization_id}/assessments"),
    (r"audit assessment.*", "GET /api/v1/assessments/{assessment}"),
    (r"audit whatif(?: (?P<id>\S+))?.*", f"GET {_SWITCH}/ID/whatif"),
    (r"checkout list", f"GET {_CHECKOUTS}"),
    (r"checkout start.*", f"POST {_CHECKOUTS}"),
    (r"checkout edit(?: (?P<id>\S+))?", f"PATCH {_CHECKOUTS}/ID/{{section}}"),
    (r"license (?:assign|remove).*", "POST /api/v1/organizations/{organization_id}/licenses"),
    (r"product list.*", f"GET {_PRODUCTS}"),
    (r"product show.*", f"GET {_PRODUCTS}/{{subscription_id}}"),
    (r"product buy .*--trial.*", f"POST {_PRODUCTS}/{{subscription_id}}/buy-trial"),
    (r"product buy.*", f"POST {_PRODUCTS}"),
    (r"product pay.*", "POST /api/v1/organizations/{organization_id}/payments"),
    (r"product reconcile .*--unassign.*", f"POST {_PRODUCTS}/{{subscription_id}}/unassign"),
    (
        r"product (?P<act>resize|cancel|reactivate|reconcile).*",
        f"POST {_PRODUCTS}/{{subscription_id}}/ACT",
    ),
    (r"catalog list", "GET /api/v1/catalog/plans"),
    (r"catalog versions", "GET /api/v1/catalog/versions"),
    (r"catalog import-prices.*", "POST /api/v1/catalog/price-imports"),
    (r"catalog import.*", "POST /api/v1/catalog/imports"),
    (r"projection status", "GET /api/v1/projections"),
    (r"reconcile.*", "POST /api/v1/reconcile"),
    (r"report views?.*", "GET /api/v1/views"),
    (r"notice list.*", "GET /api/v1/notices"),
    (r"notice recipients list", "GET /api/v1/notices/recipients"),
    (r"webhook list", "GET /api/v1/webhooks"),
    (r"webhook types", "GET /api/v1/webhooks/types"),
    (r"webhook deliveries(?: (?P<id>\S+))?.*", "GET /api/v1/webhooks/ID/deliveries"),
    (r"webhook (?P<act>enable|remove)(?: (?P<id>\S+))?.*", "POST /api/v1/webhooks/ID/ACT"),
    (r"cloud show", "GET /api/v1/cloud"),
    (r"cloud sign-in.*", "POST /api/v1/cloud/sign-ins"),
    (r"people list", f"GET {_PEOPLE}"),
    (r"people me", "GET /api/v1/account"),
    (r"people show.*", f"GET {_PEOPLE}/{{name}}"),
    (r"people add.*", f"POST {_PEOPLE}"),
    (r"people grant.*", f"POST {_PEOPLE}/{{name}}/grants"),
    (r"keys list", f"GET {_KEYS}"),
    (r"keys make.*", f"POST {_KEYS}"),
    (
        r"keys (?P<act>rotate|revoke)(?! (?:master|command|callback|seal)\b)(?: (?P<id>\S+))?.*",
        f"POST {_KEYS}/ID/ACT",
    ),
    (r"doctor", "GET /api/v1/ready"),
    (r"support bundle.*", "POST /api/v1/support/bundles"),
    (r"switch(?: --help)?", f"POST {_SWITCH}"),
)
#: Commands about a switch that lack its id, and those among them that take a reason.
_OPEN_ACT = rf"switch (?:{_ACTS})"
_OPEN_COMMAND = rf"{_OPEN_ACT}|switch (?:show|users|wait look|next)|audit (?:show|explain)"
#: Commands about products that lack what they are about; and those among them that are about one product.
_OPEN_PRODUCT = r"product (?:list|show|resize|cancel|reactivate|pay|reconcile)"
_ABOUT_ONE = r"product (?:show|resize|cancel|reactivate|reconcile)"
_ONLY_TOLD = r"product (?:list|show)"
_OPEN_TRIAL = "product buy"
#: An option with its value -> a field of a body.
_OPTIONS = (
    (r"--acknowledge (\S+)", r'acknowledgments: ["\1"]'),
    (r"--accept-forfeiture", "accept_forfeiture: true"),
    (r"--accept-loss", "accept_loss: true"),
    (r"--allow-unusual", "allow_unusual=true"),
    (r"--dry-run", "dry_run=true"),
    (r"--leave-others", "leave_others: true"),
    (r"--licenses-only", "licenses_only: true"),
    (r"--to-subscription(?: \S+)?", "target_subscription_id"),
    (r"--set-usage-location(?: \S+)?", "set_usage_location"),
    (r"--users(?: \S+)?", "users_listed"),
    (r"--users-of-group(?: \S+)?", "users_of_group"),
    (r"--mode (\S+)", r'mode: "\1"'),
    (r"--payment-method (\S+)", r'payment_method: "\1"'),
    (r"--wait-eligible --until (\S+)", r'wait_until: "\1"'),
    (r"--at (\S+)", r'start_at: "\1"'),
    (r"--on (\S+)", r'start_on: "\1"'),
    (r"--quiet-hours (\S+)", r'quiet_hours: "\1"'),
    (r"--pilot (\S+)", r"pilot: \1"),
    (r"--pilot-group(?: \S+)?", "pilot_group_id"),
    (r"--quantity (\S+)", r"quantity: \1"),
    (r"--subscription(?: \S+)?", "source_subscription_id"),
    (r"--yes", "accept_loss: true"),
)
#: A command in a text.
QUOTED_COMMAND = re.compile(rf"`{_PROGRAM} ([^`]+)`")
_QUOTED_OPTION = re.compile(r"`(--[^`]+)`")
#: Words for a program -> words for a person at a shell.
_FOR_SHELL = {
    "Send it as `X-API-Key`;": "Set PLANSWITCH_API_KEY to it;",
    "/api/docs lists every address.": "`planswitch --help` lists the commands.",
}
#: The organization that a command is about, and the link to its page.
_WHOSE = r"(?!ORGANIZATION\b)(?P<id>[A-Za-z0-9][A-Za-z0-9._-]*)"
_ITS_PAGE = r"[organization](/organizations/\g<id>)"
#: A command of a shell -> where a page has the same; `\g<id>` stands for what the command names.
_PLACES = (
    (r"switch list", "the [list of switches](/)"),
    (r"switch targets.* --licenses-only.*", "the page of [licenses only](/licenses-only)"),
    (r"checkout list", "the [list of checkouts](/checkouts)"),
    (r"webhook types", "the form of [webhooks](/webhooks)"),
    (r"webhook enable.*", "“Enable” on the page of the [webhook](/webhooks)"),
    (r"webhook .*", "the page of [webhooks](/webhooks)"),
    (r"switch show.*", "the page of the switch"),
    (r"switch users.*", "the page of the switch"),
    (r"switch wait look.*", "“Look now”"),
    (r"switch retry.*", "“Try again”"),
    (r"switch cancel.*", "“Cancel the switch”"),
    (r"switch rollback.*", "“Roll the switch back”"),
    (r"switch back.*", "“Switch back” on its page"),
    (r"switch pause.*", "“Pause”"),
    (r"switch resume.*", "“Resume”"),
    (r"switch read-notice.*", "“Mark as read”"),
    (r"switch restart.*", "“Start it again from the record”"),
    (r"switch skip.*", "“Skip”"),
    (r"switch amend.*", "“Amend”"),
    (r"switch (?:next|step).*", "“Steps”"),
    (r"credit \S*\|.*", "“Approve”, “Decline”, “Extend” or “Cancel the switch”"),
    (r"credit approve.*", "“Approve”"),
    (r"credit decline.*", "“Decline”"),
    (r"credit extend.*", "“Extend”"),
    (r"credit void.*", "“Cancel the switch”"),
    (r"people (?:list|show|add|grant).*", "the page of [people](/people)"),
    (r"people me", "your [account](/account)"),
    (r"keys .*", "your [account](/account)"),
    (r"schedule change.*", "“Change when it starts” of the [schedule](/schedule)"),
    (r"schedule undo.*", "“Undo the schedule”"),
    (r"schedule accept.*", "“Accept the new price”"),
    (r"schedule decline.*", "“Decline”"),
    (r"schedule (?:list|show).*", "the [schedule](/schedule)"),
    (r"approval .*", "the [approvals](/approvals)"),
    (r"notice list.*", "the list of [notices](/notices)"),
    (r"notice recipients list", "the recipients on the page of [notices](/notices)"),
    (r"checkout edit.*", "the page of the checkout"),
    (r"checkout start.*", "the form of the [list of checkouts](/checkouts)"),
    (r"switch (?:start|quote).*", "a new [checkout](/checkouts)"),
    (r"audit (?:show|at|diff).*", "the audit of the switch"),
    (r"audit explain.*", "“Why” on the page of the switch"),
    (r"access-log.*", "the [access log](/access-log)"),
    (r"audit assessments?.*", "the assessments on the page of the [organization](/organizations)"),
    (r"report views?.*", "the [reports](/reports)"),
    (rf"product pay {_WHOSE}.*", f"“Pay now” on the page of the {_ITS_PAGE}"),
    (r"product pay.*", "“Pay now” on the page of the [organization](/organizations)"),
    (r"product reconcile.*--unassign.*", "“Take the licenses”"),
    (rf"product reconcile {_WHOSE}.*", f"“Buy licenses” on the page of the {_ITS_PAGE}"),
    (r"product reconcile.*", "“Reconcile” on the page of the [organization](/organizations)"),
    (rf"product resize {_WHOSE}.*", f"“Change the number of licenses” on the page of the {_ITS_PAGE}"),
    (r"product resize.*", "“Change the number of licenses”"),
    (rf"product reactivate {_WHOSE}.*", f"“Reactivate” on the page of the {_ITS_PAGE}"),
    (r"product reactivate.*", "“Reactivate”"),
    (r"product cancel.*", "“Cancel”"),
    (rf"product buy {_WHOSE} --trial.*", f"“Buy it” on the page of the {_ITS_PAGE}"),
    (r"product buy.*--trial.*", "“Buy it”"),
    (r"product buy.*", "“Buy a product”"),
    (rf"product (?:list|show) {_WHOSE}.*", f"the page of the {_ITS_PAGE}"),
    (r"product (?:list|show).*", "the page of the [organization](/organizations)"),
)
_BEGINS_A_SENTENCE = re.compile(r"(?:^|[.!?:] )$")


def is_for_programs(path: str) -> bool:
    """Return whether a path answers programs, with problem documents and without a way to the sign-in."""
    return path.startswith(_PROGRAM_PATHS) and path != API_REFERENCE


def local_path(path: str) -> str:
    """Return the page to go to after the sign-in: what was asked for if it is ours, else the first one."""
    is_ours = len(path) <= LENGTH_MAX and _LOCAL.fullmatch(path) is not None
    is_page = not path.startswith(SIGN_IN) and not is_for_programs(path.partition("?")[0])
    return path if is_ours and is_page else HOME


def sign_in_path(request: Request) -> str:
    """Return the sign-in that leads back to what a request asked for."""
    query = f"?{request.url.query}" if request.url.query else ""
    path = local_path(f"{request.url.path}{query}")
    return SIGN_IN if path == HOME else f"{SIGN_IN}?next={quote(path, safe='')}"


def worded(request: Request, text: str) -> str:
    """Return what to do in the words of whoever sent a request."""
    if not is_for_programs(request.url.path):
        return text
    if request.headers.get("User-Agent", "").startswith(SHELL_AGENT):
        return _in_commands(text)
    return in_addresses(text)


def worded_reason(request: Request, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return a reason with its remedy in the words of whoever sent a request."""
    return {**facts, "remedy": worded(request, str(facts.get("remedy") or ""))}


def in_addresses(text: str) -> str:
    """Return a text with the addresses and fields of the API in place of commands and options."""
    return _QUOTED_OPTION.sub(_field, QUOTED_COMMAND.sub(_address, text))


def with_switch(text: str, switch_id: str) -> str:
    """Return a text whose commands name the switch that it is about; without an id it stays as it is."""
    if not switch_id:
        return text
    return QUOTED_COMMAND.sub(lambda match: f"`{_PROGRAM} {_of_switch(match[1], switch_id)}`", text)


def with_organization(text: str, organization_id: str, subscription_id: str = "") -> str:
    """Return a text whose commands about products name what they are about; without an id it stays.

    Args:
        text: With commands in it.
        organization_id: Whose products they are.
        subscription_id: The product that the text is about; "" where it is about none.
    """
    if not organization_id:
        return text

    def named(match: re.Match[str]) -> str:
        return f"`{_PROGRAM} {_of_organization(match[1], organization_id, subscription_id)}`"

    return QUOTED_COMMAND.sub(named, text)


def _of_organization(command: str, organization_id: str, subscription_id: str) -> str:
    if command == _OPEN_TRIAL and subscription_id:
        return f"{command} {organization_id} --trial {subscription_id} --reason …"
    if re.fullmatch(_OPEN_PRODUCT, command):
        about = " SUBSCRIPTION" if re.fullmatch(_ABOUT_ONE, command) else ""
        why = "" if re.fullmatch(_ONLY_TOLD, command) else " --reason …"
        command = f"{command} ORGANIZATION{about}{why}"
    command = re.sub(r"\bORGANIZATION\b", lambda _: organization_id, command)
    return re.sub(r"\bSUBSCRIPTION\b", lambda _: subscription_id or "SUBSCRIPTION", command)


def _of_switch(command: str, switch_id: str) -> str:
    if re.fullmatch(_OPEN_COMMAND, command):
        reason = " --reason …" if re.fullmatch(_OPEN_ACT, command) else ""
        return f"{command} {switch_id}{reason}"
    return re.sub(r"\bSWITCH\b", switch_id, command)


def _in_commands(text: str) -> str:
    for program, shell in _FOR_SHELL.items():
        text = text.replace(program, shell)
    return text


def _address(command: re.Match[str]) -> str:
    for pattern, address in _COMMANDS:
        match = re.fullmatch(pattern, command[1])
        if match:
            names = match.groupdict()
            whole = address.replace("ID", _id_of(names.get("id")))
            return f"`{whole.replace('ACT', names.get('act') or '')}`"
    return command[0]


def _id_of(text: str | None) -> str:
    return text if text and re.fullmatch(r"[0-9a-f-]{8,36}", text) else "{id}"


def _field(option: re.Match[str]) -> str:
    for pattern, field in _OPTIONS:
        match = re.fullmatch(pattern, option[1])
        if match:
            return f"`{match.expand(field)}`"
    return option[0]


def in_page_words(text: str) -> str:
    """Return a text with links and buttons in place of commands; what no page has stays a command."""
    return QUOTED_COMMAND.sub(lambda match: _place(text, match), text)


def _place(text: str, match: re.Match[str]) -> str:
    for pattern, words in _PLACES:
        if named := re.fullmatch(pattern, match[1]):
            place = named.expand(words)
            begins = _BEGINS_A_SENTENCE.search(text[: match.start()])
            return place[0].upper() + place[1:] if begins else place
    return match[0]
