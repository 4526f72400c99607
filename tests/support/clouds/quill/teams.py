"""Quill's teams: what a team gives, its members have."""

from __future__ import annotations

from domain.kernel.errors import InvalidInput
from domain.ports.directory_port import GroupPlan, GroupSign, LicensingGroup, UserPage
from tests.support.clouds.quill.line import QuillLine
from tests.support.clouds.quill.state import Customer, QuillRefusal, Team
from tests.support.clouds.quill.users import page_of


class QuillTeams:
    """Teams that give licenses."""

    def __init__(self, line: QuillLine) -> None:
        self._line = line

    def feeding(self, organization_id: str, plan_id: str) -> tuple[LicensingGroup, ...]:
        """Return the teams that give a plan."""

        def read(customer: Customer) -> tuple[LicensingGroup, ...]:
            teams = sorted(customer.teams.values(), key=lambda each: each.team_id)
            return tuple(_group_of(each) for each in teams if plan_id in each.plans)

        return self._line.call("licensing_groups", organization_id, read)

    def change(
        self,
        organization_id: str,
        group_id: str,
        *,
        add: GroupPlan | None = None,
        remove_plan_id: str | None = None,
    ) -> None:
        """Change what a team gives; its members follow at once."""
        if add is None and remove_plan_id is None:
            raise InvalidInput(field="add", value=None, allowed="something to add or to remove")

        def work(customer: Customer) -> None:
            team = customer.team(group_id)
            if add is not None:
                _give(customer, team, add)
            if remove_plan_id is not None:
                team.plans.discard(remove_plan_id)
            _follow(customer, team)

        self._line.call("change_group", organization_id, work)

    def members_page(self, organization_id: str, group_id: str, cursor: str | None) -> UserPage:
        """Return one page of a team's members."""

        def read(customer: Customer) -> UserPage:
            return page_of(customer, group_id, tuple(sorted(customer.team(group_id).members)), cursor)

        return self._line.call("group_members", organization_id, read)

    def sign(self, organization_id: str, group_id: str) -> GroupSign:
        """Return who of a team lacks what it gives; a team is worked through at once."""

        def read(customer: Customer) -> GroupSign:
            team = customer.team(group_id)
            lacking = (
                each
                for each in sorted(team.members & customer.people.keys())
                if any(team_id == group_id for _, team_id in customer.people[each].lacking)
            )
            return GroupSign(is_processing=False, failed_ids=tuple(lacking))

        return self._line.call("group_sign", organization_id, read)

    def reprocess(self, organization_id: str, directory_id: str) -> None:
        """Let the teams of a person try again."""

        def work(customer: Customer) -> None:
            for team in customer.teams.values():
                if directory_id in team.members and directory_id in customer.people:
                    _follow(customer, team)

        self._line.call("reprocess_user", organization_id, work)


def _give(customer: Customer, team: Team, given: GroupPlan) -> None:
    if given.disabled_service_ids:
        raise QuillRefusal("services_are_indivisible")
    if not customer.units(given.plan_id):
        raise QuillRefusal("plan_not_bought")
    team.plans.add(given.plan_id)


def _follow(customer: Customer, team: Team) -> None:
    """Let the members have what the team gives, as far as licenses are left."""
    for person_id in sorted(team.members & customer.people.keys()):
        person = customer.people[person_id]
        theirs = {each for each in person.licenses if each[1] == team.team_id}
        person.lacking = {each for each in person.lacking if each[1] != team.team_id}
        for plan_id in team.plans - {plan_id for plan_id, _ in theirs}:
            try:
                customer.change(person, add={(plan_id, team.team_id)}, remove=set())
            except QuillRefusal:
                person.lacking.add((plan_id, team.team_id))
        if lost := {each for each in theirs if each[0] not in team.plans}:
            customer.change(person, add=set(), remove=lost)


def _group_of(team: Team) -> LicensingGroup:
    return LicensingGroup(
        group_id=team.team_id, plans=tuple(GroupPlan(plan_id=each) for each in sorted(team.plans))
    )
