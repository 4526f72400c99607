from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.switch_body_auto_renew import (
    SwitchBodyAutoRenew,
    check_switch_body_auto_renew,
)
from ..models.switch_body_billing_cycle_type_0 import (
    SwitchBodyBillingCycleType0,
    check_switch_body_billing_cycle_type_0,
)
from ..models.switch_body_mode import SwitchBodyMode, check_switch_body_mode
from ..models.switch_body_payment_method_type_0 import (
    SwitchBodyPaymentMethodType0,
    check_switch_body_payment_method_type_0,
)
from ..models.switch_body_service_settings_type_0 import (
    SwitchBodyServiceSettingsType0,
    check_switch_body_service_settings_type_0,
)
from ..models.switch_body_term_type_0 import (
    SwitchBodyTermType0,
    check_switch_body_term_type_0,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="SwitchBody")


@_attrs_define
class SwitchBody:
    """What to start.

    Attributes:
        organization_id (str):
        quote_digest (None | str | Unset): null with `accept` takes the quote of this moment.
        accept (bool | Unset): Takes the quote of this moment where none is named. Default: False.
        reason (str | Unset): Why, in the operator's words. Default: ''.
        quantity (int | None | Unset): Licenses to order; null orders as many as the source has.
        mode (SwitchBodyMode | Unset): automatic (we do every step) or manual (an operator does them). Default:
            'automatic'.
        service_settings (None | SwitchBodyServiceSettingsType0 | Unset): null is the rule set's default.
        payment_method (None | SwitchBodyPaymentMethodType0 | Unset): null is how the organization pays.
        rule_set (str | Unset):  Default: 'current'.
        policy (str | Unset): Name of the proration policy. Default: 'per_day'.
        term (None | SwitchBodyTermType0 | Unset): null is the source's term.
        billing_cycle (None | SwitchBodyBillingCycleType0 | Unset): null is the source's cycle.
        acknowledgments (list[str] | Unset): Everything that was confirmed: warnings, losses, and domains behind
            `domain:`.
        caller (None | str | Unset): User of the directory on whose behalf it is asked, whose role is read there; null
            takes `caller_role`.
        caller_role (str | Unset):  Default: 'global_admin'.
        start_on (None | str | Unset): Day before which it does not start: ISO date, `without-forfeiture` or `renewal`;
            null starts at once.
        pilot (int | Unset): Users who move first, before somebody checks the result; 0 moves all at once. Default: 0.
        pilot_soak_seconds (int | Unset): Seconds after which the others follow by themselves, if all of the pilot
            moved; 0 waits for `resume`. Default: 0.
        pilot_group_id (None | str | Unset): Group of the directory whose members move first, in place of `pilot`.
        auto_renew (SwitchBodyAutoRenew | Unset): How the new plan renews: keep (as the old one does), on or off.
            Default: 'keep'.
        target_subscription_id (None | str | Unset): Subscription of the target plan that is owned already; null orders
            a new one. With licenses_only also by the directory's own id of it.
        selection (None | str | Unset): Id of a selection of users that an earlier quote has told, in place of naming
            them again.
        selected (int | Unset): Told in answers; what is given counts for nothing. Default: 0.
        user_services (None | str | Unset): Id of a choice of services, user by user, that the check of a file of users
            has told.
        set_usage_location (None | str | Unset): Country that users get as usage location who have none, ISO 3166-1
            alpha-2, such as DE.
        switch_back_of (None | str | Unset): The completed switch that this one takes back (rules#switch-back), by its
            id; null takes none back.
        start_at (None | str | Unset): Instant before which it does not start, ISO by the organization's clocks; null:
            no instant is stated.
        quiet_hours (None | str | Unset): Window in which it starts, such as 22:00-06:00 by the organization's clocks,
            or `configured`.
        price_tolerance_percent (str | Unset): Percent by which a switch that waited may cost more than was accepted,
            without a new question. Default: '0'.
        licenses_only (bool | Unset): Both plans are owned: licenses move, and nothing is ordered, cancelled or billed
            (rules#licenses-only). Default: False.
        users_listed (list[str] | Unset): Object ids or principal names.
        users_of_group (None | str | Unset): Id of a group of the directory.
        users_of_department (None | str | Unset): Name of a department, as the directory has it.
        users_with_plan (None | str | Unset): Plan that they hold beside the old one: id, part number, name or alias.
        source_subscription_id (None | str | Unset): The seller's id; null is the organization's only active plan.
        target_plan (None | str | Unset): Id, part number, name or alias of a plan of the catalog; null with
            licenses_only takes that of target_subscription_id.
        quoted_on (datetime.date | None | Unset): Day of the quote in the organization's zone; null is today.
        accept_forfeiture (bool | Unset): Accept the loss of prepaid value that the quote discloses. Default: False.
        wait_until (None | str | Unset): Wait until nothing blocks the switch, at the longest until then: ISO date or
            instant, by the organization's clocks. null does not wait.
        max_total (None | str | Unset): What a switch that waited may take at most, as a decimal amount with tax; null
            is the most that the quote ever takes until then.
        request_id (str | Unset): The same id is one switch, however often it is sent.
    """

    organization_id: str
    quote_digest: None | str | Unset = UNSET
    accept: bool | Unset = False
    reason: str | Unset = ""
    quantity: int | None | Unset = UNSET
    mode: SwitchBodyMode | Unset = "automatic"
    service_settings: None | SwitchBodyServiceSettingsType0 | Unset = UNSET
    payment_method: None | SwitchBodyPaymentMethodType0 | Unset = UNSET
    rule_set: str | Unset = "current"
    policy: str | Unset = "per_day"
    term: None | SwitchBodyTermType0 | Unset = UNSET
    billing_cycle: None | SwitchBodyBillingCycleType0 | Unset = UNSET
    acknowledgments: list[str] | Unset = UNSET
    caller: None | str | Unset = UNSET
    caller_role: str | Unset = "global_admin"
    start_on: None | str | Unset = UNSET
    pilot: int | Unset = 0
    pilot_soak_seconds: int | Unset = 0
    pilot_group_id: None | str | Unset = UNSET
    auto_renew: SwitchBodyAutoRenew | Unset = "keep"
    target_subscription_id: None | str | Unset = UNSET
    selection: None | str | Unset = UNSET
    selected: int | Unset = 0
    user_services: None | str | Unset = UNSET
    set_usage_location: None | str | Unset = UNSET
    switch_back_of: None | str | Unset = UNSET
    start_at: None | str | Unset = UNSET
    quiet_hours: None | str | Unset = UNSET
    price_tolerance_percent: str | Unset = "0"
    licenses_only: bool | Unset = False
    users_listed: list[str] | Unset = UNSET
    users_of_group: None | str | Unset = UNSET
    users_of_department: None | str | Unset = UNSET
    users_with_plan: None | str | Unset = UNSET
    source_subscription_id: None | str | Unset = UNSET
    target_plan: None | str | Unset = UNSET
    quoted_on: datetime.date | None | Unset = UNSET
    accept_forfeiture: bool | Unset = False
    wait_until: None | str | Unset = UNSET
    max_total: None | str | Unset = UNSET
    request_id: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        organization_id = self.organization_id

        quote_digest: None | str | Unset
        if isinstance(self.quote_digest, Unset):
            quote_digest = UNSET
        else:
            quote_digest = self.quote_digest

        accept = self.accept

        reason = self.reason

        quantity: int | None | Unset
        if isinstance(self.quantity, Unset):
            quantity = UNSET
        else:
            quantity = self.quantity

        mode: str | Unset = UNSET
        if not isinstance(self.mode, Unset):
            mode = self.mode

        service_settings: None | str | Unset
        if isinstance(self.service_settings, Unset):
            service_settings = UNSET
        elif isinstance(self.service_settings, str):
            service_settings = self.service_settings
        else:
            service_settings = self.service_settings

        payment_method: None | str | Unset
        if isinstance(self.payment_method, Unset):
            payment_method = UNSET
        elif isinstance(self.payment_method, str):
            payment_method = self.payment_method
        else:
            payment_method = self.payment_method

        rule_set = self.rule_set

        policy = self.policy

        term: None | str | Unset
        if isinstance(self.term, Unset):
            term = UNSET
        elif isinstance(self.term, str):
            term = self.term
        else:
            term = self.term

        billing_cycle: None | str | Unset
        if isinstance(self.billing_cycle, Unset):
            billing_cycle = UNSET
        elif isinstance(self.billing_cycle, str):
            billing_cycle = self.billing_cycle
        else:
            billing_cycle = self.billing_cycle

        acknowledgments: list[str] | Unset = UNSET
        if not isinstance(self.acknowledgments, Unset):
            acknowledgments = self.acknowledgments

        caller: None | str | Unset
        if isinstance(self.caller, Unset):
            caller = UNSET
        else:
            caller = self.caller

        caller_role = self.caller_role

        start_on: None | str | Unset
        if isinstance(self.start_on, Unset):
            start_on = UNSET
        else:
            start_on = self.start_on

        pilot = self.pilot

        pilot_soak_seconds = self.pilot_soak_seconds

        pilot_group_id: None | str | Unset
        if isinstance(self.pilot_group_id, Unset):
            pilot_group_id = UNSET
        else:
            pilot_group_id = self.pilot_group_id

        auto_renew: str | Unset = UNSET
        if not isinstance(self.auto_renew, Unset):
            auto_renew = self.auto_renew

        target_subscription_id: None | str | Unset
        if isinstance(self.target_subscription_id, Unset):
            target_subscription_id = UNSET
        else:
            target_subscription_id = self.target_subscription_id

        selection: None | str | Unset
        if isinstance(self.selection, Unset):
            selection = UNSET
        else:
            selection = self.selection

        selected = self.selected

        user_services: None | str | Unset
        if isinstance(self.user_services, Unset):
            user_services = UNSET
        else:
            user_services = self.user_services

        set_usage_location: None | str | Unset
        if isinstance(self.set_usage_location, Unset):
            set_usage_location = UNSET
        else:
            set_usage_location = self.set_usage_location

        switch_back_of: None | str | Unset
        if isinstance(self.switch_back_of, Unset):
            switch_back_of = UNSET
        else:
            switch_back_of = self.switch_back_of

        start_at: None | str | Unset
        if isinstance(self.start_at, Unset):
            start_at = UNSET
        else:
            start_at = self.start_at

        quiet_hours: None | str | Unset
        if isinstance(self.quiet_hours, Unset):
            quiet_hours = UNSET
        else:
            quiet_hours = self.quiet_hours

        price_tolerance_percent = self.price_tolerance_percent

        licenses_only = self.licenses_only

        users_listed: list[str] | Unset = UNSET
        if not isinstance(self.users_listed, Unset):
            users_listed = self.users_listed

        users_of_group: None | str | Unset
        if isinstance(self.users_of_group, Unset):
            users_of_group = UNSET
        else:
            users_of_group = self.users_of_group

        users_of_department: None | str | Unset
        if isinstance(self.users_of_department, Unset):
            users_of_department = UNSET
        else:
            users_of_department = self.users_of_department

        users_with_plan: None | str | Unset
        if isinstance(self.users_with_plan, Unset):
            users_with_plan = UNSET
        else:
            users_with_plan = self.users_with_plan

        source_subscription_id: None | str | Unset
        if isinstance(self.source_subscription_id, Unset):
            source_subscription_id = UNSET
        else:
            source_subscription_id = self.source_subscription_id

        target_plan: None | str | Unset
        if isinstance(self.target_plan, Unset):
            target_plan = UNSET
        else:
            target_plan = self.target_plan

        quoted_on: None | str | Unset
        if isinstance(self.quoted_on, Unset):
            quoted_on = UNSET
        elif isinstance(self.quoted_on, datetime.date):
            quoted_on = self.quoted_on.isoformat()
        else:
            quoted_on = self.quoted_on

        accept_forfeiture = self.accept_forfeiture

        wait_until: None | str | Unset
        if isinstance(self.wait_until, Unset):
            wait_until = UNSET
        else:
            wait_until = self.wait_until

        max_total: None | str | Unset
        if isinstance(self.max_total, Unset):
            max_total = UNSET
        else:
            max_total = self.max_total

        request_id = self.request_id

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "organization_id": organization_id,
            }
        )
        if quote_digest is not UNSET:
            field_dict["quote_digest"] = quote_digest
        if accept is not UNSET:
            field_dict["accept"] = accept
        if reason is not UNSET:
            field_dict["reason"] = reason
        if quantity is not UNSET:
            field_dict["quantity"] = quantity
        if mode is not UNSET:
            field_dict["mode"] = mode
        if service_settings is not UNSET:
            field_dict["service_settings"] = service_settings
        if payment_method is not UNSET:
            field_dict["payment_method"] = payment_method
        if rule_set is not UNSET:
            field_dict["rule_set"] = rule_set
        if policy is not UNSET:
            field_dict["policy"] = policy
        if term is not UNSET:
            field_dict["term"] = term
        if billing_cycle is not UNSET:
            field_dict["billing_cycle"] = billing_cycle
        if acknowledgments is not UNSET:
            field_dict["acknowledgments"] = acknowledgments
        if caller is not UNSET:
            field_dict["caller"] = caller
        if caller_role is not UNSET:
            field_dict["caller_role"] = caller_role
        if start_on is not UNSET:
            field_dict["start_on"] = start_on
        if pilot is not UNSET:
            field_dict["pilot"] = pilot
        if pilot_soak_seconds is not UNSET:
            field_dict["pilot_soak_seconds"] = pilot_soak_seconds
        if pilot_group_id is not UNSET:
            field_dict["pilot_group_id"] = pilot_group_id
        if auto_renew is not UNSET:
            field_dict["auto_renew"] = auto_renew
        if target_subscription_id is not UNSET:
            field_dict["target_subscription_id"] = target_subscription_id
        if selection is not UNSET:
            field_dict["selection"] = selection
        if selected is not UNSET:
            field_dict["selected"] = selected
        if user_services is not UNSET:
            field_dict["user_services"] = user_services
        if set_usage_location is not UNSET:
            field_dict["set_usage_location"] = set_usage_location
        if switch_back_of is not UNSET:
            field_dict["switch_back_of"] = switch_back_of
        if start_at is not UNSET:
            field_dict["start_at"] = start_at
        if quiet_hours is not UNSET:
            field_dict["quiet_hours"] = quiet_hours
        if price_tolerance_percent is not UNSET:
            field_dict["price_tolerance_percent"] = price_tolerance_percent
        if licenses_only is not UNSET:
            field_dict["licenses_only"] = licenses_only
        if users_listed is not UNSET:
            field_dict["users_listed"] = users_listed
        if users_of_group is not UNSET:
            field_dict["users_of_group"] = users_of_group
        if users_of_department is not UNSET:
            field_dict["users_of_department"] = users_of_department
        if users_with_plan is not UNSET:
            field_dict["users_with_plan"] = users_with_plan
        if source_subscription_id is not UNSET:
            field_dict["source_subscription_id"] = source_subscription_id
        if target_plan is not UNSET:
            field_dict["target_plan"] = target_plan
        if quoted_on is not UNSET:
            field_dict["quoted_on"] = quoted_on
        if accept_forfeiture is not UNSET:
            field_dict["accept_forfeiture"] = accept_forfeiture
        if wait_until is not UNSET:
            field_dict["wait_until"] = wait_until
        if max_total is not UNSET:
            field_dict["max_total"] = max_total
        if request_id is not UNSET:
            field_dict["request_id"] = request_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        organization_id = d.pop("organization_id")

        def _parse_quote_digest(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        quote_digest = _parse_quote_digest(d.pop("quote_digest", UNSET))

        accept = d.pop("accept", UNSET)

        reason = d.pop("reason", UNSET)

        def _parse_quantity(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        quantity = _parse_quantity(d.pop("quantity", UNSET))

        _mode = d.pop("mode", UNSET)
        mode: SwitchBodyMode | Unset
        if isinstance(_mode, Unset):
            mode = UNSET
        else:
            mode = check_switch_body_mode(_mode)

        def _parse_service_settings(data: object) -> None | SwitchBodyServiceSettingsType0 | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                service_settings_type_0 = check_switch_body_service_settings_type_0(data)

                return service_settings_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | SwitchBodyServiceSettingsType0 | Unset, data)

        service_settings = _parse_service_settings(d.pop("service_settings", UNSET))

        def _parse_payment_method(data: object) -> None | SwitchBodyPaymentMethodType0 | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                payment_method_type_0 = check_switch_body_payment_method_type_0(data)

                return payment_method_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | SwitchBodyPaymentMethodType0 | Unset, data)

        payment_method = _parse_payment_method(d.pop("payment_method", UNSET))

        rule_set = d.pop("rule_set", UNSET)

        policy = d.pop("policy", UNSET)

        def _parse_term(data: object) -> None | SwitchBodyTermType0 | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                term_type_0 = check_switch_body_term_type_0(data)

                return term_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | SwitchBodyTermType0 | Unset, data)

        term = _parse_term(d.pop("term", UNSET))

        def _parse_billing_cycle(data: object) -> None | SwitchBodyBillingCycleType0 | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                billing_cycle_type_0 = check_switch_body_billing_cycle_type_0(data)

                return billing_cycle_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | SwitchBodyBillingCycleType0 | Unset, data)

        billing_cycle = _parse_billing_cycle(d.pop("billing_cycle", UNSET))

        acknowledgments = cast(list[str], d.pop("acknowledgments", UNSET))

        def _parse_caller(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        caller = _parse_caller(d.pop("caller", UNSET))

        caller_role = d.pop("caller_role", UNSET)

        def _parse_start_on(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        start_on = _parse_start_on(d.pop("start_on", UNSET))

        pilot = d.pop("pilot", UNSET)

        pilot_soak_seconds = d.pop("pilot_soak_seconds", UNSET)

        def _parse_pilot_group_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        pilot_group_id = _parse_pilot_group_id(d.pop("pilot_group_id", UNSET))

        _auto_renew = d.pop("auto_renew", UNSET)
        auto_renew: SwitchBodyAutoRenew | Unset
        if isinstance(_auto_renew, Unset):
            auto_renew = UNSET
        else:
            auto_renew = check_switch_body_auto_renew(_auto_renew)

        def _parse_target_subscription_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        target_subscription_id = _parse_target_subscription_id(d.pop("target_subscription_id", UNSET))

        def _parse_selection(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        selection = _parse_selection(d.pop("selection", UNSET))

        selected = d.pop("selected", UNSET)

        def _parse_user_services(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        user_services = _parse_user_services(d.pop("user_services", UNSET))

        def _parse_set_usage_location(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        set_usage_location = _parse_set_usage_location(d.pop("set_usage_location", UNSET))

        def _parse_switch_back_of(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        switch_back_of = _parse_switch_back_of(d.pop("switch_back_of", UNSET))

        def _parse_start_at(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        start_at = _parse_start_at(d.pop("start_at", UNSET))

        def _parse_quiet_hours(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        quiet_hours = _parse_quiet_hours(d.pop("quiet_hours", UNSET))

        price_tolerance_percent = d.pop("price_tolerance_percent", UNSET)

        licenses_only = d.pop("licenses_only", UNSET)

        users_listed = cast(list[str], d.pop("users_listed", UNSET))

        def _parse_users_of_group(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        users_of_group = _parse_users_of_group(d.pop("users_of_group", UNSET))

        def _parse_users_of_department(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        users_of_department = _parse_users_of_department(d.pop("users_of_department", UNSET))

        def _parse_users_with_plan(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        users_with_plan = _parse_users_with_plan(d.pop("users_with_plan", UNSET))

        def _parse_source_subscription_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        source_subscription_id = _parse_source_subscription_id(d.pop("source_subscription_id", UNSET))

        def _parse_target_plan(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        target_plan = _parse_target_plan(d.pop("target_plan", UNSET))

        def _parse_quoted_on(data: object) -> datetime.date | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                quoted_on_type_0 = datetime.date.fromisoformat(data)

                return quoted_on_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None | Unset, data)

        quoted_on = _parse_quoted_on(d.pop("quoted_on", UNSET))

        accept_forfeiture = d.pop("accept_forfeiture", UNSET)

        def _parse_wait_until(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        wait_until = _parse_wait_until(d.pop("wait_until", UNSET))

        def _parse_max_total(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        max_total = _parse_max_total(d.pop("max_total", UNSET))

        request_id = d.pop("request_id", UNSET)

        switch_body = cls(
            organization_id=organization_id,
            quote_digest=quote_digest,
            accept=accept,
            reason=reason,
            quantity=quantity,
            mode=mode,
            service_settings=service_settings,
            payment_method=payment_method,
            rule_set=rule_set,
            policy=policy,
            term=term,
            billing_cycle=billing_cycle,
            acknowledgments=acknowledgments,
            caller=caller,
            caller_role=caller_role,
            start_on=start_on,
            pilot=pilot,
            pilot_soak_seconds=pilot_soak_seconds,
            pilot_group_id=pilot_group_id,
            auto_renew=auto_renew,
            target_subscription_id=target_subscription_id,
            selection=selection,
            selected=selected,
            user_services=user_services,
            set_usage_location=set_usage_location,
            switch_back_of=switch_back_of,
            start_at=start_at,
            quiet_hours=quiet_hours,
            price_tolerance_percent=price_tolerance_percent,
            licenses_only=licenses_only,
            users_listed=users_listed,
            users_of_group=users_of_group,
            users_of_department=users_of_department,
            users_with_plan=users_with_plan,
            source_subscription_id=source_subscription_id,
            target_plan=target_plan,
            quoted_on=quoted_on,
            accept_forfeiture=accept_forfeiture,
            wait_until=wait_until,
            max_total=max_total,
            request_id=request_id,
        )

        return switch_body
