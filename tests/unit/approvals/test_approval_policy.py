"""What needs an approval (approvals#what-needs-an-approval)."""

from __future__ import annotations

import pytest

from domain.approvals.approval_policy import OFF, ApprovalPolicy, amounts_of, commands_of
from domain.kernel.errors import InvalidInput
from domain.kernel.money import Money

_EUROS = Money(minor_units=500_001, currency="EUR")


def test_nothing_needs_an_approval_by_default() -> None:
    """An installation that sets nothing asks nobody."""
    assert not OFF.is_on
    assert OFF.needs("start", users=1_000_000, total=Money(minor_units=10**12, currency="EUR")) == ()


@pytest.mark.parametrize(("users", "is_needed"), [(99, False), (100, False), (101, True)])
def test_more_users_than_the_limit_need_one(users: int, is_needed: bool) -> None:  # noqa: FBT001
    """The limit itself needs none."""
    assert bool(ApprovalPolicy(users_over=100).needs("start", users=users)) is is_needed


def test_no_user_may_move_without_one_where_the_limit_is_zero() -> None:
    """Zero is a limit."""
    assert ApprovalPolicy(users_over=0).needs("start", users=1)


@pytest.mark.parametrize(
    ("total", "is_needed"),
    [
        (Money(minor_units=500_000, currency="EUR"), False),
        (_EUROS, True),
        (Money(minor_units=-600_000, currency="EUR"), False),
        (Money(minor_units=1, currency="USD"), True),
        (None, False),
    ],
)
def test_more_than_the_amount_needs_one(total: Money | None, is_needed: bool) -> None:  # noqa: FBT001
    """A credit needs none, and an amount of a currency without a limit needs one."""
    policy = ApprovalPolicy(amounts_over={"EUR": 500_000})
    assert bool(policy.needs("start", total=total)) is is_needed


def test_every_reason_is_said() -> None:
    """Whoever decides reads all that makes it need an approval."""
    policy = ApprovalPolicy(users_over=5, amounts_over={"EUR": 1}, commands=frozenset({"start"}))
    assert len(policy.needs("start", users=6, total=_EUROS)) == 3


def test_a_request_that_waits_is_a_start() -> None:
    """Who names `start` names every start (approvals#what-needs-an-approval)."""
    assert ApprovalPolicy(commands=frozenset({"start"})).needs("wait")


def test_settings_are_read() -> None:
    """Both spellings of a command are alike."""
    assert amounts_of("EUR:500000, USD:600000") == {"EUR": 500_000, "USD": 600_000}
    assert commands_of("roll-back,product_buy") == {"roll_back", "product_buy"}
    assert (amounts_of(""), commands_of("")) == ({}, frozenset())


@pytest.mark.parametrize(
    "text", ["EUR", "EUR:1.5", "EUR:-1", "eur:1", "EUR:1,EUR:2", "EUROS:1", ":5", "12:5"]
)
def test_a_wrong_amount_is_refused(text: str) -> None:
    """A limit that can't be read would be none."""
    with pytest.raises(InvalidInput):
        amounts_of(text)


def test_an_unknown_command_is_refused_with_those_that_exist() -> None:
    """A misspelled command would need no approval."""
    with pytest.raises(InvalidInput, match="cancel"):
        commands_of("cancle")
