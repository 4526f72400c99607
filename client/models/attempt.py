from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.told_call import ToldCall
    from ..models.told_event import ToldEvent


T = TypeVar("T", bound="Attempt")


@_attrs_define
class Attempt:
    """One attempt of a step.

    Attributes:
        number (int):
        began_at (datetime.datetime | None): null when it left no trace.
        outcome (str): recorded, refused, no_answer, failed, asked_again, nothing_new or no_trace.
        result (str): The outcome in words.
        events (list[ToldEvent]):
        calls (list[ToldCall]):
        calls_total (int):
        calls_failed (int):
    """

    number: int
    began_at: datetime.datetime | None
    outcome: str
    result: str
    events: list[ToldEvent]
    calls: list[ToldCall]
    calls_total: int
    calls_failed: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        number = self.number

        began_at: None | str
        if isinstance(self.began_at, datetime.datetime):
            began_at = self.began_at.isoformat()
        else:
            began_at = self.began_at

        outcome = self.outcome

        result = self.result

        events = []
        for events_item_data in self.events:
            events_item = events_item_data.to_dict()
            events.append(events_item)

        calls = []
        for calls_item_data in self.calls:
            calls_item = calls_item_data.to_dict()
            calls.append(calls_item)

        calls_total = self.calls_total

        calls_failed = self.calls_failed

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "number": number,
                "began_at": began_at,
                "outcome": outcome,
                "result": result,
                "events": events,
                "calls": calls,
                "calls_total": calls_total,
                "calls_failed": calls_failed,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.told_call import ToldCall  # noqa: PLC0415
        from ..models.told_event import ToldEvent  # noqa: PLC0415

        d = dict(src_dict)
        number = d.pop("number")

        def _parse_began_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                began_at_type_0 = datetime.datetime.fromisoformat(data)

                return began_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        began_at = _parse_began_at(d.pop("began_at"))

        outcome = d.pop("outcome")

        result = d.pop("result")

        events = []
        _events = d.pop("events")
        for events_item_data in _events:
            events_item = ToldEvent.from_dict(events_item_data)

            events.append(events_item)

        calls = []
        _calls = d.pop("calls")
        for calls_item_data in _calls:
            calls_item = ToldCall.from_dict(calls_item_data)

            calls.append(calls_item)

        calls_total = d.pop("calls_total")

        calls_failed = d.pop("calls_failed")

        attempt = cls(
            number=number,
            began_at=began_at,
            outcome=outcome,
            result=result,
            events=events,
            calls=calls,
            calls_total=calls_total,
            calls_failed=calls_failed,
        )

        attempt.additional_properties = d
        return attempt

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
