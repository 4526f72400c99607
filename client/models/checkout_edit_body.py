from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.checkout_edit_body_changes import CheckoutEditBodyChanges


T = TypeVar("T", bound="CheckoutEditBody")


@_attrs_define
class CheckoutEditBody:
    """A change of one section; no changes quote anew what is there.

    Attributes:
        revision (int): Revision that the change was decided on.
        changes (CheckoutEditBodyChanges | Unset): Field -> new value (rules#checkout).
        request_id (str | Unset): The same id is one change, however often it is sent.
        reason (str | Unset):  Default: ''.
    """

    revision: int
    changes: CheckoutEditBodyChanges | Unset = UNSET
    request_id: str | Unset = UNSET
    reason: str | Unset = ""

    def to_dict(self) -> dict[str, Any]:
        revision = self.revision

        changes: dict[str, Any] | Unset = UNSET
        if not isinstance(self.changes, Unset):
            changes = self.changes.to_dict()

        request_id = self.request_id

        reason = self.reason

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "revision": revision,
            }
        )
        if changes is not UNSET:
            field_dict["changes"] = changes
        if request_id is not UNSET:
            field_dict["request_id"] = request_id
        if reason is not UNSET:
            field_dict["reason"] = reason

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.checkout_edit_body_changes import CheckoutEditBodyChanges  # noqa: PLC0415

        d = dict(src_dict)
        revision = d.pop("revision")

        _changes = d.pop("changes", UNSET)
        changes: CheckoutEditBodyChanges | Unset
        if isinstance(_changes, Unset):
            changes = UNSET
        else:
            changes = CheckoutEditBodyChanges.from_dict(_changes)

        request_id = d.pop("request_id", UNSET)

        reason = d.pop("reason", UNSET)

        checkout_edit_body = cls(
            revision=revision,
            changes=changes,
            request_id=request_id,
            reason=reason,
        )

        return checkout_edit_body
