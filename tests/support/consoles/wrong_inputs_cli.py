"""Wrong inputs of the command line, one a row: words, the option that is named, words that are said."""

from __future__ import annotations

import shlex

from tests.support.consoles.wrong_inputs import INVALID, Targets, WrongInput, wrong

FAILS = 2
COUNT = "a whole number of 1 to 1,000,000"
ASK, START = "switch quote {idle} --to E3", "switch start {idle} --to E3"


def typed(words: str, option: str, *told: str, ends: int = FAILS, code: str = INVALID) -> WrongInput:
    """Return a command line with a wrong word."""
    return wrong(words, None, option, *told, ends=ends, code=code)


def words_of(each: WrongInput, made: Targets) -> list[str]:
    """Return the words of a command line, with the names of what was made filled in."""
    return [made.filled(word) for word in shlex.split(each.place)]


PARSED = (
    typed("dance", "", "no such command 'dance'", "`planswitch --help`"),
    typed("switch qoute", "", "no such command 'qoute'", "'quote'"),
    typed("--nonsense", "--nonsense", "no such option"),
    typed("switch quote", "ORGANIZATION", "is not given", "`planswitch switch quote --help`"),
    typed("switch quote {idle}", "--to", "is not given", "plan to switch to"),
    typed("switch pause {held}", "--reason", "is not given"),
    typed(f"{ASK} --quantity 0", "--quantity", "is '0'", "a whole number of at least 1"),
    typed(f"{ASK} --quantity 2.5", "--quantity", "is '2.5'", "a whole number"),
    typed(f"{ASK} --quantity many", "--quantity", "is 'many'"),
    typed("credit extend {held} --reason x --days 5", "--days", "a whole number from 1 to 2"),
    typed("reconcile --grace nan", "--grace", "a number of at least 0"),
    typed("notice recipients add ann --reason x", "ADDRESS", "one mail address"),
    typed("notice list --state lost", "--state", "waiting, sent, refused"),
    typed("doctor well", "ORGANIZATION", "nothing without --cloud"),
    typed("projection status well", "", "takes no further words"),
    typed("doctor --cloud", "PLANSWITCH_CLOUD_FILE", "a file of cloud profiles"),
    typed("report tenants --profile contoso", "profile", "there are no cloud profiles"),
    typed("report tenants --csv /nowhere/tenants.csv", "--csv", "a new file"),
    typed(
        "report view none", "", "There is no view", "`planswitch report views`", ends=3, code="UNKNOWN_VIEW"
    ),
    typed("report view switches --csv /nowhere/switches.csv", "--csv", "a new file"),
    typed("report view switches --json --csv -", "the form", "one form"),
    typed("demo --users 0", "--users", "a whole number from 1 to"),
)
QUESTIONS = (
    typed(f"{ASK} --quantity 11978743753", "--quantity", "is 11978743753", COUNT),
    typed("switch quote {idle} --to E33", "", "Closest: Office 365 E3", ends=3, code="UNKNOWN_PLAN"),
    typed("switch quote 'Fernwick Energy' --to E3", "ORGANIZATION", "not its name", "switch show"),
    typed("switch quote Fernwick --to E3", "", "not its name", ends=3, code="UNKNOWN_ORGANIZATION"),
    typed("switch quote '' --to E3", "ORGANIZATION", "text of 1 to 500 characters"),
    typed("license history 'Fernwick Energy'", "ORGANIZATION", "not its name"),
    typed("switch quote {idle} --licenses-only", "--target-subscription", "is not given"),
    typed(
        "switch targets nobody --licenses-only", "", "no organization", ends=3, code="UNKNOWN_ORGANIZATION"
    ),
    typed("switch preview {idle} --to E3", "--csv", "is not given", "one of --csv FILE"),
    typed("switch preview {idle} --csv /nowhere/preview.csv --to E3", "--csv", "a new file"),
    typed("switch preview {idle} --users /nowhere/users.csv --to E3", "", "can't be read"),
    typed(f"{ASK} --set-usage-location Germany", "--set-usage-location", "two capitals, such as DE"),
    typed(f"{ASK} --payment-method gold", "--payment-method", "card or invoice"),
    typed(f"{ASK} --rule-set 1999", "--rule-set", "2014, 2020, current"),
    typed(f"{ASK} --policy per_second", "--policy", "per_day"),
    typed(f"{ASK} --acknowledge no_way_bak", "--acknowledge", "no_way_back"),
    typed(f"{ASK} --on 9999-12-31", "--on", "without-forfeiture or renewal"),
    typed(f"{ASK} --on ''", "--on", "--on is ''"),
    typed(f"{ASK} --at 2026-12-24", "--at", "a time of day"),
    typed(f"{ASK} --quiet-hours 22-06", "--quiet-hours", "two times of day"),
    typed(f"{ASK} --price-tolerance-percent many", "--price-tolerance-percent", "a percentage"),
    typed(
        "schedule change {held} --on 2027-01-01 --reason x --yes",
        "",
        "Nothing is scheduled",
        ends=4,
        code="RULE_VIOLATED",
    ),
    typed(f"{ASK} --rule-set ''", "--rule-set", "text of 1 to 500 characters"),
    typed(f"{ASK} --policy ''", "--policy", "text of 1 to 500 characters"),
    typed(f"{ASK} --pilot 5 --pilot-group x", "--pilot-group", "Give one of the two"),
    typed(f"{ASK} --subscription x", "", "is not one of them", ends=3, code="UNKNOWN_SUBSCRIPTION"),
)
STARTED = (
    typed("switch step {held} dance --reason x", "STEP", "buy, verify"),
    typed("switch step {held} buy --reason x", "", "runs by itself", ends=5, code="STEP_NOT_NEXT"),
    typed(f"{START} --users absent.csv", "", "can't be read"),
    typed(START, "--yes", "needs an answer", "Nobody can be asked here"),
    typed(f"{START} --yes --pilot-soak 600", "--pilot-soak", "--pilot-soak is 600", "`--pilot N`"),
    typed("audit at {held}", "--position", "is not given", "one moment"),
    typed("audit at {held} --position 0", "--position", "the log's end", "audit show"),
    typed("audit at {held} --version 0", "--version", "1 to"),
    typed("audit at {held} --instant 2026-12-24T09:30:00", "--instant", "Add the time zone"),
    typed("audit at {held} --position 1 --version 1", "--position", "given beside another moment"),
    typed("audit diff {held} --from soon --to version:1", "--from", "version:N"),
    typed("audit diff {held} --from version:1 --to 2026-12-24", "--to", "Add the time zone"),
    typed("audit diff {held} --from version:1", "--to", "is not given"),
    typed("support bundle --switch ''", "--switch", "--switch is ''"),
    typed("switch list --organization ''", "--organization", "--organization is ''"),
    typed(f"{START} --until 2026-12-24", "--until", "is given alone", "beside --wait-eligible, --on"),
    typed(f"{START} --max-total 5", "--max-total", "is given alone"),
    typed(f"{START} --wait-eligible", "--until", "is not given", "a date, such as 2026-12-24"),
    typed(
        f"{START} --wait-eligible --until 2026-12-24 --on 2026-12-20", "--wait-eligible", "given beside --on"
    ),
    typed(f"{START} --yes --on ''", "--on", "--on is ''"),
    typed(f"{START} --yes --on '' --until 2026-12-24", "--on", "--on is ''"),
    typed(f"{START} --wait-eligible --until yesterday", "--until", "is 'yesterday'"),
    typed(f"{START} --yes --reason '   '", "--reason", "words that say why"),
    typed(f"{START} --yes --request-id ''", "--request-id", "text of 1 to 500 characters"),
    typed(f"{START} --quote ''", "--quote", "text of 1 to 500 characters"),
    typed(f"{START} --quote no", "", "Ask for a new quote", ends=5, code="QUOTE_CHANGED"),
    typed(
        "switch start {idle} --to E1 --yes", "", "Choose another plan", ends=4, code="NOT_ELIGIBLE_FOR_SWITCH"
    ),
)
COMMANDS = (
    typed("approval list --state bogus", "--state", "waiting, expired"),
    typed("approval show ffffffff", "", "no request for an approval", ends=3, code="UNKNOWN_APPROVAL"),
    typed("switch show ffffffff", "", "No switch has the id", ends=3, code="UNKNOWN_SWITCH"),
    typed("switch show abc", "SWITCH", "at least 8 characters"),
    typed("switch back {held} --yes", "", "only a completed switch", ends=4, code="SWITCH_NOT_COMPLETED"),
    typed("switch back {ended} --yes --quantity 0", "--quantity", "a whole number of at least 1"),
    typed("switch back {ended} --payment-method gold", "--payment-method", "card or invoice"),
    typed("switch pause {held} --reason ' '", "--reason", "words that say why"),
    typed("switch pause {ended} --reason x", "", "has ended", ends=4, code="RULE_VIOLATED"),
    typed("switch read-notice {held}", "", "has not completed", ends=4, code="RULE_VIOLATED"),
    typed("switch rollback {ended} --reason x --yes", "", "has ended", ends=4, code="RULE_VIOLATED"),
    typed("switch retry {held} --reason x --user 04cf6ce7", "USER", "first 8 characters"),
    typed("switch retry {held} --reason x --user nobody@lantern.example", "USER", "sign-in name"),
    typed("switch skip {held} nobody --reason x", "USER", "first 8 characters"),
    typed("switch amend {held} --quantity 99999999 --reason x", "--quantity", COUNT),
    typed("credit approve {held} --reason x", "", "no credit check waits", ends=4, code="RULE_VIOLATED"),
    typed(
        "license assign {idle} nobody E3 --reason x", "", "no user 'nobody'", ends=4, code="PROVIDER_REFUSED"
    ),
    typed("license assign {idle} ../x E3 --reason x", "", "no user '../x'", ends=4, code="PROVIDER_REFUSED"),
    typed("product list {idle} --status gone", "--status", "active"),
    typed("product buy {idle} E3 --reason x", "--quantity", "`--trial SUBSCRIPTION`"),
    typed("product buy {idle} E3 --quantity 1 --reason x", "--yes", "needs an answer"),
    typed("product resize {idle} x 0 --reason x", "QUANTITY", "a whole number of at least 1"),
    typed("product pay {idle} --reason x --yes", "", "Nothing is due", ends=4, code="RULE_VIOLATED"),
    typed("product reconcile {idle} x --reason x", "--buy", "either --buy or --unassign USER"),
    typed("product cancel {idle} x --reason ' '", "--reason", "words that say why"),
    typed("reconcile --grace 1e9", "--grace", "a number of 0 to 86,400"),
    typed("support bundle", "The case", "is not given", "--switch ID"),
    typed("support bundle --switch {ended} --organization {idle} --to E3", "The case", "is told twice"),
    typed("support bundle --organization {idle} --to E3 --quantity 11978743753", "--quantity", COUNT),
)
FILES = (
    typed("checkout edit {checkout} --quantity 99999999", "--quantity", "is 99999999"),
    typed("checkout edit {checkout} --sold-to city", "--sold-to", "FIELD=TEXT"),
    typed("checkout edit {checkout} --sold-to planet=x", "--sold-to planet", "no field here"),
    typed("checkout edit {checkout} --term P9Y", "--term", "P1M or P1Y"),
    typed("checkout order {checkout} --revision 99", "", "not 99", ends=5, code="CHECKOUT_CHANGED"),
    typed("catalog import no-such-file.csv", "", "can't be read", code="CORRUPT_FILE"),
    typed("catalog import-prices no-such-file.csv --reason x", "", "can't be read", code="CORRUPT_FILE"),
    typed("catalog import-prices", "--reason", "words that say why"),
    typed("catalog list --currency XXX", "--currency", "EUR, USD"),
    typed("catalog compare E1 E3 --currency XXX", "", "currency is 'XXX'", "EUR, USD"),
    typed("catalog show E33", "", "Closest: Office 365 E3", ends=3, code="UNKNOWN_PLAN"),
    typed("catalog list --catalog no", "", "catalog versions", ends=3, code="UNKNOWN_CATALOG"),
    typed("demo --organization no-such-file.json", "", "can't be read", code="CORRUPT_FILE"),
    typed("demo --faults nonsense", "--faults", "storm, or a JSON file"),
    typed("demo --payment gold", "--payment", "card or invoice"),
)
HOOK = "webhook create https://hooks.example.com --reason x"
WEBHOOKS = (
    typed("webhook create http://hooks.example.com --reason x", "--url", "an https URL"),
    typed(f"{HOOK} --type switch.nothing", "--type", "switch.requested"),
    typed(f"{HOOK} --organization 'no id'", "--organization", "a directory id"),
    typed("webhook show none", "", "No webhook has the id", ends=3, code="UNKNOWN_WEBHOOK"),
)
COMMAND_LINES = (*PARSED, *QUESTIONS, *STARTED, *COMMANDS, *FILES, *WEBHOOKS)
