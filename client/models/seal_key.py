from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="SealKey")


@_attrs_define
class SealKey:
    """A key by which seals are believed.

    Attributes:
        kind (str):
        key_id (str):
        signs (bool): Whether the newest published checkpoint has its signature.
        verifier_key (str):
    """

    kind: str
    key_id: str
    signs: bool
    verifier_key: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        kind = self.kind

        key_id = self.key_id

        signs = self.signs

        verifier_key = self.verifier_key

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "kind": kind,
                "key_id": key_id,
                "signs": signs,
                "verifier_key": verifier_key,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        kind = d.pop("kind")

        key_id = d.pop("key_id")

        signs = d.pop("signs")

        verifier_key = d.pop("verifier_key")

        seal_key = cls(
            kind=kind,
            key_id=key_id,
            signs=signs,
            verifier_key=verifier_key,
        )

        seal_key.additional_properties = d
        return seal_key

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
