from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.advice import Advice
    from ..models.planned_addon import PlannedAddon
    from ..models.planned_dates import PlannedDates
    from ..models.planned_line import PlannedLine
    from ..models.planned_lock import PlannedLock
    from ..models.planned_pilot import PlannedPilot
    from ..models.planned_services import PlannedServices
    from ..models.planned_step import PlannedStep
    from ..models.preflight_answer import PreflightAnswer


T = TypeVar("T", bound="SwitchPlanAnswer")


@_attrs_define
class SwitchPlanAnswer:
    """The whole plan of a switch: steps, locks, dates, money, and what users are to expect.

    Attributes:
        users (int):
        quantity (int):
        steps (list[PlannedStep]):
        locks (list[PlannedLock]):
        advice (Advice): A time to start at which nobody is expected to need administration.
        services (PlannedServices): What becomes of services that users have switched off (switch#services).
        dates (PlannedDates): Days that matter, in the organization's zone.
        money (list[PlannedLine]):
        credit_check (str):
        addons (list[PlannedAddon]):
        preflight (None | PreflightAnswer):
        pilot (None | PlannedPilot):
    """

    users: int
    quantity: int
    steps: list[PlannedStep]
    locks: list[PlannedLock]
    advice: Advice
    services: PlannedServices
    dates: PlannedDates
    money: list[PlannedLine]
    credit_check: str
    addons: list[PlannedAddon]
    preflight: None | PreflightAnswer
    pilot: None | PlannedPilot
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.planned_pilot import PlannedPilot  # noqa: PLC0415
        from ..models.preflight_answer import PreflightAnswer  # noqa: PLC0415

        users = self.users

        quantity = self.quantity

        steps = []
        for steps_item_data in self.steps:
            steps_item = steps_item_data.to_dict()
            steps.append(steps_item)

        locks = []
        for locks_item_data in self.locks:
            locks_item = locks_item_data.to_dict()
            locks.append(locks_item)

        advice = self.advice.to_dict()

        services = self.services.to_dict()

        dates = self.dates.to_dict()

        money = []
        for money_item_data in self.money:
            money_item = money_item_data.to_dict()
            money.append(money_item)

        credit_check = self.credit_check

        addons = []
        for addons_item_data in self.addons:
            addons_item = addons_item_data.to_dict()
            addons.append(addons_item)

        preflight: dict[str, Any] | None
        if isinstance(self.preflight, PreflightAnswer):
            preflight = self.preflight.to_dict()
        else:
            preflight = self.preflight

        pilot: dict[str, Any] | None
        if isinstance(self.pilot, PlannedPilot):
            pilot = self.pilot.to_dict()
        else:
            pilot = self.pilot

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "users": users,
                "quantity": quantity,
                "steps": steps,
                "locks": locks,
                "advice": advice,
                "services": services,
                "dates": dates,
                "money": money,
                "credit_check": credit_check,
                "addons": addons,
                "preflight": preflight,
                "pilot": pilot,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.advice import Advice  # noqa: PLC0415
        from ..models.planned_addon import PlannedAddon  # noqa: PLC0415
        from ..models.planned_dates import PlannedDates  # noqa: PLC0415
        from ..models.planned_line import PlannedLine  # noqa: PLC0415
        from ..models.planned_lock import PlannedLock  # noqa: PLC0415
        from ..models.planned_pilot import PlannedPilot  # noqa: PLC0415
        from ..models.planned_services import PlannedServices  # noqa: PLC0415
        from ..models.planned_step import PlannedStep  # noqa: PLC0415
        from ..models.preflight_answer import PreflightAnswer  # noqa: PLC0415

        d = dict(src_dict)
        users = d.pop("users")

        quantity = d.pop("quantity")

        steps = []
        _steps = d.pop("steps")
        for steps_item_data in _steps:
            steps_item = PlannedStep.from_dict(steps_item_data)

            steps.append(steps_item)

        locks = []
        _locks = d.pop("locks")
        for locks_item_data in _locks:
            locks_item = PlannedLock.from_dict(locks_item_data)

            locks.append(locks_item)

        advice = Advice.from_dict(d.pop("advice"))

        services = PlannedServices.from_dict(d.pop("services"))

        dates = PlannedDates.from_dict(d.pop("dates"))

        money = []
        _money = d.pop("money")
        for money_item_data in _money:
            money_item = PlannedLine.from_dict(money_item_data)

            money.append(money_item)

        credit_check = d.pop("credit_check")

        addons = []
        _addons = d.pop("addons")
        for addons_item_data in _addons:
            addons_item = PlannedAddon.from_dict(addons_item_data)

            addons.append(addons_item)

        def _parse_preflight(data: object) -> None | PreflightAnswer:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                preflight_type_0 = PreflightAnswer.from_dict(data)

                return preflight_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | PreflightAnswer, data)

        preflight = _parse_preflight(d.pop("preflight"))

        def _parse_pilot(data: object) -> None | PlannedPilot:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                pilot_type_0 = PlannedPilot.from_dict(data)

                return pilot_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | PlannedPilot, data)

        pilot = _parse_pilot(d.pop("pilot"))

        switch_plan_answer = cls(
            users=users,
            quantity=quantity,
            steps=steps,
            locks=locks,
            advice=advice,
            services=services,
            dates=dates,
            money=money,
            credit_check=credit_check,
            addons=addons,
            preflight=preflight,
            pilot=pilot,
        )

        switch_plan_answer.additional_properties = d
        return switch_plan_answer

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
