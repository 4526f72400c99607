from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="WebhookBody")


@_attrs_define
class WebhookBody:
    """A new endpoint.

    Attributes:
        reason (str):
        url (str):
        request_id (str | Unset): The same one acts once.
        description (str | Unset):  Default: ''.
        event_types (list[str] | Unset): Names of types; empty: all, those of later versions too.
        organizations (list[str] | Unset): Directory ids; empty: every organization.
    """

    reason: str
    url: str
    request_id: str | Unset = UNSET
    description: str | Unset = ""
    event_types: list[str] | Unset = UNSET
    organizations: list[str] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        reason = self.reason

        url = self.url

        request_id = self.request_id

        description = self.description

        event_types: list[str] | Unset = UNSET
        if not isinstance(self.event_types, Unset):
            event_types = self.event_types

        organizations: list[str] | Unset = UNSET
        if not isinstance(self.organizations, Unset):
            organizations = self.organizations

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "reason": reason,
                "url": url,
            }
        )
        if request_id is not UNSET:
            field_dict["request_id"] = request_id
        if description is not UNSET:
            field_dict["description"] = description
        if event_types is not UNSET:
            field_dict["event_types"] = event_types
        if organizations is not UNSET:
            field_dict["organizations"] = organizations

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        reason = d.pop("reason")

        url = d.pop("url")

        request_id = d.pop("request_id", UNSET)

        description = d.pop("description", UNSET)

        event_types = cast(list[str], d.pop("event_types", UNSET))

        organizations = cast(list[str], d.pop("organizations", UNSET))

        webhook_body = cls(
            reason=reason,
            url=url,
            request_id=request_id,
            description=description,
            event_types=event_types,
            organizations=organizations,
        )

        return webhook_body
