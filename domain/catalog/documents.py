"""The stored form of a catalog version: one JSON document in canonical bytes, named by their digest."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from domain.catalog.catalog import Catalog, catalog_from_documents, packaged_documents
from domain.catalog.plans import name_service
from domain.kernel.errors import AuditMismatch

#: Rows by id or name, as `domain/catalog/data/catalog.json` has them.
Document = dict[str, Any]
TIER_FAMILIES = ("exchange", "sharepoint", "skype_teams")


@dataclass(frozen=True, kw_only=True, slots=True)
class CatalogContent:
    """Everything that a version says, apart from its name."""

    #: Canonical JSON.
    content: bytes
    #: sha256 (hex) of `content`.
    digest: str

    @property
    def document(self) -> Document:
        """Return `service_plans`, `plans` and `paths` (pairs of 2014 names)."""
        document: Document = json.loads(self.content)
        return document

    def catalog(self, version: str) -> Catalog:
        """Return the catalog of this content under the name of its version.

        Raises:
            AuditMismatch: The bytes are not those that the digest was taken of.
        """
        if sha256(self.content).hexdigest() != self.digest:
            raise AuditMismatch(
                f"Catalog version {version} was altered after it was imported: its digest does not fit.",
                remedy="Restore the table `catalog_version` from a backup.",
            )
        document = self.document
        return catalog_from_documents({**document, "version": version}, document)


def content_of(document: Mapping[str, Any]) -> CatalogContent:
    """Return a document in canonical bytes: sorted keys, no blanks, UTF-8."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    content = text.encode()
    return CatalogContent(content=content, digest=sha256(content).hexdigest())


def built_in_content() -> CatalogContent:
    """Return the packaged catalog in the form of an imported one."""
    catalog, paths = packaged_documents()
    return content_of(
        {key: value for key, value in catalog.items() if key != "version"} | {"paths": paths["paths"]}
    )


def service_plan_row(service_plan_id: str, name: str, friendly_name: str) -> Document:
    """Return a service plan as documents hold it, with the service that its name stands for."""
    named = name_service(name)
    return {
        "service_plan_id": service_plan_id,
        "name": name,
        "friendly_name": friendly_name,
        "service": named.service,
        "family": named.family,
        "tier": named.tier,
        "is_data_service": named.is_data_service,
    }


def tiers_of(service_plan_names: Iterable[str]) -> dict[str, int]:
    """Return the data-service tiers of a plan with these service plans (rules#target_lacks_data_services)."""
    named = [name_service(name) for name in service_plan_names]
    return {
        family: max(
            (name.tier for name in named if name.is_data_service and name.family == family), default=0
        )
        for family in TIER_FAMILIES
    }
