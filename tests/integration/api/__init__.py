"""The API as its document describes it, asked over HTTP."""
