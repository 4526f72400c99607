"""Small published lists for the tests, and the real one."""

from __future__ import annotations

from collections import Counter
from uuid import uuid5

from domain.kernel.errors import InvalidInput
from domain.kernel.ids import NAMESPACE
from providers.microsoft.product_list.list_rows import COLUMNS
from providers.microsoft.product_list.published_list import PublishedList, read_published_list

HEADER = ",".join(COLUMNS)
PRODUCTS = 40


def guid(name: str) -> str:
    """Return an id for a name."""
    return str(uuid5(NAMESPACE, name))


def row(product: str = "P0", service: str = "S0", **cells: str) -> str:
    """Return a row; `cells` replaces some by the name of their column."""
    clean = {
        "Product_Display_Name": f"Product {product}",
        "String_Id": f"PART_{product}",
        "GUID": guid(product),
        "Service_Plan_Name": f"SERVICE_{service}",
        "Service_Plan_Id": guid(service),
        "Service_Plans_Included_Friendly_Names": f"Service {service}",
    }
    return ",".join({**clean, **cells}.values())


def csv_of(*rows: str, header: str = HEADER, end: str = "\n") -> bytes:
    """Return a file of these rows after PRODUCTS clean ones, so that one bad row is few."""
    clean = [row(f"P{number}") for number in range(PRODUCTS)]
    return ("\n".join([header, *clean, *rows]) + end).encode()


#: Line of the first row that is given to `csv_of`.
FIRST_LINE = PRODUCTS + 2


def kinds(listed: PublishedList) -> dict[str, int]:
    """Return how often each kind of finding is in a list."""
    return dict(Counter(finding.kind for finding in listed.findings))


def refusal(content: bytes) -> InvalidInput:
    """Return the error that refuses a file."""
    try:
        read_published_list(content)
    except InvalidInput as error:
        return error
    raise AssertionError("the file was taken")
