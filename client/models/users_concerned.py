from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="UsersConcerned")


@_attrs_define
class UsersConcerned:
    """Users to whom the same happened.

    Attributes:
        count (int):
        words (str): What happened to them, in words.
        error (str | Unset): Code of rules#license-failures, "" where nothing failed. Default: ''.
        user_keys (list[str] | Unset): Opaque keys of the first of them; `switch users` lists every one.
    """

    count: int
    words: str
    error: str | Unset = ""
    user_keys: list[str] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        count = self.count

        words = self.words

        error = self.error

        user_keys: list[str] | Unset = UNSET
        if not isinstance(self.user_keys, Unset):
            user_keys = self.user_keys

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "count": count,
                "words": words,
            }
        )
        if error is not UNSET:
            field_dict["error"] = error
        if user_keys is not UNSET:
            field_dict["user_keys"] = user_keys

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        count = d.pop("count")

        words = d.pop("words")

        error = d.pop("error", UNSET)

        user_keys = cast(list[str], d.pop("user_keys", UNSET))

        users_concerned = cls(
            count=count,
            words=words,
            error=error,
            user_keys=user_keys,
        )

        users_concerned.additional_properties = d
        return users_concerned

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
