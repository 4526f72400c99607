from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="ListFinding")


@_attrs_define
class ListFinding:
    """One thing that was repaired, noted or refused.

    Attributes:
        kind (str): Key of REPAIRS, NOTES or REFUSALS.
        line (int): Line of the file, from 1 (the header).
        field (str):
        value (str): As it stood in the file, or what it is about.
        why (str | Unset): Why, where the kind alone does not tell. Default: ''.
    """

    kind: str
    line: int
    field: str
    value: str
    why: str | Unset = ""
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        kind = self.kind

        line = self.line

        field = self.field

        value = self.value

        why = self.why

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "kind": kind,
                "line": line,
                "field": field,
                "value": value,
            }
        )
        if why is not UNSET:
            field_dict["why"] = why

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        kind = d.pop("kind")

        line = d.pop("line")

        field = d.pop("field")

        value = d.pop("value")

        why = d.pop("why", UNSET)

        list_finding = cls(
            kind=kind,
            line=line,
            field=field,
            value=value,
            why=why,
        )

        list_finding.additional_properties = d
        return list_finding

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
