from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="NoticeAnswer")


@_attrs_define
class NoticeAnswer:
    """A notice, and where it stands.

    Attributes:
        number (int): Its place in the list; the newest has the highest.
        notice_id (str):
        message_id (str): Header Message-ID, the same whenever it is sent.
        switch_id (str):
        organization_id (str):
        kind (str):
        recipient_key (str): Opaque key of the recipient.
        address (str): "" where the address was deleted, or the caller may not see it.
        state (str): waiting, sent, refused, failed, unconfirmed or withdrawn.
        tries (int):
        code (int): Last reply of the mail server; 0 without one.
        text (str):
        caused_at (datetime.datetime): When the event that caused it was recorded.
        derived_at (datetime.datetime):
        due_at (datetime.datetime | None): When it is tried next; null: it is not.
        ended_at (datetime.datetime | None): null while it waits.
    """

    number: int
    notice_id: str
    message_id: str
    switch_id: str
    organization_id: str
    kind: str
    recipient_key: str
    address: str
    state: str
    tries: int
    code: int
    text: str
    caused_at: datetime.datetime
    derived_at: datetime.datetime
    due_at: datetime.datetime | None
    ended_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        number = self.number

        notice_id = self.notice_id

        message_id = self.message_id

        switch_id = self.switch_id

        organization_id = self.organization_id

        kind = self.kind

        recipient_key = self.recipient_key

        address = self.address

        state = self.state

        tries = self.tries

        code = self.code

        text = self.text

        caused_at = self.caused_at.isoformat()

        derived_at = self.derived_at.isoformat()

        due_at: None | str
        if isinstance(self.due_at, datetime.datetime):
            due_at = self.due_at.isoformat()
        else:
            due_at = self.due_at

        ended_at: None | str
        if isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "number": number,
                "notice_id": notice_id,
                "message_id": message_id,
                "switch_id": switch_id,
                "organization_id": organization_id,
                "kind": kind,
                "recipient_key": recipient_key,
                "address": address,
                "state": state,
                "tries": tries,
                "code": code,
                "text": text,
                "caused_at": caused_at,
                "derived_at": derived_at,
                "due_at": due_at,
                "ended_at": ended_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        number = d.pop("number")

        notice_id = d.pop("notice_id")

        message_id = d.pop("message_id")

        switch_id = d.pop("switch_id")

        organization_id = d.pop("organization_id")

        kind = d.pop("kind")

        recipient_key = d.pop("recipient_key")

        address = d.pop("address")

        state = d.pop("state")

        tries = d.pop("tries")

        code = d.pop("code")

        text = d.pop("text")

        caused_at = datetime.datetime.fromisoformat(d.pop("caused_at"))

        derived_at = datetime.datetime.fromisoformat(d.pop("derived_at"))

        def _parse_due_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                due_at_type_0 = datetime.datetime.fromisoformat(data)

                return due_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        due_at = _parse_due_at(d.pop("due_at"))

        def _parse_ended_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                ended_at_type_0 = datetime.datetime.fromisoformat(data)

                return ended_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        ended_at = _parse_ended_at(d.pop("ended_at"))

        notice_answer = cls(
            number=number,
            notice_id=notice_id,
            message_id=message_id,
            switch_id=switch_id,
            organization_id=organization_id,
            kind=kind,
            recipient_key=recipient_key,
            address=address,
            state=state,
            tries=tries,
            code=code,
            text=text,
            caused_at=caused_at,
            derived_at=derived_at,
            due_at=due_at,
            ended_at=ended_at,
        )

        notice_answer.additional_properties = d
        return notice_answer

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
