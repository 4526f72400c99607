from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.plan_state import PlanState, check_plan_state

if TYPE_CHECKING:
    from ..models.planned_count import PlannedCount
    from ..models.planned_money import PlannedMoney
    from ..models.planned_time import PlannedTime


T = TypeVar("T", bound="PlanAndActual")


@_attrs_define
class PlanAndActual:
    """A switch as it was planned, and as it went.

    Attributes:
        switch_id (str):
        organization_id (str):
        has_ended (bool): Whether it has ended; otherwise everything is so far.
        outcome (str): How it ended; "" while it goes on.
        state (PlanState): How one thing came, compared with the plan.
        times (list[PlannedTime]):
        locks (list[PlannedTime]):
        users (list[PlannedCount]):
        money (PlannedMoney): The accepted quote beside the bill.
        services (list[PlannedCount]):
    """

    switch_id: str
    organization_id: str
    has_ended: bool
    outcome: str
    state: PlanState
    times: list[PlannedTime]
    locks: list[PlannedTime]
    users: list[PlannedCount]
    money: PlannedMoney
    services: list[PlannedCount]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        switch_id = self.switch_id

        organization_id = self.organization_id

        has_ended = self.has_ended

        outcome = self.outcome

        state: str = self.state

        times = []
        for times_item_data in self.times:
            times_item = times_item_data.to_dict()
            times.append(times_item)

        locks = []
        for locks_item_data in self.locks:
            locks_item = locks_item_data.to_dict()
            locks.append(locks_item)

        users = []
        for users_item_data in self.users:
            users_item = users_item_data.to_dict()
            users.append(users_item)

        money = self.money.to_dict()

        services = []
        for services_item_data in self.services:
            services_item = services_item_data.to_dict()
            services.append(services_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "switch_id": switch_id,
                "organization_id": organization_id,
                "has_ended": has_ended,
                "outcome": outcome,
                "state": state,
                "times": times,
                "locks": locks,
                "users": users,
                "money": money,
                "services": services,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.planned_count import PlannedCount  # noqa: PLC0415
        from ..models.planned_money import PlannedMoney  # noqa: PLC0415
        from ..models.planned_time import PlannedTime  # noqa: PLC0415

        d = dict(src_dict)
        switch_id = d.pop("switch_id")

        organization_id = d.pop("organization_id")

        has_ended = d.pop("has_ended")

        outcome = d.pop("outcome")

        state = check_plan_state(d.pop("state"))

        times = []
        _times = d.pop("times")
        for times_item_data in _times:
            times_item = PlannedTime.from_dict(times_item_data)

            times.append(times_item)

        locks = []
        _locks = d.pop("locks")
        for locks_item_data in _locks:
            locks_item = PlannedTime.from_dict(locks_item_data)

            locks.append(locks_item)

        users = []
        _users = d.pop("users")
        for users_item_data in _users:
            users_item = PlannedCount.from_dict(users_item_data)

            users.append(users_item)

        money = PlannedMoney.from_dict(d.pop("money"))

        services = []
        _services = d.pop("services")
        for services_item_data in _services:
            services_item = PlannedCount.from_dict(services_item_data)

            services.append(services_item)

        plan_and_actual = cls(
            switch_id=switch_id,
            organization_id=organization_id,
            has_ended=has_ended,
            outcome=outcome,
            state=state,
            times=times,
            locks=locks,
            users=users,
            money=money,
            services=services,
        )

        plan_and_actual.additional_properties = d
        return plan_and_actual

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
