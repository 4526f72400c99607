from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.access_kind import AccessKind, check_access_kind

T = TypeVar("T", bound="AccessAnswer")


@_attrs_define
class AccessAnswer:
    """One request to the console, as the access log has it.

    Attributes:
        number (int): Its number in the log.
        at (datetime.datetime):
        kind (AccessKind): Why a request is in the access log.
        actor (str): Who made it; "" for strangers.
        credential_id (str): Which key or session was shown; no secret.
        address (str):
        method (str):
        route (str): The template of its path.
        organization_id (str): "" where it names none.
        status (int):
        shows_persons (bool): The answer may hold names, addresses or directory ids of persons.
        request_id (str):
    """

    number: int
    at: datetime.datetime
    kind: AccessKind
    actor: str
    credential_id: str
    address: str
    method: str
    route: str
    organization_id: str
    status: int
    shows_persons: bool
    request_id: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        number = self.number

        at = self.at.isoformat()

        kind: str = self.kind

        actor = self.actor

        credential_id = self.credential_id

        address = self.address

        method = self.method

        route = self.route

        organization_id = self.organization_id

        status = self.status

        shows_persons = self.shows_persons

        request_id = self.request_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "number": number,
                "at": at,
                "kind": kind,
                "actor": actor,
                "credential_id": credential_id,
                "address": address,
                "method": method,
                "route": route,
                "organization_id": organization_id,
                "status": status,
                "shows_persons": shows_persons,
                "request_id": request_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        number = d.pop("number")

        at = datetime.datetime.fromisoformat(d.pop("at"))

        kind = check_access_kind(d.pop("kind"))

        actor = d.pop("actor")

        credential_id = d.pop("credential_id")

        address = d.pop("address")

        method = d.pop("method")

        route = d.pop("route")

        organization_id = d.pop("organization_id")

        status = d.pop("status")

        shows_persons = d.pop("shows_persons")

        request_id = d.pop("request_id")

        access_answer = cls(
            number=number,
            at=at,
            kind=kind,
            actor=actor,
            credential_id=credential_id,
            address=address,
            method=method,
            route=route,
            organization_id=organization_id,
            status=status,
            shows_persons=shows_persons,
            request_id=request_id,
        )

        access_answer.additional_properties = d
        return access_answer

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
