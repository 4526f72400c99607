"""Results of pure functions, kept for the arguments that come again: a few of them, never all."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, TypeVarTuple

Arguments = TypeVarTuple("Arguments")
Result = TypeVar("Result")


def by_identity(
    count_max: int,
) -> Callable[[Callable[[*Arguments], Result]], Callable[[*Arguments], Result]]:
    """Return a decorator that keeps results by the identity of the arguments.

    A cache by value has to hash its key, and the hash of a plan goes through all of its services. The plans
    of a catalog, and the terms of a quote, are asked about many times as the same objects.

    Args:
        count_max: Results that are kept; with the next one all of them are dropped. What is kept holds its
            arguments, so an identity is never given to another object meanwhile.

    Returns:
        A decorator of a pure function of immutable positional arguments.
    """

    def decorate(function: Callable[[*Arguments], Result]) -> Callable[[*Arguments], Result]:
        kept: dict[tuple[int, ...], tuple[tuple[Any, ...], Result]] = {}

        @wraps(function)
        def answer(*arguments: *Arguments) -> Result:
            key = tuple(map(id, arguments))
            entry = kept.get(key)
            if entry is not None:
                return entry[1]
            result = function(*arguments)
            if len(kept) >= count_max:
                kept.clear()
            kept[key] = (arguments, result)
            return result

        return answer

    return decorate


class Recent:
    """A pure function of facts that keeps its last results: to compare facts costs a part of reading them.

    Args:
        read: The function; nobody changes the facts that it was given, or its result.
        count_max: Results that are kept.
    """

    def __init__(self, read: Callable[[Any], Any], *, count_max: int) -> None:
        self.read = read
        self._count_max = count_max
        self._kept: tuple[tuple[Any, Any], ...] = ()

    def __call__(self, facts: Any) -> Any:
        """Return the result for facts that equal these."""
        for known, result in self._kept:
            if known == facts:
                return result
        result = self.read(facts)
        # Replaced as a whole: threads read at the same time.
        self._kept = ((facts, result), *self._kept[: self._count_max - 1])
        return result
