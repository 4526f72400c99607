"""Delegated administration as the directory of the partner shows it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.routing import Route

from sandbox.cloud.bearers import partner_of
from sandbox.cloud.relationships import has_relationship, status_of
from sandbox.cloud.routes import Routes
from sandbox.kernel.model import Json, Organization
from sandbox.lists.rows import RowKind, row_routes

_RELATIONSHIPS = RowKind(
    context="tenantRelationships/delegatedAdminRelationships", kind="delegatedAdminRelationship"
)
_CUSTOMERS = RowKind(context="tenantRelationships/delegatedAdminCustomers", kind="delegatedAdminCustomer")


class RelationshipRoutes(Routes):
    """Handlers of the partner's directory."""

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            *row_routes(_RELATIONSHIPS, self._relationships),
            *row_routes(_CUSTOMERS, self._customers),
        ]

    def _relationships(self, request: Request) -> list[Json]:
        now = self._sandbox.now()
        return [
            each | {"status": status_of(each, now)}
            for organization in self._mine(request)
            for each in organization.relationships or ()
        ]

    def _customers(self, request: Request) -> list[Json]:
        """Show the customers of whom somebody has said that a partner may administer them, and may now."""
        now = self._sandbox.now()
        return [
            {
                "id": one.organization_id,
                "tenantId": one.organization_id,
                "displayName": one.profile["display_name"],
            }
            for one in self._mine(request)
            if one.relationships is not None and has_relationship(one, now)
        ]

    def _mine(self, request: Request) -> list[Organization]:
        is_customer = partner_of(self._sandbox, request)
        mine = [one for one in self._sandbox.organizations.values() if is_customer(one)]
        return sorted(mine, key=lambda one: one.organization_id)
