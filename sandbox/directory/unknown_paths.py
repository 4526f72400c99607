"""Answers to paths and methods that the sandbox does not have, and to faults of its own, as JSON."""

from __future__ import annotations

from http import HTTPStatus

from starlette.exceptions import HTTPException

from sandbox.cloud.answers import HTTP_NOT_FOUND, Refusal, is_of_directory

HTTP_METHOD_NOT_ALLOWED = 405
HTTP_FAILED = 500


def path_refusal(path: str, error: HTTPException) -> Refusal:
    """Return the refusal of a path or a method that is not there, with the code of who would answer it.

    Args:
        path: Path of the request.
        error: What the routes say of it: 404, or 405 with the methods that are there.
    """
    headers = dict(error.headers or {})
    if error.status_code == HTTP_METHOD_NOT_ALLOWED:
        code = "Request_BadRequest" if is_of_directory(path) else "METHOD_NOT_ALLOWED"
        text = "Specified HTTP method is not allowed for the request target."
        return Refusal(error.status_code, code, text, headers=headers)
    if error.status_code == HTTP_NOT_FOUND:
        code = "ResourceNotFound" if is_of_directory(path) else "NOT_FOUND"
        text = f"Resource could not be discovered: there is no path {path} here."
        return Refusal(error.status_code, code, text, headers=headers)
    words = HTTPStatus(error.status_code).phrase
    return Refusal(error.status_code, words.upper().replace(" ", "_"), error.detail or words, headers=headers)


def own_fault() -> Refusal:
    """Return the answer to a request that the sandbox failed at."""
    return Refusal(HTTP_FAILED, "generalException", "An internal server error occurred.")
