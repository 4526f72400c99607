from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.notice_answer import NoticeAnswer


T = TypeVar("T", bound="NoticeList")


@_attrs_define
class NoticeList:
    """Notices, the newest first.

    Attributes:
        notices (list[NoticeAnswer]):
        next_ (int | None): Give it as `after` for the next page; null: there is none.
        has_mail_server (bool): Whether the console has a mail server.
    """

    notices: list[NoticeAnswer]
    next_: int | None
    has_mail_server: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        notices = []
        for notices_item_data in self.notices:
            notices_item = notices_item_data.to_dict()
            notices.append(notices_item)

        next_: int | None
        next_ = self.next_

        has_mail_server = self.has_mail_server

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "notices": notices,
                "next": next_,
                "has_mail_server": has_mail_server,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.notice_answer import NoticeAnswer  # noqa: PLC0415

        d = dict(src_dict)
        notices = []
        _notices = d.pop("notices")
        for notices_item_data in _notices:
            notices_item = NoticeAnswer.from_dict(notices_item_data)

            notices.append(notices_item)

        def _parse_next_(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        next_ = _parse_next_(d.pop("next"))

        has_mail_server = d.pop("has_mail_server")

        notice_list = cls(
            notices=notices,
            next_=next_,
            has_mail_server=has_mail_server,
        )

        notice_list.additional_properties = d
        return notice_list

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
