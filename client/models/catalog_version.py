from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="CatalogVersion")


@_attrs_define
class CatalogVersion:
    """One version as a list shows it.

    Attributes:
        name (str):
        digest (str):
        is_current (bool):
        is_built_in (bool): Whether it came with the program.
        recorded_at (datetime.datetime):
        imported_at (datetime.datetime | None): Of the last import that gave this version; null for a built-in one.
        imported_by (str):
        file_digest (str):
        products (int | None): Products of the file.
    """

    name: str
    digest: str
    is_current: bool
    is_built_in: bool
    recorded_at: datetime.datetime
    imported_at: datetime.datetime | None
    imported_by: str
    file_digest: str
    products: int | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        digest = self.digest

        is_current = self.is_current

        is_built_in = self.is_built_in

        recorded_at = self.recorded_at.isoformat()

        imported_at: None | str
        if isinstance(self.imported_at, datetime.datetime):
            imported_at = self.imported_at.isoformat()
        else:
            imported_at = self.imported_at

        imported_by = self.imported_by

        file_digest = self.file_digest

        products: int | None
        products = self.products

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "digest": digest,
                "is_current": is_current,
                "is_built_in": is_built_in,
                "recorded_at": recorded_at,
                "imported_at": imported_at,
                "imported_by": imported_by,
                "file_digest": file_digest,
                "products": products,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        digest = d.pop("digest")

        is_current = d.pop("is_current")

        is_built_in = d.pop("is_built_in")

        recorded_at = datetime.datetime.fromisoformat(d.pop("recorded_at"))

        def _parse_imported_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                imported_at_type_0 = datetime.datetime.fromisoformat(data)

                return imported_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        imported_at = _parse_imported_at(d.pop("imported_at"))

        imported_by = d.pop("imported_by")

        file_digest = d.pop("file_digest")

        def _parse_products(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        products = _parse_products(d.pop("products"))

        catalog_version = cls(
            name=name,
            digest=digest,
            is_current=is_current,
            is_built_in=is_built_in,
            recorded_at=recorded_at,
            imported_at=imported_at,
            imported_by=imported_by,
            file_digest=file_digest,
            products=products,
        )

        catalog_version.additional_properties = d
        return catalog_version

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
