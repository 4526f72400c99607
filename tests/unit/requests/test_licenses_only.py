"""What blocks a switch of licenses only, and what does not (rules#licenses-only)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from string import Formatter
from typing import Any

import pytest

from activities.assessment.circumstances import of_purchase
from activities.assessment.owned_plans import (
    free_licenses,
    owned_source,
    owned_terms,
    profile_without_billing,
)
from domain.eligibility.eligibility import Assessment, assess
from domain.eligibility.eligibility_checks import CHECKS
from domain.eligibility.eligibility_input import AssessmentInput, Grounds
from domain.eligibility.recorded_input import recorded_input
from domain.kernel.errors import InvalidInput, UnknownSubscription
from domain.kernel.money import Money
from domain.organizations.organization import LockHolder
from domain.ports.directory_port import SubscribedPlan
from domain.ports.seller_port import Purchase
from domain.reasons.reasons import REASONS, STAGES, weight_words
from domain.reasons.wordings import WORDINGS
from domain.requests.terms import SwitchTerms
from tests.support.stories.eligibility_inputs import (
    CATALOG,
    NOW,
    answer,
    billed,
    euros,
    facts,
    plan_id,
    pool,
    profile,
    subscription,
)

HOLDER = LockHolder(switch_id="other", since=NOW, promised_end=NOW + timedelta(hours=1))
#: Code -> facts for which the automatic switch is blocked, or told, and a switch of licenses only is not.
BESIDE: dict[str, dict[str, Any]] = {
    "OTHER_SELLER": {"source": subscription(contract_type="volume_license")},
    "SOURCE_NOT_CANCELLABLE": {"source": subscription(cancellable_until=NOW - timedelta(days=1))},
    "UNPAID_BALANCE": {"profile": profile(balance_due=euros(100))},
    "PREPAID_PRODUCT_KEY": {"source": subscription(contract_type="product_key")},
    "PREPAID_PLAN": {"billed": billed(billing_cycle="annual")},
    "CREDIT_CHECK_PENDING": {"credit_check": HOLDER},
    "INVOICE_BELOW_MINIMUM": {
        "payment_method": "invoice",
        "quantity": 10,
        "subscribed": (pool(assigned=10),),
    },
    "TRIAL": {"source": subscription(is_trial=True)},
    "NO_PATH": {"target_plan_id": plan_id("EMS")},
    "GOVERNMENT_OR_NONPROFIT": {"profile": profile(segment="nonprofit")},
    "MORE_USERS_THAN_LICENSES": {"subscribed": (pool(purchased=249),)},
    "CUSTOM_DOMAIN_REVIEW": {"profile": profile(custom_domains=("contoso.com",))},
    "TOO_MANY_USERS": {"rule_set": "2020", "subscribed": (pool(assigned=3001, purchased=4000),)},
}


def purchase(plan: str, subscription_id: str, **changes: Any) -> Purchase:
    """Return a subscription as the directory lists it."""
    usual = Purchase(
        subscription_id=subscription_id,
        plan_id=plan_id(plan),
        plan_name=plan,
        quantity=300,
        status="active",
        vendor_status="Enabled",
        is_trial=False,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        directory_id=f"directory-{subscription_id}",
    )
    return replace(usual, **changes)


PURCHASES = (purchase("E1", "source"), purchase("E3", "target"))


def owned(**changes: Any) -> Assessment:
    """Assess a switch of licenses only, with some facts changed; without changes nothing blocks it."""
    usual: dict[str, Any] = {
        "licenses_only": True,
        "profile": profile_without_billing("contoso"),
        "billed": None,
        "subscriptions": (),
        "health": (),
        "purchases": PURCHASES,
        "target_subscription_id": "target",
        "quantity": 300,
    }
    return assess(CATALOG, facts(**(usual | changes)))


def blocking(**changes: Any) -> list[str]:
    """Return the codes that block a switch of licenses only."""
    return [each.code for each in owned(**changes).blocking("licenses_only")]


@pytest.mark.parametrize("code", sorted(BESIDE))
def test_what_is_about_an_order_or_money_does_not_block(code: str) -> None:
    """The same facts that are told of an automatic switch are not asked for here."""
    changes = BESIDE[code]
    told = [each.code for each in answer(**changes).reasons]
    asked = {name: value for name, value in changes.items() if name not in {"quantity", "rule_set"}}
    found = owned(**asked)

    assert code in told
    assert not REASONS[code].blocks_licenses_only
    assert code not in [each.code for each in found.reasons]


def test_what_blocks_is_the_column_of_the_table() -> None:
    """Six reasons block, each for its own facts; each is told as one that stops the switch."""
    lacking = {"target_plan_id": plan_id("Microsoft 365 Business Basic"), "source": subscription("E3")}
    cases: dict[str, dict[str, Any]] = {
        "SWITCH_IN_PROGRESS": {"lock_holder": HOLDER},
        "WRONG_ROLE": {"caller_role": "reader"},
        "DIFFERENT_ORGANIZATION": {"target_subscription_id": "elsewhere"},
        "SUBSCRIPTION_NOT_ACTIVE": {"purchases": (PURCHASES[0], replace(PURCHASES[1], status="suspended"))},
        "TARGET_LACKS_DATA_SERVICES": lacking,
        "TOO_FEW_LICENSES": {"quantity": 249},
    }
    assert blocking() == []
    assert set(cases) == {code for code, row in REASONS.items() if row.blocks_licenses_only}
    for code, changes in cases.items():
        found = owned(**changes)
        assert blocking(**changes) == [code]
        assert not found.is_eligible
        assert weight_words(found.reasons[0].blocks, "licenses_only") == ("stops", "")
        assert weight_words(found.reasons[0].blocks) == ("stops", "")


def test_every_row_of_the_table_is_told_as_its_column_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where every check finds something, those of the column are told before each step, and no other one."""
    figures = {name for words in templates() for _, name, _, _ in Formatter().parse(words) if name}
    grounds = Grounds(evidence=dict.fromkeys(figures, "x"))
    for code in REASONS:
        monkeypatch.setitem(CHECKS, code, lambda _case: grounds)

    for stage in STAGES:
        rows = [code for code, row in REASONS.items() if row.blocks_licenses_only and stage in row.stages]
        assert blocking(stage=stage) == rows
        assert [each.code for each in owned(stage=stage).reasons] == rows
        # Without the column the same facts tell of every row.
        assert len(answer(stage=stage).reasons) > len(rows)


def templates() -> Iterator[str]:
    """Yield the words of every reason."""
    for reason in REASONS.values():
        yield from (reason.message, reason.remedy)
    for wording in WORDINGS.values():
        yield from (wording.message, wording.remedy)


@pytest.mark.parametrize(
    "code",
    [
        *("OTHER_SELLER", "SOURCE_NOT_CANCELLABLE", "UNPAID_BALANCE", "PREPAID_PRODUCT_KEY", "PREPAID_PLAN"),
        *("CREDIT_CHECK_PENDING", "INVOICE_BELOW_MINIMUM", "TRIAL", "NO_PATH"),
    ],
)
def test_the_column_lets_pass_what_needs_no_order(code: str) -> None:
    """Who sold a plan, how it was paid and whether it is offered decides nothing about its licenses."""
    assert not REASONS[code].blocks_licenses_only


@pytest.mark.parametrize("status", ["suspended", "expired", "disabled", "deleted"])
@pytest.mark.parametrize("place", [0, 1])
def test_both_subscriptions_must_be_active(place: int, status: str) -> None:
    """The new one serves the users, and the way back leads to the old one; the words name which it is."""
    listed = list(PURCHASES)
    listed[place] = replace(listed[place], status=status)
    changes = {"purchases": tuple(listed), "source": of_purchase(listed[0])}
    (found,) = owned(**changes).reasons

    assert (found.code, found.blocks) == ("SUBSCRIPTION_NOT_ACTIVE", ("licenses_only",))
    assert found.message == f"Subscription {listed[place].subscription_id} is {status}, not active."


def test_free_licenses_are_counted_per_plan_over_all_sellers() -> None:
    """Those of subscriptions that have ended are not given to anybody, and fewer than none is none."""
    e3 = plan_id("E3")
    pools = (pool("E3", purchased=30, assigned=12), pool("E1", purchased=90, assigned=1))

    assert free_licenses(pools, e3) == 18
    assert free_licenses((replace(pools[0], in_grace=10), pools[1]), e3) == 8
    assert free_licenses((replace(pools[0], assigned=31),), e3) == 0
    assert free_licenses(pools, plan_id("E5")) == 0


def test_a_backup_that_is_confirmed_lets_data_services_go() -> None:
    """TARGET_LACKS_DATA_SERVICES is a notice then; without it both are told, and no way back is asked for."""
    lower = {"target_plan_id": plan_id("Microsoft 365 Business Basic"), "source": subscription("E3")}
    before = owned(**lower)
    after = owned(**lower, acknowledgments=("backup_done",))

    assert before.acknowledgments_missing == ("backup_done",)
    assert "`--acknowledge backup_done`" in before.reasons[0].remedy
    assert (after.is_eligible, after.acknowledgments_missing) == (True, ())
    assert [each.blocks for each in after.reasons] == [()]


def test_licenses_are_those_that_are_free_over_all_sellers() -> None:
    """Who holds the new plan already needs none; the words name the plan and both figures."""
    (found,) = owned(quantity=10).reasons

    assert found.message == "Free licenses of Office 365 E3, over all its sellers: 10; needed by 250 users."
    assert blocking(quantity=10, licenses_needed=10) == []
    assert blocking(quantity=0, users_to_move=3) == ["TOO_FEW_LICENSES"]
    assert blocking(quantity=3, users_to_move=3) == []


@pytest.mark.parametrize("role", ["license_admin", "user_admin"])
def test_who_may_move_licenses_may_switch_licenses_only(role: str) -> None:
    """Nothing is bought: the roles that a license move needs suffice (rules#wrong_role)."""
    assert blocking(caller_role=role) == []
    assert "WRONG_ROLE" in [each.code for each in answer(caller_role=role).reasons]


def test_what_was_decided_can_be_decided_again() -> None:
    """The recorded facts give the same answer, and nothing of an automatic switch is told in them."""
    found = owned(quantity=10)
    again = assess(CATALOG, recorded_input(found.as_facts()["inputs"]))

    assert again.answer_facts() == found.answer_facts()
    assert "licenses_only" not in answer().as_facts()["inputs"]


class _Directory:
    """A directory that lists two purchases and the pools of both plans."""

    def __init__(self, purchases: tuple[Purchase, ...], pools: tuple[SubscribedPlan, ...]) -> None:
        self.inquiries = self.directory = self
        self._purchases, self._pools = purchases, pools

    def purchases(self, _organization_id: str) -> tuple[Purchase, ...]:
        """Return what is listed."""
        return self._purchases

    def subscribed_plans(self, _organization_id: str) -> tuple[SubscribedPlan, ...]:
        """Return the pools."""
        return self._pools


def resolved(*, purchases: tuple[Purchase, ...] = PURCHASES, **changes: Any) -> SwitchTerms:
    """Return terms with what the directory tells of them."""
    cloud: Any = _Directory(purchases, (pool(), pool("E3", assigned=3)))
    usual: dict[str, Any] = {"source_subscription_id": None, "target_plan_id": ""}
    terms = SwitchTerms(
        organization_id="contoso",
        licenses_only=True,
        **(usual | {"target_subscription_id": "target"} | changes),
    )
    return owned_terms(cloud, CATALOG, terms)


def test_either_id_names_a_subscription_and_the_only_other_plan_is_left() -> None:
    """The seller's id is what the order takes, whichever was given."""
    for named in ("target", "TARGET", "directory-target"):
        terms = resolved(target_subscription_id=named)
        assert (terms.source_subscription_id, terms.target_subscription_id) == ("source", "target")
        assert (terms.target_plan_id, terms.mode) == (plan_id("E3"), "automatic")
    assert resolved(source_subscription_id="directory-source").source_subscription_id == "source"
    assert resolved(selection="some", selected=2).mode == "manual"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"target_subscription_id": None}, "target_subscription_id"),
        ({"target_subscription_id": "source", "source_subscription_id": "source"}, "target_subscription_id"),
        ({"target_plan_id": "E5"}, "target_plan"),
        ({"quantity": 5}, "quantity"),
        ({"term": "P1Y"}, "term"),
        ({"policy": "fixed_30"}, "policy"),
        ({"mode": "manual"}, "mode"),
        ({"billing_cycle": "annual"}, "billing_cycle"),
        ({"payment_method": "invoice"}, "payment_method"),
        ({"auto_renew": "off"}, "auto_renew"),
        ({"price_tolerance_percent": "5"}, "price_tolerance_percent"),
        ({"acknowledgments": ("forfeiture",)}, "acknowledgments"),
        ({"acknowledgments": ("backup_done", "overlap")}, "acknowledgments"),
        ({"start_on": "renewal"}, "start_on"),
        ({"start_on": "without-forfeiture"}, "start_on"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_field(changes: dict[str, Any], field: str) -> None:
    """Source and target of one plan, another plan, and options of an order are refused."""
    with pytest.raises(InvalidInput) as refused:
        resolved(**changes)

    assert refused.value.details["field"] == field


ADDON = next(each for each in CATALOG.plans if each.kind == "addon").name


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"target_subscription_id": "beside"}, "target_subscription_id"),
        ({"source_subscription_id": "directory-beside"}, "source_subscription_id"),
    ],
)
def test_an_add_on_takes_no_plans_place(changes: dict[str, Any], field: str) -> None:
    """Whoever moved to one would be left without a plan; who leaves one would leave none."""
    with pytest.raises(InvalidInput, match=r"a subscription of a plan; .* is no plan") as refused:
        resolved(purchases=(*PURCHASES, purchase(ADDON, "beside")), **changes)

    assert (refused.value.details["field"], refused.value.details["value"]) == (field, "beside")


def test_two_subscriptions_of_one_plan_are_one_pool() -> None:
    """Whoever sold them: from one to the other nobody has to move."""
    second = purchase("E1", "second", status="suspended")

    with pytest.raises(InvalidInput, match="another plan than E1") as refused:
        resolved(
            purchases=(*PURCHASES, second),
            source_subscription_id="source",
            target_subscription_id="directory-second",
        )

    assert "one pool, whoever sold them" in refused.value.remedy


def test_of_several_purchases_of_the_old_plan_a_live_one_is_left() -> None:
    """Nobody has to name which: their licenses are one pool, and the way back leads to what is active."""
    ended = purchase("E1", "a-first-by-name", status="disabled")

    assert resolved(purchases=(ended, *PURCHASES)).source_subscription_id == "source"


def test_what_the_directory_does_not_list_is_refused_with_what_it_lists() -> None:
    """The refusal names every subscription, so that the right one can be taken."""
    wishes: list[dict[str, Any]] = [{"target_subscription_id": "gone"}, {"source_subscription_id": "gone"}]
    for changes in wishes:
        with pytest.raises(
            UnknownSubscription, match=r"'gone'.*source \(E1, active\), target \(E3, active\)"
        ):
            resolved(**changes)


def test_where_both_plans_have_users_the_refusal_names_the_way_to_the_targets() -> None:
    """The remedy is no command that is refused in the same way, as it is once a pilot has moved."""
    cloud: Any = _Directory(PURCHASES, (pool(), pool("E3", assigned=3)))
    terms = SwitchTerms(
        organization_id="contoso", source_subscription_id=None, target_plan_id="", licenses_only=True
    )

    with pytest.raises(UnknownSubscription, match="Which plan do users leave") as refused:
        owned_source(cloud, CATALOG, terms)

    assert "`planswitch switch targets contoso --licenses-only --subscription source`" in refused.value.remedy
    named = replace(terms, source_subscription_id="source")
    assert owned_source(cloud, CATALOG, named) == PURCHASES[0]


def test_the_neutral_profile_states_no_money() -> None:
    """ISO 4217 has a code for no currency."""
    stated = profile_without_billing("contoso")

    assert (stated.balance_due, stated.time_zone) == (Money.zero("XXX"), "UTC")
    assert isinstance(facts(profile=stated, licenses_only=True, quantity=0), AssessmentInput)
