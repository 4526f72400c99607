"""Services by what people call them, where an answer names some of an organization's."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from domain.catalog.catalog import Catalog
from domain.ports.directory_port import ServiceStatus


def spoken_service(catalog: Catalog, service: ServiceStatus) -> str:
    """Return what people call a service; the vendor's word where the catalog does not know it."""
    known = catalog.service_plan(service.service_id)
    return (known.friendly_name if known else "") or service.name


def spoken_services(
    catalog: Catalog,
    services: Iterable[ServiceStatus],
    is_meant: Callable[[ServiceStatus], bool],
) -> tuple[str, ...]:
    """Return what people call the services that are meant, sorted."""
    return tuple(sorted(spoken_service(catalog, each) for each in services if is_meant(each)))
