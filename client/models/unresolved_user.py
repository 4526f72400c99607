from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="UnresolvedUser")


@_attrs_define
class UnresolvedUser:
    """One user whom the switch waits for.

    Attributes:
        directory_id (str): The directory's id, or "" for a person who was erased.
        user_key (str):
        error (str): Code of rules#license-failures, and the vendor's word for it, or "".
        vendor_code (str):
        code (str): The directory's own code and text without personal data, and by what its support finds the answer.
        text (str):
        request_id (str):
        message (str):
        remedy (str): In words of what the switch takes now; "" where it has ended: nobody tries again.
        tries (int): Passes that tried it, and when the newest had; null: the record does not tell.
        last_tried_at (datetime.datetime | None):
        is_retryable (bool): Trying again may help although nobody has mended anything.
    """

    directory_id: str
    user_key: str
    error: str
    vendor_code: str
    code: str
    text: str
    request_id: str
    message: str
    remedy: str
    tries: int
    last_tried_at: datetime.datetime | None
    is_retryable: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        directory_id = self.directory_id

        user_key = self.user_key

        error = self.error

        vendor_code = self.vendor_code

        code = self.code

        text = self.text

        request_id = self.request_id

        message = self.message

        remedy = self.remedy

        tries = self.tries

        last_tried_at: None | str
        if isinstance(self.last_tried_at, datetime.datetime):
            last_tried_at = self.last_tried_at.isoformat()
        else:
            last_tried_at = self.last_tried_at

        is_retryable = self.is_retryable

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "directory_id": directory_id,
                "user_key": user_key,
                "error": error,
                "vendor_code": vendor_code,
                "code": code,
                "text": text,
                "request_id": request_id,
                "message": message,
                "remedy": remedy,
                "tries": tries,
                "last_tried_at": last_tried_at,
                "is_retryable": is_retryable,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        directory_id = d.pop("directory_id")

        user_key = d.pop("user_key")

        error = d.pop("error")

        vendor_code = d.pop("vendor_code")

        code = d.pop("code")

        text = d.pop("text")

        request_id = d.pop("request_id")

        message = d.pop("message")

        remedy = d.pop("remedy")

        tries = d.pop("tries")

        def _parse_last_tried_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_tried_at_type_0 = datetime.datetime.fromisoformat(data)

                return last_tried_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        last_tried_at = _parse_last_tried_at(d.pop("last_tried_at"))

        is_retryable = d.pop("is_retryable")

        unresolved_user = cls(
            directory_id=directory_id,
            user_key=user_key,
            error=error,
            vendor_code=vendor_code,
            code=code,
            text=text,
            request_id=request_id,
            message=message,
            remedy=remedy,
            tries=tries,
            last_tried_at=last_tried_at,
            is_retryable=is_retryable,
        )

        unresolved_user.additional_properties = d
        return unresolved_user

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
