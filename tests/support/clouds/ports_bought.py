"""Orders as tests of the ports place them."""

from __future__ import annotations

from domain.ports.seller_port import OrderLine, PlacedOrder
from tests.support.clouds.port_cloud import READINGS_MAX, Customer, PortCloud

CURRENCY = "EUR"


def replacement(
    adapter: PortCloud, customer: Customer, licenses: int, *, payment_method: str = "card"
) -> OrderLine:
    """Return the order of the target plan in place of what the organization has."""
    return OrderLine(
        plan_id=adapter.target_plan,
        quantity=licenses,
        term="P1M",
        billing_cycle="monthly",
        currency=CURRENCY,
        payment_method=payment_method,
        replaced_subscription_id=customer.subscription_id,
    )


def place(adapter: PortCloud, customer: Customer, line: OrderLine, *, key: str = "1") -> PlacedOrder:
    """Place an order under keys of its own."""
    return adapter.connection.cloud.seller.place_order(
        customer.organization_id, line, cart_key=f"cart-{key}", checkout_key=f"checkout-{key}"
    )


def target_licenses(adapter: PortCloud, customer: Customer, licenses: int) -> str:
    """Buy licenses of the target and return the seller's name of them, once it has given one."""
    order = place(adapter, customer, replacement(adapter, customer, licenses))
    for _ in range(READINGS_MAX):
        if order.subscription_id is not None:
            return order.subscription_id
        order = adapter.connection.cloud.seller.order(customer.organization_id, order.order_id)
    raise AssertionError("the seller never named what was ordered")
