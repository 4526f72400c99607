"""Names of organizations: kept for a while, asked for beside a list, and none is guessed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from domain.kernel.errors import PartyMissing, PermissionMissing, ProviderUnavailable, UnknownOrganization
from domain.ports.cloud import Cloud, CloudFactory
from projections.reads.organization_names import NameMatches
from services.base import organization_names
from services.base.organization_names import BilledNames


class _Billing:
    """A billing that knows some names."""

    def __init__(self, **names: str) -> None:
        self.names = names
        self.asked: list[str] = []
        self.is_down = False
        #: Organizations for which it fails.
        self.bad: set[str] = set()
        #: Set when an answer may come.
        self.may_answer = threading.Event()
        self.may_answer.set()

    def profile(self, organization_id: str) -> Any:
        """Return a profile, or that there is none."""
        self.may_answer.wait(30)
        self.asked.append(organization_id)
        if self.is_down or organization_id in self.bad:
            raise ProviderUnavailable("Billing is down.")
        if organization_id not in self.names:
            raise UnknownOrganization("No such organization.")
        return SimpleNamespace(display_name=self.names[organization_id])


def _names(billing: _Billing) -> BilledNames:
    def cloud(*_listeners: Callable[..., None], **_others: Callable[..., None]) -> Cloud:
        return cast("Cloud", SimpleNamespace(billing=billing))

    return BilledNames(cast("CloudFactory", cloud), lambda _calls: None)


class _Directory:
    """The directories of organizations, of which no profile has a billing."""

    def __init__(self, **names: str) -> None:
        self.names = names
        self.asked: list[str] = []

    def profile(self, organization_id: str) -> Any:
        """Refuse: the profile has no billing."""
        raise PartyMissing(f"The profile of {organization_id} has no billing.", remedy="Name it.")

    def own_name(self, organization_id: str) -> str:
        """Return what the organization calls itself, or that the directory does not tell."""
        self.asked.append(organization_id)
        if organization_id not in self.names:
            raise PermissionMissing("The directory does not let us see it.")
        return self.names[organization_id]


def test_where_billing_is_not_offered_the_directory_tells_the_name() -> None:
    """No look ends without a name, or with an error, because a profile has no billing; names are kept."""
    directory = _Directory(a="Fernwick", b="")

    def cloud(*_listeners: Callable[..., None], **_others: Callable[..., None]) -> Cloud:
        return cast("Cloud", SimpleNamespace(billing=directory, customers=directory))

    names = BilledNames(cast("CloudFactory", cloud), lambda _calls: None)
    with capture_logs() as logs:
        assert names.ids_named("fernwick", ["a", "b"]) == _all("a")
        assert names.names_of(["a", "b"]) == {"a": "Fernwick"}
    assert directory.asked == ["a", "b"]
    assert logs == []


def _all(*organization_ids: str) -> NameMatches:
    """Return these, with every name known."""
    return NameMatches(organization_ids=organization_ids)


def test_a_name_is_asked_for_once() -> None:
    """Names are kept: a list that is looked at again asks nobody; one that billing lacks is shown as none."""
    billing = _Billing(a="Fernwick", b="Harrow")
    names = _names(billing)

    assert names.ids_named(" fernwick ", ["a", "b", "c"]) == _all("a")
    assert names.names_of(["a", "b", "c", "a"]) == {"a": "Fernwick", "b": "Harrow"}
    assert billing.asked == ["a", "b", "c"]


def test_names_of_two_are_both_found() -> None:
    """Whoever has the name is found, in any case and whatever the blanks."""
    names = _names(_Billing(a="Fern  Wick", b="fern wick"))

    assert names.ids_named("FERN WICK", ["a", "b"]) == _all("a", "b")


def test_what_billing_does_not_tell_is_said() -> None:
    """Where not all can be asked that is said: another may have the same name; it is asked for later."""
    billing = _Billing(a="Fernwick", b="Fernwick")
    names = _names(billing)
    assert names.ids_named("Fernwick", ["a"]) == _all("a")
    billing.is_down = True

    for _ in range(2):
        assert names.ids_named("Fernwick", ["a", "b"]) == NameMatches(
            organization_ids=("a",), is_complete=False
        )
    assert names.names_of(["a", "b"]) == {"a": "Fernwick"}
    assert billing.asked == ["a", "b"]


def test_one_bad_organization_does_not_hide_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """An organization that billing can't tell is left out for a while; the names of the others are found."""
    billing = _Billing(a="Fernwick", c="Harrow")
    billing.bad = {"b"}
    names = _names(billing)

    assert names.ids_named("Harrow", ["a", "b", "c"]) == NameMatches(
        organization_ids=("c",), is_complete=False
    )
    assert names.ids_named("Fernwick", ["a", "b", "c"]).organization_ids == ("a",)
    assert billing.asked == ["a", "b", "c"]
    billing.bad, billing.names["b"] = set(), "Harrow"
    later = time.monotonic() + 61.0
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert names.ids_named("Harrow", ["a", "b", "c"]) == _all("b", "c")


def test_a_silent_billing_is_not_asked_for_each_organization() -> None:
    """After some failures in a row nobody asks again for a while, for any organization."""
    billing = _Billing()
    billing.is_down = True
    names = _names(billing)

    for _ in range(2):
        assert names.ids_named("Fernwick", list("abcdef")) == NameMatches(is_complete=False)
    assert billing.asked == ["a", "b", "c"]


def test_searches_on_a_silent_billing_do_not_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several searches wait for one round together; those behind the first do not ask after it failed."""
    monkeypatch.setattr(organization_names, "ROUND_SECONDS", 0.5)
    billing = _Billing()
    billing.is_down = True
    billing.may_answer.clear()
    names = _names(billing)
    began_at = time.monotonic()
    searches = [threading.Thread(target=names.ids_named, args=["Fernwick", list("abc")]) for _ in range(6)]

    for each in searches:
        each.start()
    for each in searches:
        each.join(10)
    took_seconds = time.monotonic() - began_at
    billing.may_answer.set()

    assert took_seconds < 2 * 0.5 + 1
    assert len(billing.asked) <= 1


def test_whoever_waited_does_not_ask_a_billing_that_fell_silent() -> None:
    """A search that waited for another one sees its pause, and asks nothing."""
    billing = _Billing()
    billing.is_down = True
    billing.may_answer.clear()
    names = _names(billing)
    ids = list("abcdefghijkl")
    searches = [threading.Thread(target=names.ids_named, args=["Fernwick", ids]) for _ in range(4)]

    for each in searches:
        each.start()
    billing.may_answer.set()
    for each in searches:
        each.join(10)

    assert billing.asked == ["a", "b", "c"]


def test_many_organizations_are_asked_for_in_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A round asks for a bounded number of organizations, and the next one for others."""
    monkeypatch.setattr(organization_names, "ORGANIZATIONS_MAX", 1)
    billing = _Billing(a="Fernwick", b="Harrow")
    names = _names(billing)

    assert names.ids_named("Harrow", ["a", "b"]) == NameMatches(is_complete=False)
    assert names.ids_named("Harrow", ["a", "b"]) == _all("b")
    assert billing.asked == ["a", "b"]


def test_a_list_does_not_wait_for_a_silent_billing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list goes out without the names that billing has not told; the next one has them."""
    monkeypatch.setattr(organization_names, "LIST_WAIT_SECONDS", 0.01)
    billing = _Billing(a="Fernwick")
    billing.may_answer.clear()
    names = _names(billing)

    assert names.names_of(["a"]) == {}
    billing.may_answer.set()
    assert names.ids_named("fernwick", ["a"]) == _all("a")
    assert names.names_of(["a"]) == {"a": "Fernwick"}
