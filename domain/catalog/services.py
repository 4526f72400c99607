"""Names of services: which service a vendor's service plan stands for, and which tier of it.

Service-plan ids and names change between editions (`FLOW_O365_P1`, `FLOW_O365_P2` ...), services do not:
gained and lost services, and services that a user switched off, are matched by the name given here
(switch#services).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import domain.catalog

#: Tier of a service that comes in one version only.
SINGLE_TIER = 1

SERVICES_FILE = "data/services.json"
FRONTLINE_ENDING = re.compile(r"_(K|S\d|F\d|FIRSTLINE\d?)$")
NUMBERED_ENDING = re.compile(r"(\d)$")


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceName:
    """What a vendor's service plan stands for."""

    #: Service by which plans are compared, such as `flow`.
    service: str
    #: Data family, or the service itself when it holds no data of users.
    family: str
    #: Version inside the family; only tiers of one family compare.
    tier: int
    is_data_service: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class _KnownNames:
    """Names of service plans; those that are nowhere here have tiers of display only."""

    #: Name -> service, family and tier.
    data_services: Mapping[str, tuple[str, str, int]]
    #: Name that does not tell the service or the tier by rule -> both.
    named_services: Mapping[str, tuple[str, int]]
    #: Beginning of a name -> service; the tier is read from the name's end.
    prefixes: Mapping[str, str]


def name_service(service_plan_name: str) -> ServiceName:
    """Return the service that a vendor's service plan stands for (switch#services).

    Args:
        service_plan_name: The vendor's name, such as `SHAREPOINTSTANDARD`; case does not matter. A name that
            is not known is a service of its own.
    """
    name, known = service_plan_name.upper(), _known_names()
    if name in known.data_services:
        service, family, tier = known.data_services[name]
        return ServiceName(service=service, family=family, tier=tier, is_data_service=True)
    service, tier = known.named_services.get(name) or _service_by_prefix(name, known.prefixes)
    return ServiceName(service=service, family=service, tier=tier, is_data_service=False)


def _service_by_prefix(name: str, prefixes: Mapping[str, str]) -> tuple[str, int]:
    for prefix, service in prefixes.items():
        if name.startswith(prefix):
            return service, _tier_by_ending(name)
    return name.lower(), SINGLE_TIER


@cache
def _known_names() -> _KnownNames:
    return _KnownNames(**json.loads(files(domain.catalog).joinpath(SERVICES_FILE).read_bytes()))


def _tier_by_ending(name: str) -> int:
    numbered = NUMBERED_ENDING.search(name)
    if numbered is None or FRONTLINE_ENDING.search(name):
        return SINGLE_TIER
    return SINGLE_TIER + int(numbered[1])
