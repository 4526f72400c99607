from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.plan_state import PlanState, check_plan_state
from ..types import UNSET, Unset

T = TypeVar("T", bound="PlannedCount")


@_attrs_define
class PlannedCount:
    """A number of users, licenses or services.

    Attributes:
        what (str):
        planned (int | None): null: the plan does not say.
        actual (int | None): null: it has not happened, or the record does not say.
        state (PlanState): How one thing came, compared with the plan.
        why (str | Unset):  Default: ''.
    """

    what: str
    planned: int | None
    actual: int | None
    state: PlanState
    why: str | Unset = ""
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        what = self.what

        planned: int | None
        planned = self.planned

        actual: int | None
        actual = self.actual

        state: str = self.state

        why = self.why

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "what": what,
                "planned": planned,
                "actual": actual,
                "state": state,
            }
        )
        if why is not UNSET:
            field_dict["why"] = why

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        what = d.pop("what")

        def _parse_planned(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        planned = _parse_planned(d.pop("planned"))

        def _parse_actual(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        actual = _parse_actual(d.pop("actual"))

        state = check_plan_state(d.pop("state"))

        why = d.pop("why", UNSET)

        planned_count = cls(
            what=what,
            planned=planned,
            actual=actual,
            state=state,
            why=why,
        )

        planned_count.additional_properties = d
        return planned_count

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
