"""Names of organizations: kept for a while, asked for beside a list, and none is guessed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from domain.kernel.errors import ProviderUnavailable, UnknownOrganization
from domain.ports.cloud import Cloud, CloudFactory
from services.base import organization_names
from services.base.organization_names import BilledNames


class _Billing:
    """A billing that knows some names."""

    def __init__(self, **names: str) -> None:
        self.names = names
        self.asked: list[str] = []
        self.is_down = False
        #: Set when an answer may come.
        self.may_answer = threading.Event()
        self.may_answer.set()

    def profile(self, organization_id: str) -> Any:
        """Return a profile, or that there is none."""
        self.may_answer.wait(30)
        self.asked.append(organization_id)
        if self.is_down:
            raise ProviderUnavailable("Billing is down.")
        if organization_id not in self.names:
            raise UnknownOrganization("No such organization.")
        return SimpleNamespace(display_name=self.names[organization_id])


def _names(billing: _Billing) -> BilledNames:
    def cloud(*_listeners: Callable[..., None], **_others: Callable[..., None]) -> Cloud:
        return cast("Cloud", SimpleNamespace(billing=billing))

    return BilledNames(cast("CloudFactory", cloud), lambda _calls: None)


def test_a_name_is_asked_for_once() -> None:
    """Names are kept: a list that is looked at again asks nobody; one that billing lacks is shown as none."""
    billing = _Billing(a="Fernwick", b="Harrow")
    names = _names(billing)

    assert names.ids_named(" fernwick ", ["a", "b", "c"]) == ["a"]
    assert names.names_of(["a", "b", "c", "a"]) == {"a": "Fernwick", "b": "Harrow"}
    assert billing.asked == ["a", "b", "c"]


def test_names_of_two_are_both_found() -> None:
    """Whoever has the name is found, in any case and whatever the blanks."""
    assert _names(_Billing(a="Fern  Wick", b="fern wick")).ids_named("FERN WICK", ["a", "b"]) == ["a", "b"]


def test_a_name_finds_none_while_billing_is_down() -> None:
    """Where not all can be asked nobody is found: another may have the same name; it is asked for later."""
    billing = _Billing(a="Fernwick", b="Fernwick")
    names = _names(billing)
    assert names.ids_named("Fernwick", ["a"]) == ["a"]
    billing.is_down = True

    assert names.ids_named("Fernwick", ["a", "b"]) == []
    assert names.ids_named("Fernwick", ["a", "b"]) == []
    assert names.names_of(["a", "b"]) == {"a": "Fernwick"}
    assert billing.asked == ["a", "b"]


def test_too_many_organizations_are_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search by name asks for a bounded number of organizations."""
    monkeypatch.setattr(organization_names, "ORGANIZATIONS_MAX", 1)
    billing = _Billing(a="Fernwick")

    assert _names(billing).ids_named("Fernwick", ["a", "b"]) == []
    assert billing.asked == []


def test_a_list_does_not_wait_for_a_silent_billing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list goes out without the names that billing has not told; the next one has them."""
    monkeypatch.setattr(organization_names, "LIST_WAIT_SECONDS", 0.01)
    billing = _Billing(a="Fernwick")
    billing.may_answer.clear()
    names = _names(billing)

    assert names.names_of(["a"]) == {}
    billing.may_answer.set()
    assert names.ids_named("fernwick", ["a"]) == ["a"]
    assert names.names_of(["a"]) == {"a": "Fernwick"}
