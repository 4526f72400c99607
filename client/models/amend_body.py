from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="AmendBody")


@_attrs_define
class AmendBody:
    """Another number of licenses of the new plan.

    Attributes:
        reason (str):
        quantity (int):
        request_id (str | Unset):
        accepted_digest (None | str | Unset): Digest of the amendment that was shown; null with `accept` takes the one
            of this moment.
        accept (bool | Unset):  Default: False.
        accept_forfeiture (bool | Unset): Accept that more of a prepaid value is lost than was accepted before. Default:
            False.
    """

    reason: str
    quantity: int
    request_id: str | Unset = UNSET
    accepted_digest: None | str | Unset = UNSET
    accept: bool | Unset = False
    accept_forfeiture: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        reason = self.reason

        quantity = self.quantity

        request_id = self.request_id

        accepted_digest: None | str | Unset
        if isinstance(self.accepted_digest, Unset):
            accepted_digest = UNSET
        else:
            accepted_digest = self.accepted_digest

        accept = self.accept

        accept_forfeiture = self.accept_forfeiture

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "reason": reason,
                "quantity": quantity,
            }
        )
        if request_id is not UNSET:
            field_dict["request_id"] = request_id
        if accepted_digest is not UNSET:
            field_dict["accepted_digest"] = accepted_digest
        if accept is not UNSET:
            field_dict["accept"] = accept
        if accept_forfeiture is not UNSET:
            field_dict["accept_forfeiture"] = accept_forfeiture

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        reason = d.pop("reason")

        quantity = d.pop("quantity")

        request_id = d.pop("request_id", UNSET)

        def _parse_accepted_digest(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        accepted_digest = _parse_accepted_digest(d.pop("accepted_digest", UNSET))

        accept = d.pop("accept", UNSET)

        accept_forfeiture = d.pop("accept_forfeiture", UNSET)

        amend_body = cls(
            reason=reason,
            quantity=quantity,
            request_id=request_id,
            accepted_digest=accepted_digest,
            accept=accept,
            accept_forfeiture=accept_forfeiture,
        )

        return amend_body
