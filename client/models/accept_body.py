from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="AcceptBody")


@_attrs_define
class AcceptBody:
    """A new price that is accepted.

    Attributes:
        reason (str):
        request_id (str | Unset):
        acknowledgments (list[str] | Unset): Warnings that are confirmed beside those of before.
        accept_forfeiture (bool | Unset): Accept the loss of prepaid value that the quote discloses. Default: False.
        quote_digest (None | str | Unset): Digest of the quote that was shown; null with `accept` takes that of this
            moment.
        accept (bool | Unset):  Default: False.
    """

    reason: str
    request_id: str | Unset = UNSET
    acknowledgments: list[str] | Unset = UNSET
    accept_forfeiture: bool | Unset = False
    quote_digest: None | str | Unset = UNSET
    accept: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        reason = self.reason

        request_id = self.request_id

        acknowledgments: list[str] | Unset = UNSET
        if not isinstance(self.acknowledgments, Unset):
            acknowledgments = self.acknowledgments

        accept_forfeiture = self.accept_forfeiture

        quote_digest: None | str | Unset
        if isinstance(self.quote_digest, Unset):
            quote_digest = UNSET
        else:
            quote_digest = self.quote_digest

        accept = self.accept

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "reason": reason,
            }
        )
        if request_id is not UNSET:
            field_dict["request_id"] = request_id
        if acknowledgments is not UNSET:
            field_dict["acknowledgments"] = acknowledgments
        if accept_forfeiture is not UNSET:
            field_dict["accept_forfeiture"] = accept_forfeiture
        if quote_digest is not UNSET:
            field_dict["quote_digest"] = quote_digest
        if accept is not UNSET:
            field_dict["accept"] = accept

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        reason = d.pop("reason")

        request_id = d.pop("request_id", UNSET)

        acknowledgments = cast(list[str], d.pop("acknowledgments", UNSET))

        accept_forfeiture = d.pop("accept_forfeiture", UNSET)

        def _parse_quote_digest(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        quote_digest = _parse_quote_digest(d.pop("quote_digest", UNSET))

        accept = d.pop("accept", UNSET)

        accept_body = cls(
            reason=reason,
            request_id=request_id,
            acknowledgments=acknowledgments,
            accept_forfeiture=accept_forfeiture,
            quote_digest=quote_digest,
            accept=accept,
        )

        return accept_body
