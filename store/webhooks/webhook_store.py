"""Everything that is stored about webhooks, through the store's pool."""

from __future__ import annotations

from store.webhooks.deliveries import DeliveryStore
from store.webhooks.endpoints import EndpointStore


class WebhookStore(EndpointStore, DeliveryStore):
    """Endpoints, secrets, deliveries and the log that deliveries are made from."""
