"""Where a browser goes once it is signed in: the page that was asked for, and never another site."""

from __future__ import annotations

import re
from urllib.parse import quote

from fastapi import Request

HOME, SIGN_IN = "/", "/sign-in"
#: The page of the API, which people read.
API_REFERENCE = "/api/docs"
#: Paths for programs; a person reads no other page there.
_PROGRAM_PATHS = ("/api/", "/metrics", "/static/")
#: Longest path that is kept, with its query.
LENGTH_MAX = 1_000
#: A path of this server. Browsers read a second slash, and a backslash as well, as the beginning of another
#: host, and drop blanks and control characters before they look: nothing of that is let through.
_LOCAL = re.compile(r"/(?!/)[!-\[\]-~]*")


def is_for_programs(path: str) -> bool:
    """Return whether a path answers programs, with problem documents and without a way to the sign-in."""
    return path.startswith(_PROGRAM_PATHS) and path != API_REFERENCE


def local_path(path: str) -> str:
    """Return the page to go to after the sign-in: what was asked for if it is ours, else the first one."""
    is_ours = len(path) <= LENGTH_MAX and _LOCAL.fullmatch(path) is not None
    is_page = not path.startswith(SIGN_IN) and not is_for_programs(path.partition("?")[0])
    return path if is_ours and is_page else HOME


def sign_in_path(request: Request) -> str:
    """Return the sign-in that leads back to what a request asked for."""
    query = f"?{request.url.query}" if request.url.query else ""
    path = local_path(f"{request.url.path}{query}")
    return SIGN_IN if path == HOME else f"{SIGN_IN}?next={quote(path, safe='')}"
