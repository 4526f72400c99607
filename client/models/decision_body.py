from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="DecisionBody")


@_attrs_define
class DecisionBody:
    """A decision about a request for an approval.

    Attributes:
        reason (str):
        digest (str): Digest of what was shown: a request that was changed since is not decided.
    """

    reason: str
    digest: str

    def to_dict(self) -> dict[str, Any]:
        reason = self.reason

        digest = self.digest

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "reason": reason,
                "digest": digest,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        reason = d.pop("reason")

        digest = d.pop("digest")

        decision_body = cls(
            reason=reason,
            digest=digest,
        )

        return decision_body
