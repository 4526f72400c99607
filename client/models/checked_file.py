from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.accepted_row import AcceptedRow
    from ..models.row_refusal import RowRefusal


T = TypeVar("T", bound="CheckedFile")


@_attrs_define
class CheckedFile:
    """What became of the rows of a file; only one whose rows are all accepted is stored.

    Attributes:
        accepted (list[AcceptedRow]):
        refused (list[RowRefusal]):
        encoding (str):
        delimiter (str):
        moving (int): Users who move.
        users (int): Users on the old plan.
        selection (None | str | Unset): Stored selection of those who move; null: everyone moves, or a row is refused.
        user_services (None | str | Unset): Stored choice of services, user by user; null: nobody chose any, or a row is
            refused.
    """

    accepted: list[AcceptedRow]
    refused: list[RowRefusal]
    encoding: str
    delimiter: str
    moving: int
    users: int
    selection: None | str | Unset = UNSET
    user_services: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        accepted = []
        for accepted_item_data in self.accepted:
            accepted_item = accepted_item_data.to_dict()
            accepted.append(accepted_item)

        refused = []
        for refused_item_data in self.refused:
            refused_item = refused_item_data.to_dict()
            refused.append(refused_item)

        encoding = self.encoding

        delimiter = self.delimiter

        moving = self.moving

        users = self.users

        selection: None | str | Unset
        if isinstance(self.selection, Unset):
            selection = UNSET
        else:
            selection = self.selection

        user_services: None | str | Unset
        if isinstance(self.user_services, Unset):
            user_services = UNSET
        else:
            user_services = self.user_services

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "accepted": accepted,
                "refused": refused,
                "encoding": encoding,
                "delimiter": delimiter,
                "moving": moving,
                "users": users,
            }
        )
        if selection is not UNSET:
            field_dict["selection"] = selection
        if user_services is not UNSET:
            field_dict["user_services"] = user_services

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.accepted_row import AcceptedRow  # noqa: PLC0415
        from ..models.row_refusal import RowRefusal  # noqa: PLC0415

        d = dict(src_dict)
        accepted = []
        _accepted = d.pop("accepted")
        for accepted_item_data in _accepted:
            accepted_item = AcceptedRow.from_dict(accepted_item_data)

            accepted.append(accepted_item)

        refused = []
        _refused = d.pop("refused")
        for refused_item_data in _refused:
            refused_item = RowRefusal.from_dict(refused_item_data)

            refused.append(refused_item)

        encoding = d.pop("encoding")

        delimiter = d.pop("delimiter")

        moving = d.pop("moving")

        users = d.pop("users")

        def _parse_selection(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        selection = _parse_selection(d.pop("selection", UNSET))

        def _parse_user_services(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        user_services = _parse_user_services(d.pop("user_services", UNSET))

        checked_file = cls(
            accepted=accepted,
            refused=refused,
            encoding=encoding,
            delimiter=delimiter,
            moving=moving,
            users=users,
            selection=selection,
            user_services=user_services,
        )

        checked_file.additional_properties = d
        return checked_file

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
