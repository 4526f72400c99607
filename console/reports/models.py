"""Answers about the views of dashboards."""

from __future__ import annotations

from console.models.base import Answer


class ViewColumnAnswer(Answer):
    """A column of a view."""

    name: str
    #: PostgreSQL's name of its type.
    type: str
    #: What it tells, with its unit.
    meaning: str


class ViewAnswer(Answer):
    """A view that dashboards read."""

    name: str
    meaning: str
    #: Whether each row belongs to an organization, so that callers see the rows of theirs alone.
    is_by_organization: bool
    columns: tuple[ViewColumnAnswer, ...]


class ViewsAnswer(Answer):
    """The views that dashboards read, in the order of their names."""

    views: tuple[ViewAnswer, ...]
