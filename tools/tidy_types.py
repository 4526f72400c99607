"""Where anything at all may be a type: where foreign JSON is read, and nowhere else at the edges."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tools.tidy_sources import Finding, Source

#: Where requests, answers, rows and commands are typed.
TYPED = ("cli/", "console/", "projections/reads/", "services/")
#: Modules that read JSON of others, or stand in for a library's own signature.
FOREIGN_JSON = frozenset(
    {
        "cli/base/errors.py",
        "cli/base/options.py",
        "cli/stack/demo_plan.py",
        "cli/stack/sandbox_client.py",
        "console/edge/plain_bodies.py",
        "console/edge/worded_answers.py",
        "console/models/base.py",
        "services/recovery/run_acts.py",
        "services/recovery/wait_waker.py",
        "services/temporal/switch_workflows.py",
        "services/temporal/temporal_watch.py",
        "console/words/field_words.py",
        "console/words/openapi.py",
        "console/words/operation_links.py",
        "console/words/operation_words.py",
        "console/words/problems.py",
        "projections/reads/queries.py",
    }
)
#: Modules that still say so elsewhere. This list only gets shorter: a type for the value, and the line goes.
NOT_YET = frozenset(
    {
        "console/api/routes_catalog.py",
        "console/api/routes_switches.py",
        "console/api/routes_system.py",
        "console/api/routes_support.py",
        "console/api/routes_checkouts.py",
        "services/assessment/asking.py",
        "services/checkouts/checkouts.py",
        "console/pages/checkout_forms.py",
        "console/pages/switch_pages.py",
        "console/switches/bodies.py",
        "console/words/problems.py",
        "console/words/readers.py",
        "projections/reads/lists.py",
    }
)


def loose_types(source: Source) -> Iterator[Finding]:
    """Find `Any` at an edge beside the modules that are listed, and a listed module that has none."""
    if not source.path.startswith(TYPED):
        return
    lines = [node.lineno for node in source.nodes if isinstance(node, ast.Name) and node.id == "Any"]
    is_listed = source.path in FOREIGN_JSON | NOT_YET
    if lines and not is_listed:
        yield source.finding(
            min(lines), "Any: give it a type, or read foreign JSON in a module of tidy_types"
        )
    if is_listed and not lines:
        yield source.finding(1, "no Any in it: take it off the lists of tools/tidy_types.py")
