from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.catalog_version import CatalogVersion


T = TypeVar("T", bound="VersionsAnswer")


@_attrs_define
class VersionsAnswer:
    """The versions of the catalog, the last imported first.

    Attributes:
        current (str):
        versions (list[CatalogVersion]):
        next_cursor (None | str | Unset): Where the next page begins; null: this is the last one.
    """

    current: str
    versions: list[CatalogVersion]
    next_cursor: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        current = self.current

        versions = []
        for versions_item_data in self.versions:
            versions_item = versions_item_data.to_dict()
            versions.append(versions_item)

        next_cursor: None | str | Unset
        if isinstance(self.next_cursor, Unset):
            next_cursor = UNSET
        else:
            next_cursor = self.next_cursor

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "current": current,
                "versions": versions,
            }
        )
        if next_cursor is not UNSET:
            field_dict["next_cursor"] = next_cursor

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.catalog_version import CatalogVersion  # noqa: PLC0415

        d = dict(src_dict)
        current = d.pop("current")

        versions = []
        _versions = d.pop("versions")
        for versions_item_data in _versions:
            versions_item = CatalogVersion.from_dict(versions_item_data)

            versions.append(versions_item)

        def _parse_next_cursor(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        next_cursor = _parse_next_cursor(d.pop("next_cursor", UNSET))

        versions_answer = cls(
            current=current,
            versions=versions,
            next_cursor=next_cursor,
        )

        versions_answer.additional_properties = d
        return versions_answer

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
