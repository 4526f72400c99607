from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.view_column_answer import ViewColumnAnswer


T = TypeVar("T", bound="ViewAnswer")


@_attrs_define
class ViewAnswer:
    """A view that dashboards read.

    Attributes:
        name (str):
        meaning (str):
        is_by_organization (bool): Whether each row belongs to an organization, so that callers see the rows of theirs
            alone.
        columns (list[ViewColumnAnswer]):
    """

    name: str
    meaning: str
    is_by_organization: bool
    columns: list[ViewColumnAnswer]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        meaning = self.meaning

        is_by_organization = self.is_by_organization

        columns = []
        for columns_item_data in self.columns:
            columns_item = columns_item_data.to_dict()
            columns.append(columns_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "meaning": meaning,
                "is_by_organization": is_by_organization,
                "columns": columns,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.view_column_answer import ViewColumnAnswer  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        meaning = d.pop("meaning")

        is_by_organization = d.pop("is_by_organization")

        columns = []
        _columns = d.pop("columns")
        for columns_item_data in _columns:
            columns_item = ViewColumnAnswer.from_dict(columns_item_data)

            columns.append(columns_item)

        view_answer = cls(
            name=name,
            meaning=meaning,
            is_by_organization=is_by_organization,
            columns=columns,
        )

        view_answer.additional_properties = d
        return view_answer

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
