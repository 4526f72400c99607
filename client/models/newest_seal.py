from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="NewestSeal")


@_attrs_define
class NewestSeal:
    """The newest recorded seal.

    Attributes:
        origin (str): Name of the log, as policies and signatures have it.
        tree_size (int): Leaves: one for each event, one for neighboring provider calls.
        root (str): In base64.
        sealed_at (datetime.datetime):
        age_seconds (float):
    """

    origin: str
    tree_size: int
    root: str
    sealed_at: datetime.datetime
    age_seconds: float
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        origin = self.origin

        tree_size = self.tree_size

        root = self.root

        sealed_at = self.sealed_at.isoformat()

        age_seconds = self.age_seconds

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "origin": origin,
                "tree_size": tree_size,
                "root": root,
                "sealed_at": sealed_at,
                "age_seconds": age_seconds,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        origin = d.pop("origin")

        tree_size = d.pop("tree_size")

        root = d.pop("root")

        sealed_at = datetime.datetime.fromisoformat(d.pop("sealed_at"))

        age_seconds = d.pop("age_seconds")

        newest_seal = cls(
            origin=origin,
            tree_size=tree_size,
            root=root,
            sealed_at=sealed_at,
            age_seconds=age_seconds,
        )

        newest_seal.additional_properties = d
        return newest_seal

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
