"""Wrong inputs of the pages, one a row: address, form, the field that is named, words that are said."""

from __future__ import annotations

from urllib.parse import urlencode

from tests.support.consoles.wrong_inputs import INVALID, WrongInput, wrong

FORM = "application/x-www-form-urlencoded"
HELD, ENDED = "POST /switches/{held}", "POST /switches/{ended}"
ACTS = "POST /organizations/{idle}/acts"
DRAFT = "POST /checkouts/{checkout}"
COUNT = "a whole number of 1 to 1,000,000"
#: A form whose file has no column of users.
WRONG_FILE = '--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nname\nada\n\r\n--b--\r\n'
START = {"organization_id": "{idle}", "target_plan": "E3", "reason": ""}


def form(
    place: str, sent: dict[str, str], field: str, *words: str, ends: int = 422, code: str = INVALID
) -> WrongInput:
    """Return a form with a wrong field."""
    text = urlencode(sent, safe="{}")
    return wrong(place, text, field, *words, ends=ends, code=code, media_type=FORM)


ADDRESSES = (
    wrong("GET /switches/%00aaaaaaa", None, "the address", "U+0000", code="UNACCEPTABLE_TEXT"),
    wrong("GET /checkouts/%00aaaaaaa", None, "the address", "U+0000", code="UNACCEPTABLE_TEXT"),
    wrong("GET /checkouts?organization=%00", None, "organization", "U+0000", code="UNACCEPTABLE_TEXT"),
    wrong("GET /docs/%7f", None, "the address", "U+007F", code="UNACCEPTABLE_TEXT"),
    wrong("GET /switches/short", None, "switch", "at least 8 characters"),
    wrong("GET /switches/ffffffff", None, "", "No switch has the id", ends=404, code="UNKNOWN_SWITCH"),
    wrong("GET /switches/{held}?quantity=x", None, "quantity", "is 'x'", "a whole number"),
    wrong("GET /switches/{held}?quantity=1.5", None, "quantity", "is '1.5'", "a whole number"),
    wrong("GET /switches/{held}?quantity=0", None, "quantity", "quantity is 0", COUNT),
    wrong("GET /switches/{held}?quantity=11978743753", None, "quantity", COUNT),
    wrong("GET /switches/{held}?user=nobody", None, "user", "first 8 characters"),
    wrong("GET /switches/{held}/dance", None, "", "There is no page", ends=404, code="NOT_FOUND"),
    wrong("GET /schedule/ffffffff", None, "", "No switch has the id", ends=404, code="UNKNOWN_SWITCH"),
    wrong("GET /schedule?after=ffffffff", None, "", "No switch has the id", ends=404, code="UNKNOWN_SWITCH"),
    wrong("GET /approvals/ffffffff", None, "", "no request for", ends=404, code="UNKNOWN_APPROVAL"),
    wrong("GET /approvals?state=bogus", None, "state", "waiting, expired"),
    wrong("GET /reports/none", None, "", "There is no view", ends=404, code="UNKNOWN_VIEW"),
    wrong("GET /checkouts?state=bogus", None, "state", "open, ordered, abandoned"),
    wrong("GET /checkouts/ffffffff", None, "", "No checkout has the id", ends=404, code="UNKNOWN_CHECKOUT"),
    wrong(
        "GET /licenses-only?organization=nobody",
        None,
        "",
        "no organization",
        ends=404,
        code="UNKNOWN_ORGANIZATION",
    ),
    wrong(
        "GET /licenses-only?organization={idle}&to=none",
        None,
        "",
        "lists no subscription",
        ends=404,
        code="UNKNOWN_SUBSCRIPTION",
    ),
    wrong("GET /nothing", None, "", "There is no page /nothing", ends=404, code="NOT_FOUND"),
    wrong("GET /docs/nothing.md", None, "", "There is no page", ends=404, code="NOT_FOUND"),
    wrong(
        "POST /docs/rules.md", "", "", "allowed: GET", ends=405, code="METHOD_NOT_ALLOWED", media_type=FORM
    ),
)
COMMANDS = (
    form("POST /licenses-only", {"to": "x"}, "organization_id", "text of 1 to 500 characters"),
    form("POST /licenses-only/users", {"to": "x"}, "file", "multipart/form-data with a file"),
    wrong(
        "POST /licenses-only/users",
        WRONG_FILE,
        "line 1",
        "a header with a column user",
        media_type="multipart/form-data; boundary=b",
    ),
    form(f"{HELD}/pause", {}, "reason", "reason is ''", "text of 1 to 500 characters"),
    form(f"{HELD}/pause", {"reason": "   "}, "reason", "text of 1 to 500 characters"),
    form(f"{HELD}/pause", {"reason": "a" * 501}, "reason", "501 characters"),
    form(f"{HELD}/pause", {"reason": "a\x00b"}, "reason", "U+0000", code="UNACCEPTABLE_TEXT"),
    form(f"{ACTS}", {"act": "sell", "reason": "why"}, "act", "buy, resize"),
    form(f"{ACTS}", {"act": "buy", "reason": "why", "plan": "E3"}, "quantity", "a whole number"),
    form(f"{ACTS}", {"act": "pay"}, "reason", "text of 1 to 500 characters"),
    form(f"{HELD}/amend", {"reason": "why"}, "quantity", "quantity is not given", "a whole number"),
    form(f"{HELD}/amend", {"reason": "why", "quantity": "1.5"}, "quantity", "is '1.5'", "a whole number"),
    form(f"{HELD}/amend", {"reason": "why", "quantity": "\u0661\u0662"}, "quantity", "a whole number"),
    form(f"{HELD}/amend", {"reason": "why", "quantity": "9" * 30}, "quantity", COUNT),
    form(f"{HELD}/amend", {"reason": "why", "quantity": "9" * 5_000}, "quantity", "5,000 characters"),
    form(f"{HELD}/skip", {"reason": "why", "user": "nobody"}, "user", "first 8 characters"),
    form(f"{HELD}/skip", {"reason": "why"}, "user", "text of 1 to 500 characters"),
    form(f"{HELD}/extend", {"reason": "why", "days": "5"}, "days", "a whole number of 1 to 2"),
    form(f"{HELD}/approve", {"reason": "why"}, "", "no credit check waits", ends=409, code="RULE_VIOLATED"),
    form(
        f"{HELD}/back",
        {"reason": "why"},
        "",
        "only a completed switch",
        ends=409,
        code="SWITCH_NOT_COMPLETED",
    ),
    form(f"{ENDED}/pause", {"reason": "why"}, "", "has ended", ends=409, code="RULE_VIOLATED"),
    form(
        "POST /schedule/{held}/undo",
        {"reason": "why"},
        "",
        "Nothing is scheduled",
        ends=409,
        code="RULE_VIOLATED",
    ),
    form(f"{HELD}/dance", {"reason": "why"}, "", "There is no page", ends=404, code="NOT_FOUND"),
)
CHECKOUTS = (
    form("POST /checkouts", {}, "organization_id", "text of 1 to 500 characters"),
    form(
        "POST /checkouts", {**START, "organization_id": "Fernwick Energy"}, "organization_id", "not its name"
    ),
    form(
        "POST /checkouts",
        {**START, "target_plan": "E33"},
        "",
        "Closest: Office 365 E3",
        ends=404,
        code="UNKNOWN_PLAN",
    ),
    form("POST /checkouts", {**START, "quantity": "2.5"}, "quantity", "is '2.5'", "a whole number"),
    form("POST /checkouts", {**START, "quantity": "0"}, "quantity", COUNT),
    form("POST /checkouts", {**START, "quantity": "11978743753"}, "quantity", COUNT),
    form("POST /checkouts", {f"f{number}": "x" for number in range(600)}, "form", "at most 500 fields"),
    form(f"{DRAFT}/items", {"quantity": "13"}, "revision", "revision is not given", "a whole number"),
    form(f"{DRAFT}/items", {"revision": "1", "quantity": "1.5"}, "quantity", "is '1.5'"),
    form(f"{DRAFT}/items", {"revision": "1", "quantity": "0"}, "items.quantity", "items.quantity is 0"),
    form(
        f"{DRAFT}/items",
        {"revision": "99", "quantity": "13"},
        "",
        "not 99",
        ends=409,
        code="CHECKOUT_CHANGED",
    ),
    form(
        f"{DRAFT}/payment", {"revision": "1", "payment_method": "gold"}, "payment_method", "card or invoice"
    ),
    form(f"{DRAFT}/nowhere", {"revision": "1"}, "section", "sold_to, billed_to"),
    form(f"{DRAFT}/order", {"revision": "x"}, "revision", "is 'x'", "a whole number"),
    form(f"{DRAFT}/order", {"revision": "1", "reason": "a" * 501}, "reason", "501 characters"),
    form("POST /checkouts/ffffffff/items", {"revision": "1"}, "", ends=404, code="UNKNOWN_CHECKOUT"),
)
NOTICES = (
    wrong("GET /notices?kind=party", None, "kind", "completion, credit_check_required"),
    wrong("GET /notices?after=x", None, "after", "the number of a notice"),
    form("POST /notices/dance", {}, "form", "add, remove, resend, test"),
    form("POST /notices/add", {"address": "ann", "reason": "why"}, "address", "one mail address"),
    form("POST /notices/remove", {"subscription_id": "x", "reason": "why"}, "subscription_id", "an id"),
    form("POST /notices/test", {"test_address": "ann"}, "address", "one mail address"),
)
WEBHOOKS = (
    wrong("GET /webhooks/none", None, "", "No webhook has the id", ends=404, code="UNKNOWN_WEBHOOK"),
    form("POST /webhooks", {"url": "http://hooks.example.com/", "reason": "why"}, "url", "an https URL"),
    form("POST /webhooks", {"url": "https://hooks.example.com/"}, "reason", "text of 1 to 500 characters"),
)
PAGES = (*ADDRESSES, *COMMANDS, *CHECKOUTS, *NOTICES, *WEBHOOKS)
