"""What a refusal of one user's license means, with the services that it names as people call them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from domain.catalog.catalog import Catalog
from domain.catalog.service_dependencies import service_rules
from domain.licenses.license_failures import LicenseFailure, license_failure
from domain.ports.user_port import LicenseFailureCode

_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def explained_failure(
    error: str, text: str, catalog: Catalog, *, services: Sequence[str] = ()
) -> LicenseFailure:
    """Return what a failure means and what to do; one about services names them (rules#license-failures).

    Args:
        error: Code of the failure.
        text: What the directory said, with the ids of the services; may be "".
        catalog: Where services have their names.
        services: Ids of those that lack what they need, where the directory gives no text, as for members of
            groups; the first one is told.
    """
    known = license_failure(error)
    named = _named(text, catalog) or _named(" ".join(services[:1]), catalog)
    if error == LicenseFailureCode.NEEDED_SERVICE_OFF and named:
        return _dependency(known, named, catalog)
    if error == LicenseFailureCode.SERVICES_EXCLUDE and len(named) > 1:
        both = " and ".join(named)
        return replace(
            known,
            message=f"{both} exclude each other",
            remedy=f"Switch one of {both} off for the user, or take its plan away, then retry.",
        )
    return known


def _dependency(known: LicenseFailure, named: Sequence[str], catalog: Catalog) -> LicenseFailure:
    """Name the service that is on, and those of which it needs one; the text may leave the latter out."""
    service, needed = named[0], list(named[1:])
    if not needed:
        needed = _needs_of(service, catalog)
    if not needed:
        return replace(
            known,
            message=f"{service} needs a service that is off for the user",
            remedy=f"Switch on what {service} needs, or {service} off, then retry.",
        )
    others = " or ".join(needed)
    return replace(
        known,
        message=f"{service} needs {others}, which is off for the user or in a plan that goes",
        remedy=f"Switch {others} on for the user, or {service} off, then retry.",
    )


def _needs_of(service: str, catalog: Catalog) -> list[str]:
    """Return what a service needs, by what people call it; nothing where that is not known."""
    shown = {
        each.name.upper(): each.friendly_name or each.name
        for plan in catalog.plans
        for each in plan.service_plans
    }
    own = next((name for name, shown_name in shown.items() if shown_name == service), "")
    needs = service_rules().needs.get(own, ())
    return sorted(shown[name] for need in needs[:1] for name in need.one_of if name in shown)


def _named(text: str, catalog: Catalog) -> list[str]:
    """Return the services of a text in its order, each once; an id that no plan has is told as it is."""
    names: dict[str, str] = {}
    for service_plan_id in _GUID.findall(text):
        listed = catalog.service_plan(service_plan_id)
        shown = (listed.friendly_name or listed.name) if listed else service_plan_id.lower()
        names.setdefault(service_plan_id.lower(), shown)
    return list(names.values())
