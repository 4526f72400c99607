from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="WebhookTypeAnswer")


@_attrs_define
class WebhookTypeAnswer:
    """One type of webhook event.

    Attributes:
        name (str):
        meaning (str): What it says.
        version (int):
        fields (list[str]): Fields of `data` beside organization_id, switch_id and position.
    """

    name: str
    meaning: str
    version: int
    fields: list[str]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        meaning = self.meaning

        version = self.version

        fields = self.fields

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "meaning": meaning,
                "version": version,
                "fields": fields,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        meaning = d.pop("meaning")

        version = d.pop("version")

        fields = cast(list[str], d.pop("fields"))

        webhook_type_answer = cls(
            name=name,
            meaning=meaning,
            version=version,
            fields=fields,
        )

        webhook_type_answer.additional_properties = d
        return webhook_type_answer

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
