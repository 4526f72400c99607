"""The document of the API as a file, docs/api/openapi.json, from which its client is written.

`python -m tools.pages.openapi_document [FILE]` writes it anew; a test compares it with the code.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import cast

from fastapi import FastAPI

from console.access.dependencies import ConsoleDependencies
from console.app import create_app
from console.words.openapi import openapi_of

FILE = Path(__file__).parents[2] / "docs" / "api" / "openapi.json"


def openapi_text() -> str:
    """Return the document as its file has it."""
    # The document is made of the routes alone, which ask for nothing before a request comes.
    app: FastAPI = create_app(cast("ConsoleDependencies", None))
    return json.dumps(openapi_of(app), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1] if len(sys.argv) > 1 else FILE).write_text(openapi_text(), encoding="utf-8")
