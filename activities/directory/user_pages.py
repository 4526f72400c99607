"""Users of the directory, page by page or by their names: one loop for whoever is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from activities.base.step import Step
from domain.kernel.paging import Page, pages
from domain.ports.directory_port import Directory, DirectoryUser, UserPage


def user_pages(
    read: Callable[[str | None], UserPage], *, what: str = "the directory's users"
) -> Iterator[tuple[DirectoryUser, ...]]:
    """Yield the users of each page, each user once; the next page is read when it is asked for.

    Args:
        read: Reads the page of a cursor; None asks for the first one.
        what: The list in words.

    Raises:
        PagingUnreliable: The pages do not lead to an end.
    """

    def page(cursor: str | None) -> Page[DirectoryUser]:
        users = read(cursor)
        return Page(entries=users.users, next_cursor=users.next_cursor, other_ids=users.other_ids)

    return pages(page, identity=lambda user: user.directory_id, what=what)


def users_on(step: Step, plan_id: str) -> Iterator[tuple[DirectoryUser, ...]]:
    """Read everyone who holds a plan, page by page."""
    read = step.cloud.directory.users_page
    return user_pages(lambda cursor: read(step.order.organization_id, plan_id, cursor))


def named_users(
    directory: Directory, organization_id: str, directory_ids: Sequence[str]
) -> Iterator[tuple[str, DirectoryUser | None]]:
    """Yield each id with its user as the directory shows them now; None is gone.

    Args:
        directory: Where they are read, a batch at a time.
        organization_id: Whose users they are.
        directory_ids: Ids in any case; one that is repeated is read once.
    """
    size = directory.batch_size
    for start in range(0, len(directory_ids), size):
        ids = directory_ids[start : start + size]
        once = list({each.casefold(): each for each in ids}.values())
        users = {user.directory_id.casefold(): user for user in directory.users(organization_id, once)}
        yield from ((each, users.get(each.casefold())) for each in ids)
