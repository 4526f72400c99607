from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.wait_kind import WaitKind, check_wait_kind

if TYPE_CHECKING:
    from ..models.mark import Mark


T = TypeVar("T", bound="Wait")


@_attrs_define
class Wait:
    """One wait.

    Attributes:
        kind (WaitKind): The waits of a switch.
        about (str): What is waited for, in words, and every thing of it by name.
        names (list[str]):
        looks_at (datetime.datetime | None): When it is looked next, by the newest note; null where nobody knows, or it
            has ended.
        looks_every_seconds (int): Seconds from one look to the next, where they are steady; 0: nobody knows.
        begun_at (datetime.datetime):
        planned_end_at (datetime.datetime | None): As the newest plan has it; null when nobody planned an end.
        ended_at (datetime.datetime | None): null while it goes on.
        ended (str): One word, such as approved, extended or retried; `open` while it goes on.
        why (str): Why it ended, in words.
        what_to_do (str): What ends it; "" once it has ended.
        marks (list[Mark]):
    """

    kind: WaitKind
    about: str
    names: list[str]
    looks_at: datetime.datetime | None
    looks_every_seconds: int
    begun_at: datetime.datetime
    planned_end_at: datetime.datetime | None
    ended_at: datetime.datetime | None
    ended: str
    why: str
    what_to_do: str
    marks: list[Mark]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        kind: str = self.kind

        about = self.about

        names = self.names

        looks_at: None | str
        if isinstance(self.looks_at, datetime.datetime):
            looks_at = self.looks_at.isoformat()
        else:
            looks_at = self.looks_at

        looks_every_seconds = self.looks_every_seconds

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

        ended = self.ended

        why = self.why

        what_to_do = self.what_to_do

        marks = []
        for marks_item_data in self.marks:
            marks_item = marks_item_data.to_dict()
            marks.append(marks_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "kind": kind,
                "about": about,
                "names": names,
                "looks_at": looks_at,
                "looks_every_seconds": looks_every_seconds,
                "begun_at": begun_at,
                "planned_end_at": planned_end_at,
                "ended_at": ended_at,
                "ended": ended,
                "why": why,
                "what_to_do": what_to_do,
                "marks": marks,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.mark import Mark  # noqa: PLC0415

        d = dict(src_dict)
        kind = check_wait_kind(d.pop("kind"))

        about = d.pop("about")

        names = cast(list[str], d.pop("names"))

        def _parse_looks_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                looks_at_type_0 = datetime.datetime.fromisoformat(data)

                return looks_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        looks_at = _parse_looks_at(d.pop("looks_at"))

        looks_every_seconds = d.pop("looks_every_seconds")

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

        ended = d.pop("ended")

        why = d.pop("why")

        what_to_do = d.pop("what_to_do")

        marks = []
        _marks = d.pop("marks")
        for marks_item_data in _marks:
            marks_item = Mark.from_dict(marks_item_data)

            marks.append(marks_item)

        wait = cls(
            kind=kind,
            about=about,
            names=names,
            looks_at=looks_at,
            looks_every_seconds=looks_every_seconds,
            begun_at=begun_at,
            planned_end_at=planned_end_at,
            ended_at=ended_at,
            ended=ended,
            why=why,
            what_to_do=what_to_do,
            marks=marks,
        )

        wait.additional_properties = d
        return wait

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
