"""The words and figures that a reason shows to an operator, several of a kind included (rules#reasons)."""

from __future__ import annotations

import pytest

from domain.ports.cloud import ServiceHealth
from domain.ports.directory_port import ServiceStatus
from domain.reasons.phrases import spoken_figures
from providers.microsoft.directory.health import FOUNDATIONS, SERVICES, health_of
from tests.support.stories.eligibility_inputs import (
    CATALOG,
    codes,
    plan_id,
    pool,
    profile,
    reason_of,
    service_status,
    subscription,
)
from tests.support.stories.eligibility_stories import addon, held, pair

INCIDENT = "serviceInterruption"


def service(name: str, status: str) -> ServiceStatus:
    """Return a service of the source as the directory shows it."""
    return service_status(service_id=name, name=name, status=status)


def broken(*boards: str) -> tuple[ServiceHealth, ...]:
    """Return open incidents under names of the health board."""
    return tuple(health_of(service=board, status=INCIDENT) for board in boards)


def test_wrong_role_names_the_role_and_all_that_are_allowed() -> None:
    """WRONG_ROLE: a caller without any role is told so, and the roles that may are listed."""
    found = reason_of("WRONG_ROLE", caller_role="", mode="manual", stage="before_first_move")

    assert found.evidence == {"role": "none", "allowed": "global_admin or license_admin or user_admin"}


def test_addon_incompatible_lists_every_addon_by_name() -> None:
    """ADDON_INCOMPATIBLE: each add-on that fits nowhere is named once, in the order of names."""
    found = reason_of("ADDON_INCOMPATIBLE", **held(addon("VISIOCLIENT"), addon("PROJECTPROFESSIONAL")))

    assert found.evidence == {
        "addon": "PROJECTPROFESSIONAL, VISIOCLIENT",
        "target": "Office 365 E3",
        "count": 2,
    }


def test_custom_domain_review_lists_every_open_domain() -> None:
    """CUSTOM_DOMAIN_REVIEW: the operator sees all domains to confirm, in the order of names."""
    domains = profile(custom_domains=("shop.example", "blog.example"))

    assert reason_of("CUSTOM_DOMAIN_REVIEW", profile=domains).evidence == {
        "domains": "blog.example, shop.example"
    }


def test_service_not_provisioned_lists_and_counts_every_service() -> None:
    """SERVICE_NOT_PROVISIONED: each service that waits is named with its word of the directory."""
    services = (service("MAIL", "Error"), service("CHAT", "Success"), service("FILES", "PendingInput"))
    found = reason_of("SERVICE_NOT_PROVISIONED", subscribed=(pool(services=services),))

    assert found.evidence == {
        "source": "Office 365 E1",
        "count": 2,
        "services": "MAIL (Error), FILES (PendingInput)",
    }


def test_service_unhealthy_lists_every_incident() -> None:
    """SERVICE_UNHEALTHY: every open incident of the source's services is named with its state."""
    found = reason_of("SERVICE_UNHEALTHY", health=broken("Exchange Online", "Sway"))

    assert found.evidence == {
        "source": "Office 365 E1",
        "services": f"Exchange Online ({INCIDENT}), Sway ({INCIDENT})",
    }


@pytest.mark.parametrize("board", sorted(SERVICES))
def test_service_unhealthy_reads_each_name_of_the_health_board(board: str) -> None:
    """SERVICE_UNHEALTHY: every name in the table stands for services that an E1 has."""
    assert codes(health=broken(board.upper())) == ["SERVICE_UNHEALTHY"]


@pytest.mark.parametrize("board", sorted(FOUNDATIONS))
def test_service_unhealthy_counts_what_every_service_rests_on(board: str) -> None:
    """SERVICE_UNHEALTHY: an incident of the sign-in or of the suite stops a plan with SharePoint alone."""
    alone = pair("SHAREPOINTSTANDARD", "E1")

    assert codes(**alone, health=broken(board.title())) == ["SERVICE_UNHEALTHY"]
    assert codes(**alone, health=broken("Microsoft Teams")) == []


@pytest.mark.parametrize(
    "board", ["Whiteboard", "Microsoft Whiteboard", "Whiteboard Online", " Rights Management ", "Staff Hub"]
)
def test_service_unhealthy_reads_a_name_that_the_table_lacks(board: str) -> None:
    """SERVICE_UNHEALTHY: a name without a row stands for the service of that name, vendor's words aside."""
    assert codes(health=broken(board)) == ["SERVICE_UNHEALTHY"]


@pytest.mark.parametrize(
    ("source", "target", "why"),
    [
        ("E1", "E1", "the organization is on this plan already"),
        ("E3", "E1", "it would not keep the data services"),
        ("E3", "E4", f"{CATALOG.find('E4').name} is no longer sold"),
        ("EMS", "E3", f"{CATALOG.find('EMS').name} is no plan but an other product"),
        ("E1", "EMS", f"{CATALOG.find('EMS').name} is no plan but an other product"),
    ],
)
def test_no_path_says_why_in_one_clause(source: str, target: str, why: str) -> None:
    """NO_PATH: the cause is told in words that end the message."""
    found = reason_of("NO_PATH", **pair(source, target))

    assert spoken_figures(found.evidence)["why"] == why
    assert found.message.endswith(f" under rule set current: {why}.")


def test_subscription_is_found_whatever_the_case_of_its_id() -> None:
    """DIFFERENT_ORGANIZATION: ids are compared without regard to case."""
    own = held(subscription("E3", subscription_id="Own-Id"))

    assert codes(**own, target_subscription_id="OWN-ID", target_plan_id=plan_id("E3")) == []
