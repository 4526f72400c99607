from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.plan_state import PlanState, check_plan_state
from ..types import UNSET, Unset

T = TypeVar("T", bound="PlannedTime")


@_attrs_define
class PlannedTime:
    """Something with a begin and an end: the whole switch, the move of licenses, a wait or a lock.

    Attributes:
        what (str): In words.
        begun_at (datetime.datetime):
        planned_end_at (datetime.datetime | None): null: nobody planned or promised one.
        ended_at (datetime.datetime | None): null: it goes on.
        late_seconds (int | None): From the planned end to the actual one; negative is early, null where either is not
            known.
        state (PlanState): How one thing came, compared with the plan.
        why (str | Unset):  Default: ''.
    """

    what: str
    begun_at: datetime.datetime
    planned_end_at: datetime.datetime | None
    ended_at: datetime.datetime | None
    late_seconds: int | None
    state: PlanState
    why: str | Unset = ""
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        what = self.what

        begun_at = self.begun_at.isoformat()

        planned_end_at: None | str
        if isinstance(self.planned_end_at, datetime.datetime):
            planned_end_at = self.planned_end_at.isoformat()
        else:
            planned_end_at = self.planned_end_at

        ended_at: None | str
        if isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        late_seconds: int | None
        late_seconds = self.late_seconds

        state: str = self.state

        why = self.why

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "what": what,
                "begun_at": begun_at,
                "planned_end_at": planned_end_at,
                "ended_at": ended_at,
                "late_seconds": late_seconds,
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

        begun_at = datetime.datetime.fromisoformat(d.pop("begun_at"))

        def _parse_planned_end_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                planned_end_at_type_0 = datetime.datetime.fromisoformat(data)

                return planned_end_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        planned_end_at = _parse_planned_end_at(d.pop("planned_end_at"))

        def _parse_ended_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                ended_at_type_0 = datetime.datetime.fromisoformat(data)

                return ended_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        ended_at = _parse_ended_at(d.pop("ended_at"))

        def _parse_late_seconds(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        late_seconds = _parse_late_seconds(d.pop("late_seconds"))

        state = check_plan_state(d.pop("state"))

        why = d.pop("why", UNSET)

        planned_time = cls(
            what=what,
            begun_at=begun_at,
            planned_end_at=planned_end_at,
            ended_at=ended_at,
            late_seconds=late_seconds,
            state=state,
            why=why,
        )

        planned_time.additional_properties = d
        return planned_time

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
