"""Wrong inputs of the API, one a row: address, what is sent, the field that is named, words that are said."""

from __future__ import annotations

from typing import Any

from tests.support.consoles.wrong_inputs import WrongInput, wrong

OWNED: dict[str, Any] = {"organization_id": "{idle}", "licenses_only": True}
TO = {"target_subscription_id": "no-such-subscription"}
ASK: dict[str, Any] = {"organization_id": "{idle}", "target_plan": "E3"}
START = {**ASK, "accept": True}
WHY = {"reason": "why"}
LONG = "a" * 501
TEXT, COUNT = "text of 1 to 500 characters", "a whole number of 1 to 1,000,000"
QUOTES, STARTS, DRAFTS, BUNDLES = (
    f"POST /api/{each}" for each in ("quotes", "switches", "checkouts", "support/bundles")
)
HELD, ENDED = "POST /api/switches/{held}", "POST /api/switches/{ended}"
ITEMS = "PATCH /api/checkouts/{checkout}"
LICENSES = "POST /api/organizations/{idle}/licenses"
PRODUCTS = "POST /api/organizations/{idle}/products"
PAYMENTS = "POST /api/organizations/{idle}/payments"
LICENSE = {"user": "nobody", "plan": "E3", "action": "assign", "reason": "why"}
GIVEN = "is not given"
USERS = "POST /api/user-files?organization_id={idle}&target_plan=E3"
TWO_WAYS = "users_of_department and users_with_plan"
PREVIEW = "GET /api/user-preview?organization_id={idle}&target_plan=E3"
PAST = "GET /api/switches/{held}/state"


def ask(field: str, value: Any, *words: str, place: str = QUOTES, **ends: Any) -> WrongInput:
    """Return a question with one wrong field."""
    return wrong(place, {**(ASK if place == QUOTES else START), field: value}, field, *words, **ends)


BODIES = (
    wrong(QUOTES, None, "body", GIVEN, "a JSON object"),
    wrong(QUOTES, "", "body", GIVEN),
    wrong(QUOTES, "{", "body", "is no JSON", "line 1, column 2"),
    wrong(QUOTES, '{"organization_id": "a"} x', "body", "more than one value stands at line 1, column 26"),
    wrong(QUOTES, "'E3'", "body", "a value is missing at line 1, column 1"),
    wrong(QUOTES, '{"a" 1}', "body", "a colon is missing"),
    wrong(QUOTES, '{"a": "b', "body", "a text has no end"),
    wrong(QUOTES, b"\xff\xfe{}", "body", "no UTF-8 at byte 1"),
    wrong(QUOTES, b"\xef\xbb\xbf{}", "body", "a byte order mark"),
    wrong(QUOTES, "[" * 100_000, "body", "nested too deeply", "at most 32 lists and objects"),
    wrong(QUOTES, '{"a":' * 40_000, "body", "nested too deeply"),
    wrong(QUOTES, '{"quantity": NaN}', "body", "NaN stands for a number"),
    wrong(QUOTES, '{"quantity": 1e400}', "body", "1e400 is too large a number"),
    wrong(QUOTES, '{"quantity": ' + "9" * 5_000 + "}", "body", "a number of 5,000 digits"),
    wrong(QUOTES, '{"target_plan": "E3", "target_plan": "E1"}', "body", "'target_plan' is given twice"),
    wrong(QUOTES, [], "body", "is an empty list", "a JSON object"),
    wrong(QUOTES, "5", "body", "body is 5"),
    wrong(QUOTES, "null", "body", GIVEN),
    wrong(QUOTES, "x" * 300_000, ends=413, code="BODY_TOO_LARGE"),
    wrong(QUOTES, "{}", ends=415, code="MEDIA_TYPE_REFUSED", media_type="text/plain"),
    wrong(QUOTES, "a=1", ends=415, code="MEDIA_TYPE_REFUSED", media_type="application/x-www-form-urlencoded"),
    wrong(QUOTES, "--x", ends=415, code="MEDIA_TYPE_REFUSED", media_type="multipart/form-data; boundary=x"),
    wrong(f"{HELD}/pause", "{}", ends=415, code="MEDIA_TYPE_REFUSED", media_type="text/html"),
    wrong(QUOTES, '{"target_plan": "\\u0000"}', "target_plan", "U+0000", code="UNACCEPTABLE_TEXT"),
    wrong(QUOTES, {}, "organization_id", GIVEN, TEXT),
    wrong(QUOTES, {"organization_id": "{idle}"}, "target_plan", GIVEN, TEXT),
)
QUESTIONS = (
    ask("quantity", True, "quantity is true", COUNT),
    ask("quantity", "30", "quantity is '30'", COUNT),
    ask("quantity", 2.5, "quantity is 2.5", COUNT),
    ask("quantity", 0, COUNT),
    ask("quantity", -5, COUNT),
    ask("quantity", 10**30, COUNT),
    ask("quantity", [12], "quantity is [12]", COUNT),
    ask("quantity", {"a": 1}, "quantity is an object", COUNT),
    ask("set_usage_location", "Germany", "two capitals, such as DE"),
    ask("user_services", "x", "the check of a file of users"),
    ask("organization_id", "Fernwick Energy", "a directory id, such as", "not its name"),
    ask("organization_id", "   ", "not its name"),
    ask("organization_id", "../x", "not its name"),
    ask("organization_id", LONG, "501 characters", TEXT),
    ask("organization_id", 7, "organization_id is 7", TEXT),
    wrong(
        QUOTES,
        {**ASK, "organization_id": "Fernwick"},
        "",
        "not its name",
        ends=404,
        code="UNKNOWN_ORGANIZATION",
    ),
    wrong(QUOTES, {**ASK, "target_plan": "E33"}, "", "Closest: Office 365 E3", ends=404, code="UNKNOWN_PLAN"),
    ask("target_plan", "", TEXT),
    ask("target_plan", 5, "target_plan is 5"),
    ask("licenses_only", "perhaps", "licenses_only is 'perhaps'"),
    wrong(QUOTES, OWNED, "target_subscription_id", GIVEN, "the id that its seller gave it"),
    wrong(QUOTES, {**OWNED, **TO, "quantity": 5}, "quantity", "quantity is 5", "orders and bills nothing"),
    wrong(QUOTES, {**OWNED, **TO, "mode": "manual"}, "mode", "automatic with licenses_only", "`--pilot`"),
    wrong(QUOTES, {**OWNED, **TO}, "", "lists no subscription", ends=404, code="UNKNOWN_SUBSCRIPTION"),
    ask("mode", "magic", "automatic or manual"),
    ask("payment_method", "gold", "card or invoice"),
    ask("term", "P9Y", "P1M or P1Y"),
    ask("billing_cycle", "weekly", "monthly or annual"),
    ask("service_settings", "none", "keep or grant_all"),
    ask("rule_set", "1999", "2014, 2020, current"),
    ask("policy", "per_moon", "per_day"),
    ask("policy", "per_second", "fixed_30, kill_bill, per_day, vendor_day"),
    ask("auto_renew", "maybe", "keep or on or off"),
    ask("acknowledgments", "all", "a list of at most 20"),
    ask("acknowledgments", ["no_way_bak"], "is 'no_way_bak'", "no_way_back"),
    wrong(QUOTES, {**ASK, "acknowledgments": [1]}, "acknowledgments.0", "is 1", TEXT),
    ask("acknowledgments", ["domain:nope"], "is 'nope'", "none: no domain of the organization"),
    ask("acknowledgments", ["a"] * 21, "is a list of 21"),
    ask("quoted_on", "9999-12-31", "a date from"),
    ask("quoted_on", "0001-01-01", "a date from"),
    ask("quoted_on", "2020-01-01", "or later"),
    ask("quoted_on", "2026-02-30", "a date, such as 2026-12-24"),
    ask("quoted_on", 0, "quoted_on is 0", "a date, such as"),
    ask("start_on", "9999-12-31", "without-forfeiture or renewal"),
    ask("start_on", "0001-01-01", "without-forfeiture or renewal"),
    ask("start_on", "soon", "a date from"),
    ask("start_on", "", "start_on is ''"),
    ask("rule_set", "", TEXT),
    ask("policy", "", TEXT),
    ask("caller_role", "", TEXT),
    ask("wait_until", "9999-12-31", "a date or an instant"),
    ask("wait_until", "9999-12-31T23:59:59-23:00", "a date or an instant"),
    ask("max_total", "5", "nothing without wait_until, start_on, start_at or quiet_hours"),
    ask("start_at", "", "start_at is ''"),
    ask("start_at", "2026-12-24", "a time of day by the organization's clocks"),
    ask("start_at", "2027-03-28T02:30", "clocks in Europe/Berlin skip this time"),
    ask("start_at", "9999-12-31T23:59:59", "an instant after now"),
    ask("start_at", "0001-01-01T00:00", "by the organization's clocks"),
    ask("quiet_hours", "22:00-22:00", "two different ones"),
    ask("quiet_hours", "configured", "none configured"),
    ask("price_tolerance_percent", "", TEXT),
    ask("price_tolerance_percent", "-1", "a percentage from 0 to 100"),
    ask("price_tolerance_percent", "NaN", "a percentage from 0 to 100"),
    ask("price_tolerance_percent", 5, "price_tolerance_percent is 5"),
    wrong(QUOTES, {**ASK, "start_on": "renewal", "max_total": "1e99999999"}, "max_total", "an amount in"),
    wrong(QUOTES, {**ASK, "start_on": "renewal", "max_total": "NaN"}, "max_total", "an amount in"),
    ask("pilot", -1, "a whole number of 0 to 1,000,000"),
    ask("pilot", 1.5, "pilot is 1.5"),
    wrong(QUOTES, {**ASK, "pilot": 5, "pilot_group_id": "x"}, "pilot_group_id", "Give one of the two"),
    ask("pilot_group_id", "nobody's", "the id of a group"),
    ask("accept_forfeiture", "yes", "true or false"),
    ask("accept_forfeiture", 1, "true or false"),
    ask("source_subscription_id", "", TEXT),
    wrong(
        QUOTES,
        {**ASK, "source_subscription_id": "x"},
        "",
        "is not one of them",
        ends=404,
        code="UNKNOWN_SUBSCRIPTION",
    ),
    wrong(
        QUOTES,
        {**ASK, "color": "red"},
        "color",
        "color is no field here",
        "organization_id",
        "Leave color out",
    ),
)
STARTED = (
    wrong(STARTS, ASK, "quote_digest", GIVEN, "`accept: true`"),
    ask("quote_digest", "", TEXT, place=STARTS),
    wrong(STARTS, {**START, "quote_digest": "no"}, "", "Ask for a new quote", ends=409, code="QUOTE_CHANGED"),
    ask("request_id", "", TEXT, place=STARTS),
    ask("request_id", LONG, "501 characters", place=STARTS),
    ask("reason", "   ", "words that say why", place=STARTS),
    ask("reason", LONG, "text of at most 500 characters", place=STARTS),
    ask("start_on", "", "start_on is ''", place=STARTS),
    ask("caller_role", "", TEXT, place=STARTS),
    ask("pilot_soak_seconds", 604_801, "a whole number of 0 to 604,800", place=STARTS),
    ask("selection", "x", "a quote of this organization", place=STARTS),
    ask("users_listed", ["nobody@example.com"], "object ids or principal names", place=STARTS),
    ask("users_of_department", "x", "users who hold the old plan", place=STARTS),
    ask("target_subscription_id", "x", "nothing in an automatic switch", place=STARTS),
    wrong(STARTS, {**START, "quantity": 1}, "", "at least 12", ends=409, code="NOT_ELIGIBLE_FOR_SWITCH"),
    wrong(
        STARTS,
        {**START, "target_plan": "E1"},
        "",
        "on this plan already",
        "Choose another plan",
        ends=409,
        code="NOT_ELIGIBLE_FOR_SWITCH",
    ),
    wrong(
        STARTS,
        {**START, "organization_id": "{stuck}"},
        "",
        "try again when it has ended",
        ends=409,
        code="SWITCH_IN_PROGRESS",
    ),
)
COMMANDS = (
    wrong(f"{HELD}/pause", {}, "reason", GIVEN, TEXT),
    wrong(f"{HELD}/pause", {"reason": " \n "}, "reason", "words that say why"),
    wrong(f"{HELD}/pause", {"reason": 5}, "reason", "reason is 5"),
    wrong(f"{HELD}/pause", {"reason": LONG}, "reason", "501 characters"),
    wrong(f"{HELD}/pause", {**WHY, "force": True}, "force", "no field here", "reason, request_id"),
    wrong(f"{HELD}/retry", {**WHY, "users": "all"}, "users", "a list of at most 500"),
    wrong(f"{HELD}/retry", {**WHY, "users": [""]}, "users.0", TEXT),
    wrong(f"{HELD}/retry", {**WHY, "users": ["04cf6ce7"]}, "user", "first 8 characters", "sign-in name"),
    wrong(f"{HELD}/retry", {**WHY, "users": ["nobody@lantern.example"]}, "user", "sign-in name"),
    wrong(f"{HELD}/skip", WHY, "user", GIVEN),
    wrong(f"{HELD}/skip", {**WHY, "user": "nobody"}, "user", "first 8 characters"),
    wrong(f"{HELD}/skip", {**WHY, "user": "{user}", "accept_loss": "y"}, "accept_loss", "true or false"),
    wrong(f"{HELD}/amend", {**WHY, "quantity": 0}, "quantity", COUNT),
    wrong(f"{HELD}/amend", {**WHY, "quantity": 13}, "accepted_digest", GIVEN, "`accept: true`"),
    wrong(
        f"{HELD}/amend",
        {**WHY, "quantity": 1, "accept": True},
        "",
        "12 licenses or more",
        ends=409,
        code="NOT_ELIGIBLE_FOR_SWITCH",
    ),
    wrong(f"{HELD}/back", {"quantity": 0}, "quantity", COUNT),
    wrong(f"{HELD}/back/quote", {"payment_method": "gold"}, "payment_method", "card or invoice"),
    wrong(
        f"{HELD}/back",
        {"accept": True},
        "",
        "only a completed switch",
        ends=409,
        code="SWITCH_NOT_COMPLETED",
    ),
    wrong(f"{ENDED}/back", {}, "quote_digest", GIVEN, "`accept: true`"),
    wrong(f"{HELD}/credit/extend", {**WHY, "days": 3}, "days", "a whole number of 1 to 2"),
    wrong(f"{HELD}/credit/extend", {**WHY, "days": True}, "days", "days is true"),
    wrong(f"{HELD}/credit/perhaps", WHY, "verdict", "approve or decline"),
    wrong(f"{HELD}/credit/approve", WHY, "", "no credit check waits", ends=409, code="RULE_VIOLATED"),
    wrong(f"{ENDED}/pause", WHY, "", "has ended", ends=409, code="RULE_VIOLATED"),
    wrong(f"{ENDED}/rollback", WHY, "", "has ended", ends=409, code="RULE_VIOLATED"),
    wrong(f"{HELD}/read-notice", WHY, "", "has not completed", ends=409, code="RULE_VIOLATED"),
    wrong(f"{ENDED}/restart", WHY, "", "has ended as completed", ends=409, code="RULE_VIOLATED"),
    wrong(
        "POST /api/switches/ffffffff/pause", WHY, "", "No switch has the id", ends=404, code="UNKNOWN_SWITCH"
    ),
    wrong("POST /api/switches/short/pause", WHY, "switch", "at least 8 characters"),
    wrong("POST /api/reconcile", {"grace_seconds": 1e9}, "grace_seconds", "a number of 0 to 86,400"),
    wrong("POST /api/reconcile", {"grace_seconds": True}, "grace_seconds", "is true"),
    wrong(LICENSES, LICENSE, "", "has no user 'nobody'", "directory id", ends=409, code="PROVIDER_REFUSED"),
    wrong(LICENSES, {**LICENSE, "user": "../x"}, "", "has no user '../x'", ends=409, code="PROVIDER_REFUSED"),
    wrong(LICENSES, {**LICENSE, "action": "give"}, "action", "assign or remove"),
    wrong(LICENSES, {**LICENSE, "reason": "\t"}, "reason", "words that say why"),
    wrong(PRODUCTS, {**WHY, "plan": "E3"}, "quantity", GIVEN, COUNT),
    wrong(PRODUCTS, {**WHY, "plan": "E33", "quantity": 1}, "", "Closest", ends=404, code="UNKNOWN_PLAN"),
    wrong(PRODUCTS, {**WHY, "plan": "E3", "quantity": 0}, "quantity", COUNT),
    wrong(PRODUCTS, {**WHY, "plan": "E3", "quantity": 1, "payment_method": "gold"}, "payment_method", "card"),
    wrong(PRODUCTS, {**WHY, "plan": "E3", "quantity": 1, "term": "P9Y"}, "term", "P1M or P1Y"),
    wrong(PRODUCTS, {**WHY, "plan": "E3", "quantity": 1}, "total_minor_units", GIVEN, "accept to pay"),
    wrong(f"{PRODUCTS}/x/resize", {**WHY, "quantity": True}, "quantity", "quantity is true"),
    wrong(f"{PRODUCTS}/x/cancel", {**WHY, "at_renewal": "y"}, "at_renewal", "true or false"),
    wrong(f"{PRODUCTS}/x/cancel", {}, "reason", GIVEN, TEXT),
    wrong(f"{PRODUCTS}/x/reactivate", WHY, "", "x", ends=404, code="UNKNOWN_SUBSCRIPTION"),
    wrong(f"{PRODUCTS}/x/unassign", {**WHY, "users": []}, "users", "1 to 500"),
    wrong("POST /api/organizations/{idle}/look", {}, "reason", GIVEN, TEXT),
    wrong(PAYMENTS, {**WHY, "total_minor_units": -1}, "total_minor_units", "a whole number"),
    wrong(PAYMENTS, WHY, "", "Nothing is due", ends=409, code="RULE_VIOLATED"),
    wrong(BUNDLES, {**ASK, "quantity": 11_978_743_753}, "quantity", COUNT),
    wrong(BUNDLES, {}, "switch", GIVEN, "an organization and a target plan"),
    wrong(BUNDLES, {**ASK, "switch": "{held}"}, "switch", "not both"),
    wrong(BUNDLES, {**ASK, "payment_method": "gold"}, "payment_method", "card or invoice"),
)
CHECKOUTS = (
    wrong(DRAFTS, {**ASK, "quantity": 1.5}, "quantity", "quantity is 1.5", COUNT),
    wrong(DRAFTS, {**ASK, "policy": "per_second"}, "policy", "per_day"),
    wrong(DRAFTS, {**ASK, "organization_id": "Fernwick Energy"}, "organization_id", "not its name"),
    wrong(f"{ITEMS}/items", {}, "revision", GIVEN, COUNT),
    wrong(f"{ITEMS}/items", {"revision": "1"}, "revision", "is '1'"),
    wrong(f"{ITEMS}/items", {"revision": 10**30}, "revision", COUNT),
    wrong(
        f"{ITEMS}/items", {"revision": 99}, "", "is at revision 1, not 99", ends=409, code="CHECKOUT_CHANGED"
    ),
    wrong(f"{ITEMS}/items", {"revision": 1, "changes": []}, "changes", "a JSON object"),
    wrong(f"{ITEMS}/items", {"revision": 1, "changes": {"quantity": 1.5}}, "items.quantity", "is 1.5"),
    wrong(f"{ITEMS}/items", {"revision": 1, "changes": {"quantity": True}}, "items.quantity", "is true"),
    wrong(
        f"{ITEMS}/items",
        {"revision": 1, "changes": {"target_plan": {"a": [1.5]}}},
        "items.target_plan",
        "an object",
    ),
    wrong(f"{ITEMS}/items", {"revision": 1, "changes": {"color": 1}}, "items.color", "no field here"),
    wrong(f"{ITEMS}/nowhere", {"revision": 1}, "section", "sold_to, billed_to"),
    wrong(f"{ITEMS}/domains", {"revision": 1, "changes": {"confirmed": [1.5]}}, "domains.confirmed", "texts"),
    wrong(
        f"{ITEMS}/domains", {"revision": 1, "changes": {"confirmed": ["nope"]}}, "domains.confirmed", "none"
    ),
    wrong(
        f"{ITEMS}/acknowledgments",
        {"revision": 1, "changes": {"confirmed": ["nope"]}},
        "acknowledgments",
        "no_way_back",
    ),
    wrong(
        f"{ITEMS}/items",
        {"revision": 1, "changes": {"service_settings": "x"}},
        "service_settings",
        "grant_all",
    ),
    wrong(
        f"{ITEMS}/payment",
        {"revision": 1, "changes": {"payment_method": "gold"}},
        "payment_method",
        "invoice",
    ),
    wrong(
        f"{ITEMS}/sold_to",
        {"revision": 1, "changes": {"city": 5}},
        "sold_to.city",
        "a value that is not shown",
    ),
    wrong(
        f"{ITEMS}/acknowledgments",
        {"revision": 1, "changes": {"confirmed": ["x"]}},
        "acknowledgments",
        "no_way_back",
    ),
    wrong("POST /api/checkouts/{checkout}/order", {"revision": 1, "reason": " "}, "reason", "say why"),
    wrong("POST /api/checkouts/{checkout}/abandon", {"reason": "\n"}, "reason", "say why"),
)
ADDRESSES = (
    wrong("GET /api/switches/%00aaaaaaa", None, "the address", "U+0000", code="UNACCEPTABLE_TEXT"),
    wrong("GET /api/checkouts?organization=%00", None, "organization", "U+0000", code="UNACCEPTABLE_TEXT"),
    wrong("GET /api/catalog/plans?catalog=%1b", None, "catalog", "U+001B", code="UNACCEPTABLE_TEXT"),
    wrong("GET /api/switches/{held}/amendment", None, "quantity", GIVEN, COUNT),
    wrong("GET /api/switches/{held}/amendment?quantity=1.5", None, "quantity", "is '1.5'", COUNT),
    wrong("GET /api/switches/{held}/amendment?quantity=11978743753", None, "quantity", COUNT),
    wrong("GET /api/switches/{held}/timeline?after=99999999999999999999", None, "after", "a whole number"),
    wrong("GET /api/switches/{held}/timeline?after=-1", None, "after", "a whole number of 0 to"),
    wrong(PAST, None, "at_position", GIVEN, "one moment"),
    wrong(f"{PAST}?at_position=5&at_version=2", None, "at_position", "given beside another moment"),
    wrong(f"{PAST}?at_position=0", None, "at_position", "at_position is 0", "the log's end"),
    wrong(f"{PAST}?at_position=99999999999999999999", None, "at_position", "the log's end"),
    wrong(f"{PAST}?at_version=0", None, "at_version", "1 to"),
    wrong(f"{PAST}?at_version=two", None, "at_version", "a whole number"),
    wrong(f"{PAST}?at_instant=2026-12-24T09:30:00", None, "at_instant", "Add the time zone"),
    wrong(f"{PAST}?at_instant=2014-01-01T00:00:00Z", None, "at_instant", "when the first event"),
    wrong(f"{PAST}?at_instant=2999-01-01T00:00:00Z", None, "at_instant", "to now"),
    wrong(f"{PAST}?at_instant=5", None, "at_instant", "an instant with its time zone"),
    wrong(f"{PAST}/users?at_version=1&limit=0", None, "limit", "a whole number of 1 to"),
    wrong(f"{PAST}/users?at_version=1&after=x", None, "after", "what the page before gave"),
    wrong(f"{PAST}/differences?to_moment=1", None, "from_moment", GIVEN),
    wrong(f"{PAST}/differences?from_moment=soon&to_moment=version:1", None, "from_moment", "version:N"),
    wrong(f"{PAST}/differences?from_moment=version:1&to_moment=2026-12-24", None, "to_moment", "time zone"),
    wrong("GET /api/switches/{held}/users/nobody", None, "user", "first 8 characters"),
    wrong("GET /api/organizations/Fernwick%20Energy/subscriptions", None, "organization_id", "not its name"),
    wrong("GET /api/organizations/Fernwick%20Energy/licenses", None, "organization_id", "not its name"),
    wrong("GET /api/catalog/compare?a=E1", None, "b", GIVEN),
    wrong("GET /api/customers?profile=contoso", None, "profile", "there are no cloud profiles"),
    wrong("GET /api/customers/{idle}/report?rule_set=1999", None, "rule_set", "2014, 2020, current"),
    wrong(
        "GET /api/catalog/versions/no",
        None,
        "",
        "`GET /api/v1/catalog/versions`",
        ends=404,
        code="UNKNOWN_CATALOG",
    ),
    wrong("GET /api/v1/views/none", None, "", "`GET /api/v1/views`", ends=404, code="UNKNOWN_VIEW"),
    wrong("GET /api/v1/views/switches?format=xls", None, "format", "csv"),
    wrong("GET /api/v1/views/switches?organization=Fernwick%20Energy", None, "organization", "not its name"),
    wrong("GET /api/assessments/999999", None, "", "/assessments`", ends=404, code="UNKNOWN_ASSESSMENT"),
    wrong("GET /api/assessments/nobody", None, "assessment", "a number of the list"),
    wrong("GET /api/organizations/{idle}/assessments?after=0", None, "after", "a whole number"),
    wrong("GET /api/switches/{held}/whatif", None, "input", "exactly one of rules, catalog"),
    wrong("GET /api/switches/{held}/whatif?rules=2015", None, "rules", "2014, 2020, current"),
    wrong("GET /api/whatif?calendar=DE-XX", None, "calendar", "DE-BE"),
    wrong("GET /api/whatif?policy=hourly", None, "policy", "per_day"),
    wrong(
        "GET /api/checkouts/ffffffff", None, "", "`GET /api/v1/checkouts`", ends=404, code="UNKNOWN_CHECKOUT"
    ),
    wrong(USERS, "user\n", "users", "a header and 1 to", media_type="text/csv"),
    wrong(USERS, "name\nada\n", "line 1", "a column `user`", media_type="text/csv"),
    wrong(USERS, 'user\n"a\n', "line 2", "a quotation mark", media_type="text/csv"),
    wrong("POST /api/user-files", "user\na\n", "organization_id", GIVEN, media_type="text/csv"),
    wrong("GET /api/user-preview?organization_id={idle}", None, "target_plan", GIVEN),
    wrong(f"{PREVIEW}&selection=none", None, "selection", "that a quote of this organization has told"),
    wrong(f"{PREVIEW}&user_services=none", None, "user_services", "the check of a file of users"),
    wrong(f"{PREVIEW}&users_of_department=a&users_with_plan=E3", None, TWO_WAYS, "is given", "one of"),
    wrong(
        "GET /api/user-preview?organization_id={idle}&target_plan=E33",
        None,
        "",
        "Closest: Office 365 E3",
        ends=404,
        code="UNKNOWN_PLAN",
    ),
    wrong("POST /api/catalog/imports?name=a%20b", "x", "name", "1 to 40 letters", media_type="text/csv"),
    wrong("POST /api/catalog/imports", "<html>", "header", "Product_Display_Name", media_type="text/csv"),
    wrong("POST /api/catalog/price-imports?dry_run=1", "<html>", "header", "as_of", media_type="text/csv"),
    wrong(
        "POST /api/catalog/price-imports?name=a%20b", "x", "name", "1 to 40 letters", media_type="text/csv"
    ),
    wrong("GET /api/catalog/compare?a=E1&b=E3&currency=XXX", None, "currency", "EUR, USD"),
    wrong("GET /api/catalog/plans/E3?currency=XXX", None, "currency", "USD, EUR"),
    wrong("GET /api/nothing", None, "", "There is no address", ends=404, code="NOT_FOUND"),
    wrong("DELETE /api/switches", None, "", "allowed: GET, POST", ends=405, code="METHOD_NOT_ALLOWED"),
    wrong("POST /api/callbacks/credit", {}, "", "X-Planswitch-Signature", ends=401, code="UNAUTHORIZED"),
)
CALLBACK = {
    "callback_id": "c-1",
    "organization_id": "{idle}",
    "order_id": "o-1",
    "check_id": "k-1",
    "verdict": "approved",
    "decided_at": "2026-11-10T09:00:00Z",
}
BUREAU = "POST /api/callbacks/credit"
#: Sent with the signature of the bureau, so that they are read.
CALLBACKS = (
    wrong(BUREAU, "{", "body", "a name in double quotes is missing"),
    wrong(BUREAU, "[" * 10_000, "body", "nested too deeply"),
    wrong(BUREAU, '{"order_id": "a", "order_id": "b"}', "body", "'order_id' is given twice"),
    wrong(BUREAU, [], "body", "a JSON object"),
    wrong(BUREAU, {}, "callback_id", GIVEN, TEXT),
    wrong(BUREAU, {**CALLBACK, "order_id": 5}, "order_id", "order_id is 5"),
    wrong(BUREAU, {**CALLBACK, "order_id": "a\x00"}, "order_id", "U+0000", code="UNACCEPTABLE_TEXT"),
    wrong(BUREAU, {**CALLBACK, "verdict": "perhaps"}, "verdict", "approved or declined"),
    wrong(BUREAU, {**CALLBACK, "decided_at": 0}, "decided_at", "an instant, such as"),
    wrong(BUREAU, {**CALLBACK, "decided_at": "2026-11-10T09:00:00"}, "decided_at", "an instant, such as"),
    wrong(BUREAU, CALLBACK, "", "placed order o-1", ends=404, code="UNKNOWN_SWITCH"),
)
SIGN_IN = {"profile": "one", "redirect_uri": "http://localhost:1"}
#: The console of these inputs works with a sandbox, and has no profile.
CLOUD = (
    wrong("POST /api/cloud/sign-ins", SIGN_IN, "profile", "of no file", "PLANSWITCH_CLOUD_FILE"),
    wrong(
        "POST /api/cloud/sign-ins", {**SIGN_IN, "redirect_uri": "https://a.test"}, "redirect_uri", "http://"
    ),
    wrong("POST /api/cloud/sign-ins/finish", {"flow": "x", "state": "s"}, "flow", "not of a sign-in"),
    wrong("POST /api/cloud/device-sign-ins", {"profile": ""}, "profile", TEXT),
    wrong("POST /api/cloud/sign-outs", {"profile": "one"}, "profile", "of no file"),
)
APPROVAL = "/api/v1/approvals/ffffffff"
NO_APPROVAL: dict[str, Any] = {"ends": 404, "code": "UNKNOWN_APPROVAL"}
APPROVALS = (
    wrong("GET /api/v1/approvals?state=bogus", None, "state", "waiting, expired"),
    wrong("GET /api/v1/approvals?limit=0", None, "limit", "a whole number of 1 to 500"),
    wrong("GET /api/v1/approvals?after=x", None, "after", "after is 'x'"),
    wrong(f"GET {APPROVAL}", None, "", "no request for an approval", **NO_APPROVAL),
    wrong(f"POST {APPROVAL}/approve", WHY, "digest", GIVEN, TEXT),
    wrong(f"POST {APPROVAL}/approve", {"reason": " ", "digest": "x"}, "reason", "reason"),
    wrong(f"POST {APPROVAL}/approve", {**WHY, "digest": "x"}, "", "no request", **NO_APPROVAL),
    wrong(f"POST {APPROVAL}/refuse", {**WHY, "digest": "x"}, "", "no request", **NO_APPROVAL),
)
RECIPIENTS = "POST /api/v1/notices/recipients"
RECIPIENT = {"address": "ann@example.com", "reason": "why"}
UNKNOWN = "6d3f0c1e-6b4f-5a0e-9b57-0a5d6f0b1c2d"
#: The console of these inputs has no mail server.
NOTICES = (
    wrong("GET /api/v1/notices?kind=party", None, "kind", "completion, credit_check_required"),
    wrong("GET /api/v1/notices?state=lost", None, "state", "waiting, sent, refused"),
    wrong("GET /api/v1/notices?limit=0", None, "limit", "a whole number"),
    wrong("GET /api/v1/notices?after=0", None, "after", "a whole number"),
    wrong("GET /api/v1/notices/x", None, "notice_id", "an id"),
    wrong(f"GET /api/v1/notices/{UNKNOWN}", None, "", "No notice", ends=404, code="UNKNOWN_NOTICE"),
    wrong(f"POST /api/v1/notices/{UNKNOWN}/resend", {}, "reason", GIVEN),
    wrong(f"POST /api/v1/notices/{UNKNOWN}/resend", WHY, "", "No notice", ends=404, code="UNKNOWN_NOTICE"),
    wrong(RECIPIENTS, {"address": "ann@example.com"}, "reason", GIVEN),
    wrong(RECIPIENTS, {**RECIPIENT, "address": "ann"}, "address", "one mail address, such as"),
    wrong(RECIPIENTS, {**RECIPIENT, "address": 5}, "address", "address is 5"),
    wrong(RECIPIENTS, {**RECIPIENT, "address": "a@b.c\nBcc: d@e.f"}, "address", "one mail address"),
    wrong(RECIPIENTS, {**RECIPIENT, "kinds": ["party"]}, "kinds", "completion"),
    wrong(RECIPIENTS, {**RECIPIENT, "organization_id": "Fernwick Energy"}, "organization_id", "directory id"),
    wrong(f"{RECIPIENTS}/x/remove", WHY, "subscription_id", "an id"),
    wrong(f"{RECIPIENTS}/{UNKNOWN}/remove", WHY, "", "No subscription", ends=404, code="UNKNOWN_SUBSCRIBER"),
    wrong("POST /api/v1/notices/recipients/test", {"address": "ann"}, "address", "one mail address"),
    wrong(
        "POST /api/v1/notices/recipients/test",
        {"address": "ann@example.com"},
        "",
        "No mail server",
        ends=409,
        code="MAIL_SERVER_ABSENT",
    ),
)
HOOK, HOOKS = {"url": "https://hooks.example.com/", "reason": "why"}, "POST /api/v1/webhooks"
WEBHOOKS = (
    wrong(HOOKS, {**HOOK, "url": "http://hooks.example.com/"}, "url", "an https URL"),
    wrong(HOOKS, {**HOOK, "url": "https://127.0.0.1/"}, "url", "a host with a public address"),
    wrong(HOOKS, {**HOOK, "url": "https://a:b@hooks.example.com/"}, "url", "without user, password"),
    wrong(HOOKS, {**HOOK, "event_types": ["switch.nothing"]}, "event_types", "switch.requested"),
    wrong(HOOKS, {**HOOK, "organizations": ["no id"]}, "organizations", "a directory id"),
    wrong(HOOKS, {"url": "https://hooks.example.com/"}, "reason", GIVEN, TEXT),
    wrong(f"{HOOKS}/none/enable", WHY, "", "No webhook has the id", ends=404, code="UNKNOWN_WEBHOOK"),
    wrong("GET /api/v1/webhooks/none", ends=404, code="UNKNOWN_WEBHOOK"),
    wrong("GET /api/v1/webhooks/none/deliveries?state=lost", None, "state", "waiting"),
    wrong("GET /api/v1/webhooks/none/deliveries?limit=0", None, "limit", "a whole number of 1 to 500"),
)
API = (
    *BODIES,
    *QUESTIONS,
    *STARTED,
    *COMMANDS,
    *CHECKOUTS,
    *ADDRESSES,
    *CLOUD,
    *APPROVALS,
    *NOTICES,
    *WEBHOOKS,
)
