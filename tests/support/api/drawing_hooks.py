"""What schemathesis may not ask of the account that it signs in as: it would be refused from then on.

The tool reads this file by its path, in a process of its own.
"""

from __future__ import annotations

from typing import Any

import schemathesis

#: Account of the key that the tool has: the local actor of `tests/support/consoles/console_world.py`.
OWN_ACCOUNT = "olga"
#: Nobody has it.
OTHER_ACCOUNT = "somebody-else"
_CHANGES = "/api/v1/people/{name}/"


@schemathesis.hook
def before_call(
    context: schemathesis.HookContext, case: schemathesis.Case[Any], kwargs: dict[str, Any]
) -> None:
    """Let a change of the tool's own account name another one, so that nothing ends the run."""
    del context, kwargs
    if case.operation.path.startswith(_CHANGES) and case.path_parameters["name"] == OWN_ACCOUNT:
        case.path_parameters["name"] = OTHER_ACCOUNT
