from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.deviation_kind import DeviationKind, check_deviation_kind
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.field_difference import FieldDifference


T = TypeVar("T", bound="Deviation")


@_attrs_define
class Deviation:
    """A place at which today's program decides otherwise than the history has it.

    Attributes:
        kind (DeviationKind): How today's program differs from the history.
        event_id (int | None): Event of the history; null where it is not known.
        recorded (str): What the history has there, and what today's program does, in words.
        today (str):
        fields (list[FieldDifference] | Unset):
        library (str | Unset): What Temporal's library said; "" where our own comparison found it. Default: ''.
    """

    kind: DeviationKind
    event_id: int | None
    recorded: str
    today: str
    fields: list[FieldDifference] | Unset = UNSET
    library: str | Unset = ""
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        kind: str = self.kind

        event_id: int | None
        event_id = self.event_id

        recorded = self.recorded

        today = self.today

        fields: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.fields, Unset):
            fields = []
            for fields_item_data in self.fields:
                fields_item = fields_item_data.to_dict()
                fields.append(fields_item)

        library = self.library

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "kind": kind,
                "event_id": event_id,
                "recorded": recorded,
                "today": today,
            }
        )
        if fields is not UNSET:
            field_dict["fields"] = fields
        if library is not UNSET:
            field_dict["library"] = library

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.field_difference import FieldDifference  # noqa: PLC0415

        d = dict(src_dict)
        kind = check_deviation_kind(d.pop("kind"))

        def _parse_event_id(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        event_id = _parse_event_id(d.pop("event_id"))

        recorded = d.pop("recorded")

        today = d.pop("today")

        _fields = d.pop("fields", UNSET)
        fields: list[FieldDifference] | Unset = UNSET
        if _fields is not UNSET:
            fields = []
            for fields_item_data in _fields:
                fields_item = FieldDifference.from_dict(fields_item_data)

                fields.append(fields_item)

        library = d.pop("library", UNSET)

        deviation = cls(
            kind=kind,
            event_id=event_id,
            recorded=recorded,
            today=today,
            fields=fields,
            library=library,
        )

        deviation.additional_properties = d
        return deviation

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
