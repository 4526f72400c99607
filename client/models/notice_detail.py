from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.notice_answer import NoticeAnswer
    from ..models.notice_try_answer import NoticeTryAnswer


T = TypeVar("T", bound="NoticeDetail")


@_attrs_define
class NoticeDetail:
    """A notice with its tries.

    Attributes:
        notice (NoticeAnswer): A notice, and where it stands.
        tries (list[NoticeTryAnswer]):
    """

    notice: NoticeAnswer
    tries: list[NoticeTryAnswer]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        notice = self.notice.to_dict()

        tries = []
        for tries_item_data in self.tries:
            tries_item = tries_item_data.to_dict()
            tries.append(tries_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "notice": notice,
                "tries": tries,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.notice_answer import NoticeAnswer  # noqa: PLC0415
        from ..models.notice_try_answer import NoticeTryAnswer  # noqa: PLC0415

        d = dict(src_dict)
        notice = NoticeAnswer.from_dict(d.pop("notice"))

        tries = []
        _tries = d.pop("tries")
        for tries_item_data in _tries:
            tries_item = NoticeTryAnswer.from_dict(tries_item_data)

            tries.append(tries_item)

        notice_detail = cls(
            notice=notice,
            tries=tries,
        )

        notice_detail.additional_properties = d
        return notice_detail

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
