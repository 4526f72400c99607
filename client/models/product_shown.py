from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.act_answer import ActAnswer
    from ..models.capability import Capability
    from ..models.lock_holder import LockHolder
    from ..models.product_answer import ProductAnswer
    from ..models.targets_answer import TargetsAnswer


T = TypeVar("T", bound="ProductShown")


@_attrs_define
class ProductShown:
    """One product, and what it can be switched to.

    Attributes:
        organization_id (str):
        organization (str):
        product (ProductAnswer): One product.
        balance_due (str):
        no_targets (str): Why it can't be asked; "" where it was.
        acts (list[ActAnswer]):
        capabilities (list[Capability]):
        locked_by (LockHolder | None):
        targets (None | TargetsAnswer | Unset): Absent where it can't be asked, such as for a subscription that has
            ended.
    """

    organization_id: str
    organization: str
    product: ProductAnswer
    balance_due: str
    no_targets: str
    acts: list[ActAnswer]
    capabilities: list[Capability]
    locked_by: LockHolder | None
    targets: None | TargetsAnswer | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.lock_holder import LockHolder  # noqa: PLC0415
        from ..models.targets_answer import TargetsAnswer  # noqa: PLC0415

        organization_id = self.organization_id

        organization = self.organization

        product = self.product.to_dict()

        balance_due = self.balance_due

        no_targets = self.no_targets

        acts = []
        for acts_item_data in self.acts:
            acts_item = acts_item_data.to_dict()
            acts.append(acts_item)

        capabilities = []
        for capabilities_item_data in self.capabilities:
            capabilities_item = capabilities_item_data.to_dict()
            capabilities.append(capabilities_item)

        locked_by: dict[str, Any] | None
        if isinstance(self.locked_by, LockHolder):
            locked_by = self.locked_by.to_dict()
        else:
            locked_by = self.locked_by

        targets: dict[str, Any] | None | Unset
        if isinstance(self.targets, Unset):
            targets = UNSET
        elif isinstance(self.targets, TargetsAnswer):
            targets = self.targets.to_dict()
        else:
            targets = self.targets

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "organization_id": organization_id,
                "organization": organization,
                "product": product,
                "balance_due": balance_due,
                "no_targets": no_targets,
                "acts": acts,
                "capabilities": capabilities,
                "locked_by": locked_by,
            }
        )
        if targets is not UNSET:
            field_dict["targets"] = targets

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.act_answer import ActAnswer  # noqa: PLC0415
        from ..models.capability import Capability  # noqa: PLC0415
        from ..models.lock_holder import LockHolder  # noqa: PLC0415
        from ..models.product_answer import ProductAnswer  # noqa: PLC0415
        from ..models.targets_answer import TargetsAnswer  # noqa: PLC0415

        d = dict(src_dict)
        organization_id = d.pop("organization_id")

        organization = d.pop("organization")

        product = ProductAnswer.from_dict(d.pop("product"))

        balance_due = d.pop("balance_due")

        no_targets = d.pop("no_targets")

        acts = []
        _acts = d.pop("acts")
        for acts_item_data in _acts:
            acts_item = ActAnswer.from_dict(acts_item_data)

            acts.append(acts_item)

        capabilities = []
        _capabilities = d.pop("capabilities")
        for capabilities_item_data in _capabilities:
            capabilities_item = Capability.from_dict(capabilities_item_data)

            capabilities.append(capabilities_item)

        def _parse_locked_by(data: object) -> LockHolder | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                locked_by_type_0 = LockHolder.from_dict(data)

                return locked_by_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(LockHolder | None, data)

        locked_by = _parse_locked_by(d.pop("locked_by"))

        def _parse_targets(data: object) -> None | TargetsAnswer | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                targets_type_0 = TargetsAnswer.from_dict(data)

                return targets_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | TargetsAnswer | Unset, data)

        targets = _parse_targets(d.pop("targets", UNSET))

        product_shown = cls(
            organization_id=organization_id,
            organization=organization,
            product=product,
            balance_due=balance_due,
            no_targets=no_targets,
            acts=acts,
            capabilities=capabilities,
            locked_by=locked_by,
            targets=targets,
        )

        product_shown.additional_properties = d
        return product_shown

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
