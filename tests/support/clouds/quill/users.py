"""Quill's people: one of them in a call, licenses exchanged in one stroke, lists one reading behind."""

from __future__ import annotations

from collections.abc import Sequence

from domain.kernel.errors import InvalidInput, ProviderRefused
from domain.ports.cloud import ServiceHealth
from domain.ports.directory_port import (
    DirectoryUser,
    HeldLicense,
    LicenseChange,
    LicenseChangeResult,
    LicenseError,
    LicenseFailureCode,
    NamedPage,
    NamedUser,
    SubscribedPlan,
    UserPage,
)
from tests.support.clouds.quill.line import QuillLine
from tests.support.clouds.quill.state import NO_LICENSE_LEFT, PRICES, Customer, Person, QuillRefusal

PAGE_SIZE = 7
#: Name on the board of incidents -> the catalog's service.
BOARD = {"Quill Mail": "mail", "Quill Files": "files"}
#: Quill's word -> ours (rules#license-failures).
FAILURES = {
    "person_missing": LicenseFailureCode.USER_GONE,
    NO_LICENSE_LEFT: LicenseFailureCode.NO_LICENSE_FREE,
    "license_of_team": LicenseFailureCode.LICENSE_FROM_GROUP,
    "license_missing": LicenseFailureCode.NOT_HELD,
    "services_are_indivisible": LicenseFailureCode.SERVICE_NOT_IN_PLAN,
}


class QuillDirectory:
    """People and their licenses."""

    #: Quill knows no batches.
    batch_size = 1

    def __init__(self, line: QuillLine) -> None:
        self._line = line

    def subscribed_plans(self, organization_id: str) -> tuple[SubscribedPlan, ...]:
        """Return the licenses of each plan that is bought; no plan has services of its own."""
        return self._line.call("subscribed_plans", organization_id, _pools)

    def users_page(self, organization_id: str, plan_id: str, cursor: str | None) -> UserPage:
        """Return one page of those who hold a plan, as the list shows them."""
        return self._line.call(
            "users_page",
            organization_id,
            lambda customer: page_of(customer, plan_id, customer.holders(plan_id), cursor),
        )

    def department_page(self, organization_id: str, department: str, cursor: str | None) -> UserPage:
        """Refuse: this vendor's list has no departments."""
        raise ProviderRefused(
            f"The list has no department {department!r}, nor any other ({organization_id}, {cursor}).",
            remedy="Name the users one by one, or by a group.",
        )

    def named_page(self, organization_id: str, plan_id: str, cursor: str | None) -> NamedPage:
        """Return one page of those who hold a plan: people are called by their ids here."""
        page = self.users_page(organization_id, plan_id, cursor)
        named = tuple(NamedUser(user=each, principal_name=each.directory_id, mail="") for each in page.users)
        return NamedPage(users=named, next_cursor=page.next_cursor)

    def users_by_name(self, organization_id: str, names: Sequence[str]) -> tuple[NamedUser, ...]:
        """Return the people whose ids are among the names."""
        users = [user for each in names for user in self.users(organization_id, [each.lower()])]
        return tuple(NamedUser(user=each, principal_name=each.directory_id, mail="") for each in users)

    def users(self, organization_id: str, directory_ids: Sequence[str]) -> tuple[DirectoryUser, ...]:
        """Read one person as they are now; one who is gone is left out."""
        _require_one(directory_ids)

        def read(customer: Customer) -> tuple[DirectoryUser, ...]:
            return tuple(user_of(customer.people[each]) for each in directory_ids if each in customer.people)

        return self._line.call("users", organization_id, read)

    def set_locations(
        self, organization_id: str, directory_ids: Sequence[str], location: str
    ) -> tuple[LicenseChangeResult, ...]:
        """Refuse: this vendor's people are nowhere in particular."""
        raise ProviderRefused(
            f"{organization_id} has no locations: {location} was not set for {len(directory_ids)} people.",
            remedy="Leave the location out.",
        )

    def change_licenses(
        self, organization_id: str, changes: Sequence[LicenseChange]
    ) -> tuple[LicenseChangeResult, ...]:
        """Change one person; what Quill refuses is a result and no error."""
        _require_one(changes)
        for each in changes:
            if each.add_plan_id == each.remove_plan_id:
                raise InvalidInput(field="add_plan_id", value=each.add_plan_id, allowed="another plan")
        return self._line.call(
            "change_licenses",
            organization_id,
            lambda customer: tuple(_result(customer, change) for change in changes),
        )


class QuillHealth:
    """The board of incidents."""

    def __init__(self, line: QuillLine) -> None:
        self._line = line

    def service_health(self, organization_id: str) -> tuple[ServiceHealth, ...]:
        """Return the state of the two services that Quill has."""

        def read(customer: Customer) -> tuple[ServiceHealth, ...]:
            return tuple(
                ServiceHealth(
                    service=name,
                    is_healthy=name not in customer.incidents,
                    concerned=(service,),
                    vendor_status="incident" if name in customer.incidents else "fine",
                )
                for name, service in BOARD.items()
            )

        return self._line.call("service_health", organization_id, read)


def page_of(customer: Customer, name: str, current: tuple[str, ...], cursor: str | None) -> UserPage:
    """Return one page of a list, which is one reading behind: reading it brings it up to date.

    Args:
        customer: Whose list it is.
        name: Of the list.
        current: Ids of who belongs on it now.
        cursor: None begins a reading; later pages are of the same reading.
    """
    pages = f"{name}:pages"
    if cursor is None:
        now = tuple(user_of(customer.people[each]) for each in current if each in customer.people)
        customer.lists[pages] = customer.lists.get(name, now)
        customer.lists[name] = now
    start = int(cursor or 0)
    users = customer.lists[pages]
    is_last = start + PAGE_SIZE >= len(users)
    return UserPage(
        users=users[start : start + PAGE_SIZE], next_cursor=None if is_last else str(start + PAGE_SIZE)
    )


def user_of(person: Person) -> DirectoryUser:
    """Return a person in the words of the port, licenses of their own first."""
    held = sorted(person.licenses, key=lambda each: (each[1] is not None, each[0], each[1] or ""))
    return DirectoryUser(
        directory_id=person.person_id,
        licenses=tuple(HeldLicense(plan_id=plan_id, assigned_by_group=team) for plan_id, team in held),
        license_errors=tuple(
            LicenseError(
                plan_id=plan_id, group_id=team, error=FAILURES[NO_LICENSE_LEFT], code=NO_LICENSE_LEFT
            )
            for plan_id, team in sorted(person.lacking)
        ),
    )


def _pools(customer: Customer) -> tuple[SubscribedPlan, ...]:
    return tuple(
        SubscribedPlan(
            plan_id=plan_id,
            plan_name=plan_id,
            purchased=customer.units(plan_id),
            assigned=len(customer.holders(plan_id)),
            vendor_status="on",
            services=(),
        )
        for plan_id in PRICES
        if customer.units(plan_id)
    )


def _result(customer: Customer, change: LicenseChange) -> LicenseChangeResult:
    try:
        _exchange(customer, change)
    except QuillRefusal as refusal:
        return LicenseChangeResult(
            directory_id=change.directory_id,
            status=422,
            error=FAILURES[refusal.reason],
            code=refusal.reason,
            text=refusal.text,
        )
    return LicenseChangeResult(directory_id=change.directory_id)


def _exchange(customer: Customer, change: LicenseChange) -> None:
    """Give one license and take another away; what is so already stays so.

    Raises:
        QuillRefusal: Nothing was changed.
    """
    if change.disabled_service_ids:
        raise QuillRefusal("services_are_indivisible")
    person = customer.person(change.directory_id)
    new, old = change.add_plan_id, change.remove_plan_id
    if old is not None and (old, None) not in person.licenses:
        if old in person.plans:
            raise QuillRefusal("license_of_team")
        if new is not None and new not in person.plans:
            raise QuillRefusal("license_missing")
        return
    customer.change(
        person,
        add=set() if new is None else {(new, None)},
        remove=set() if old is None else {(old, None)},
    )


def _require_one(items: Sequence[object]) -> None:
    if len(items) > QuillDirectory.batch_size:
        raise InvalidInput(field="users", value=len(items), allowed="one user in a call")
