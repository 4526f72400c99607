"""Where the code lies, and what its modules are called: in a wheel they are below `planswitch`.

What names a module of ours in a text asks here, since the build rewrites imports alone (ADR 21).
"""

from __future__ import annotations

from pathlib import Path

import ops

_PREFIX = ops.__name__.removesuffix("ops")
#: Folder in which the interpreter finds the code: the repository, or where packages are installed.
CODE_FOLDER = Path(ops.__file__).resolve().parents[ops.__name__.count(".") + 1]

#: Folder of the layers: in a wheel that of the package.
PACKAGE_FOLDER = Path(ops.__file__).resolve().parents[1]


def installed_name(module: str) -> str:
    """Return the name under which a module of this repository can be imported here."""
    return _PREFIX + module
