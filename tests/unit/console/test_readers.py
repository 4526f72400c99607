"""Remedies are told to programs in what they can send, and to people at a shell in what they can type."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from cli.base.client import AGENT
from cli.base.errors import OPTIONS, with_options
from console.api.routes_checkouts import CheckoutEditBody
from console.switches.bodies import AmendBody, ExtensionBody, ReconcileBody, SwitchBody
from console.words.readers import SHELL_AGENT, in_addresses, in_page_words, with_organization, worded
from tests.support.stories.remedies import COMMAND, strings
from tests.support.stories.remedies_told import ID, OF_THE_INSTALLATION


def request(path: str, agent: str = "curl/8") -> Request:
    """Return a request of somebody."""
    return Request({"type": "http", "path": path, "headers": [(b"user-agent", agent.encode())]})


@pytest.mark.parametrize(
    ("words", "address"),
    [
        ("`planswitch switch list`", "`GET /api/v1/switches`"),
        (f"`planswitch switch show {ID}`", f"`GET /api/v1/switches/{ID}`"),
        ("`planswitch switch show`", "`GET /api/v1/switches/{id}`"),
        ("`planswitch switch retry SWITCH --reason …`", "`POST /api/v1/switches/{id}/retry`"),
        ("`planswitch switch restart 0d7cd42c --reason ...`", "`POST /api/v1/switches/0d7cd42c/restart`"),
        ("`planswitch checkout edit ID`", "`PATCH /api/v1/checkouts/{id}/{section}`"),
        ("`planswitch doctor`", "`GET /api/v1/ready`"),
        ("`planswitch up`", "`planswitch up`"),
        ("`--on renewal`", '`start_on: "renewal"`'),
        ("`--acknowledge overlap`", '`acknowledgments: ["overlap"]`'),
        ("`--subscription`", "`source_subscription_id`"),
    ],
)
def test_a_program_is_told_addresses_and_fields(words: str, address: str) -> None:
    """A command becomes what does the same; what is about the installation stays a command."""
    assert in_addresses(f"Do {words} now.") == f"Do {address} now."


def test_every_command_that_a_remedy_names_has_an_address() -> None:
    """Kind: a remedy for the wrong reader; every text of console, domain and activities is looked at."""
    packages = ("activities/", "console/", "domain/", "services/")
    named = {
        match[0] for file, text in strings() if file.startswith(packages) for match in COMMAND.finditer(text)
    }
    left = {each for each in named if in_addresses(each) == each and not OF_THE_INSTALLATION.match(each)}

    assert len(named) > 15
    assert left == set()


@pytest.mark.parametrize(
    ("command", "whole"),
    [
        ("product list", "product list contoso"),
        ("product pay", "product pay contoso --reason …"),
        ("product reconcile", "product reconcile contoso sub-1 --reason …"),
        ("product buy", "product buy contoso --trial sub-1 --reason …"),
        ("product reactivate ORGANIZATION SUBSCRIPTION", "product reactivate contoso sub-1"),
        ("switch list", "switch list"),
    ],
)
def test_a_command_names_what_it_is_about(command: str, whole: str) -> None:
    """Beside a product, or where a switch waits, a remedy can be typed as it stands."""
    assert with_organization(f"`planswitch {command}`", "contoso", "sub-1") == f"`planswitch {whole}`"
    assert with_organization(f"`planswitch {command}`", "") == f"`planswitch {command}`"


def test_a_placeholder_leads_to_no_page() -> None:
    """Only an id is linked; the word in its place leads to the list of organizations."""
    placeholder = in_page_words("`planswitch product pay ORGANIZATION`")
    named = in_page_words(with_organization("`planswitch product pay`", "contoso"))

    assert "(/organizations)" in placeholder
    assert "(/organizations/contoso)" in named


def test_each_reader_has_words_of_their_own() -> None:
    """Programs get addresses, people at a shell commands, and a page keeps what it has."""
    remedy = "`planswitch switch list` shows the switches."
    key = "Send it as `X-API-Key`; the embedded stack keeps it in keys/api.key of its folder."

    assert SHELL_AGENT == AGENT
    assert worded(request("/api/v1/switches"), remedy) == "`GET /api/v1/switches` shows the switches."
    assert worded(request("/api/v1/switches", AGENT), remedy) == remedy
    assert worded(request("/switches/x"), remedy) == remedy
    assert worded(request("/api/v1/switches", AGENT), key).startswith("Set PLANSWITCH_API_KEY to it;")


def test_fields_are_told_as_options_where_they_are_typed() -> None:
    """The name of a field stands by itself: a longer name that holds it is another one."""
    text = "start_on is '9999'; allowed: a date; not start_on_day. Correct start_on."

    assert (
        with_options(text, "start_on") == "--on is '9999'; allowed: a date; not start_on_day. Correct --on."
    )
    assert with_options("items.quantity is 0.", "items.quantity") == "--quantity is 0."
    assert with_options("sold_to.city is 5.", "sold_to.city") == "--sold-to city is 5."
    assert with_options("nothing", "") == "nothing"


def test_every_field_that_is_typed_as_an_option_is_known() -> None:
    """A new field of a command's body needs its option, or this fails."""
    programs_only = {"accept", "accept_forfeiture", "accept_loss", "caller_role", "changes", "quoted_on"}
    programs_only |= {"selected", "selection", "user_services"}
    bodies = (SwitchBody, AmendBody, ExtensionBody, ReconcileBody, CheckoutEditBody)
    fields = {name for body in bodies for name in body.model_fields}

    assert fields - set(OPTIONS) == programs_only - {"accept_loss"}
