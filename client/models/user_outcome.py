from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="UserOutcome")


@_attrs_define
class UserOutcome:
    """The newest outcome of one user.

    Attributes:
        user_key (str):
        directory_id (str): The directory's id, "" for a person who was erased.
        pass_name (str): Pass that dealt with the user last: move, groups-1, return-1 and so on.
        outcome (str): moved, returned, failed, skipped, gone, ...; `drift` for a user of the roster who was in no pass.
        drift (str): What was changed by hand, by the name of its count, such as licenses_removed; "" where nothing was.
        drift_message (str):
        drift_remedy (str):
        error (str): Code of rules#license-failures for why a user was not moved, and the vendor's word for it; or "".
        vendor_code (str):
        code (str): The directory's own code and text without personal data, and by what its support finds the answer.
        text (str):
        request_id (str):
        message (str):
        remedy (str):
        tries (int): Passes that tried it, and when the newest had; null: none did.
        last_tried_at (datetime.datetime | None):
        kept (list[str]): Services that were switched off, by name: still off, not in the new plan; and those that are
            new.
        no_counterpart (list[str]):
        newly_granted (list[str]):
        dependents (list[str]): Services of the new plan that went off with others, as nothing that they need is on.
        usage_location (str): Usage location that the directory was asked to set, as the user had none; it stays. "":
            none.
    """

    user_key: str
    directory_id: str
    pass_name: str
    outcome: str
    drift: str
    drift_message: str
    drift_remedy: str
    error: str
    vendor_code: str
    code: str
    text: str
    request_id: str
    message: str
    remedy: str
    tries: int
    last_tried_at: datetime.datetime | None
    kept: list[str]
    no_counterpart: list[str]
    newly_granted: list[str]
    dependents: list[str]
    usage_location: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        user_key = self.user_key

        directory_id = self.directory_id

        pass_name = self.pass_name

        outcome = self.outcome

        drift = self.drift

        drift_message = self.drift_message

        drift_remedy = self.drift_remedy

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

        kept = self.kept

        no_counterpart = self.no_counterpart

        newly_granted = self.newly_granted

        dependents = self.dependents

        usage_location = self.usage_location

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "user_key": user_key,
                "directory_id": directory_id,
                "pass_name": pass_name,
                "outcome": outcome,
                "drift": drift,
                "drift_message": drift_message,
                "drift_remedy": drift_remedy,
                "error": error,
                "vendor_code": vendor_code,
                "code": code,
                "text": text,
                "request_id": request_id,
                "message": message,
                "remedy": remedy,
                "tries": tries,
                "last_tried_at": last_tried_at,
                "kept": kept,
                "no_counterpart": no_counterpart,
                "newly_granted": newly_granted,
                "dependents": dependents,
                "usage_location": usage_location,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        user_key = d.pop("user_key")

        directory_id = d.pop("directory_id")

        pass_name = d.pop("pass_name")

        outcome = d.pop("outcome")

        drift = d.pop("drift")

        drift_message = d.pop("drift_message")

        drift_remedy = d.pop("drift_remedy")

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

        kept = cast(list[str], d.pop("kept"))

        no_counterpart = cast(list[str], d.pop("no_counterpart"))

        newly_granted = cast(list[str], d.pop("newly_granted"))

        dependents = cast(list[str], d.pop("dependents"))

        usage_location = d.pop("usage_location")

        user_outcome = cls(
            user_key=user_key,
            directory_id=directory_id,
            pass_name=pass_name,
            outcome=outcome,
            drift=drift,
            drift_message=drift_message,
            drift_remedy=drift_remedy,
            error=error,
            vendor_code=vendor_code,
            code=code,
            text=text,
            request_id=request_id,
            message=message,
            remedy=remedy,
            tries=tries,
            last_tried_at=last_tried_at,
            kept=kept,
            no_counterpart=no_counterpart,
            newly_granted=newly_granted,
            dependents=dependents,
            usage_location=usage_location,
        )

        user_outcome.additional_properties = d
        return user_outcome

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
