"""Build hook of both wheels: the flat packages of this repository become one package in each (ADR 21).

Hatchling loads this file by its path, in an environment without this repository: it imports nothing of it.
"""

from __future__ import annotations

import ast
import re
import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parents[1]
#: Everything of the product is below this package, but what is a distribution of its own.
NAMESPACE = "planswitch"
#: Packages for development; no wheel has them.
NOT_SHIPPED = frozenset({"bench", "tests", "tools"})
PROJECT_FILE = "pyproject.toml"
#: Files of a distribution that lie in its package and are not of it.
_PROJECT_FILES = frozenset({PROJECT_FILE, "LICENSE"})
#: The documents are pages of the console; the pictures are for readers of the repository.
_DOCUMENTS, _PICTURES = "docs", "images"
_INIT = '"""Move an organization from one subscription plan to another: durable, visible, provable."""\n'
_MAIN = '''"""What the command `planswitch` calls; the same as `python -m planswitch`."""

from cli.main import main

if __name__ == "__main__":
    main()
'''


class NotShippable(Exception):
    """Something in this repository can't be in a wheel as it is written; the message says where and why."""


class Layout:
    """What the modules of a repository are called once they are installed.

    Args:
        root: Folder of the repository.
    """

    def __init__(self, root: Path = ROOT) -> None:
        self.root = root
        #: Folder of a package that is a distribution of its own -> the package's name when installed.
        self.apart = dict(sorted(_packages_apart(root)))
        self._modules_apart = {_dotted(folder, root): name for folder, name in self.apart.items()}
        #: First words of the modules that are shipped.
        self.first_names = frozenset(_first_names(root)) - NOT_SHIPPED

    @property
    def projects(self) -> tuple[Path, ...]:
        """Return the folders from which a wheel is built."""
        return (self.root, *self.apart)

    def installed_name(self, module: str) -> str:
        """Return the name of a module when installed; of a module that is not ours its own name."""
        for dotted, name in self._modules_apart.items():
            if module == dotted or module.startswith(f"{dotted}."):
                return name + module.removeprefix(dotted)
        return f"{NAMESPACE}.{module}" if module.partition(".")[0] in self.first_names else module

    def installed_text(self, text: str, place: str = "") -> str:
        """Return the text of a module with its imports of our modules by their installed names.

        Nothing else changes, lines neither: a traceback names the line of the repository.

        Args:
            text: As it stands in the repository.
            place: File that an error names.

        Raises:
            NotShippable: An import has a form that this can't translate, or is of a package for development.
        """
        lines = text.encode().splitlines(keepends=True)
        for line, begin, end, new in sorted(self._edits(text, lines, place), reverse=True):
            lines[line] = lines[line][:begin] + new.encode() + lines[line][end:]
        return b"".join(lines).decode()

    def _edits(self, text: str, lines: list[bytes], place: str) -> Iterator[tuple[int, int, int, str]]:
        """Yield line, first and last column, and the new text; columns count bytes, as the parser does."""
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                at = f"{place}:{node.lineno}"
                self._check(node.module, at)
                new = self._source_of(node.module, [each.name for each in node.names], at)
                found = re.compile(rb"from\s+" + re.escape(node.module.encode()) + rb"\b").match(
                    lines[node.lineno - 1], node.col_offset
                )
                if found is None:
                    raise NotShippable(f"{at}: write `from {node.module} import ...` on one line.")
                yield node.lineno - 1, found.start(), found.end(), f"from {new}"
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    at = f"{place}:{alias.lineno}"
                    self._check(alias.name, at)
                    new = self._import_of(alias, at)
                    yield alias.lineno - 1, alias.col_offset, alias.end_col_offset or 0, new

    def _source_of(self, module: str, names: list[str], at: str) -> str:
        """Return the installed name of the module from which names are imported."""
        moved = [name for name in names if f"{module}.{name}" in self._modules_apart]
        if moved:
            raise NotShippable(
                f"{at}: write `import {module}.{moved[0]} as ...`: it is a distribution of its own."
            )
        return self.installed_name(module)

    def _import_of(self, alias: ast.alias, at: str) -> str:
        """Return one part of an `import` statement; whatever it bound to a name stays bound to that name."""
        new = self.installed_name(alias.name)
        if alias.asname or new == alias.name:
            return f"{new} as {alias.asname}" if alias.asname else new
        first = alias.name.partition(".")[0]
        top = self.installed_name(first)
        if not f"{new}.".startswith(f"{top}."):
            raise NotShippable(f"{at}: write `import {alias.name} as ...`: it is a distribution of its own.")
        return f"{top} as {first}" if alias.name == first else f"{new}, {top} as {first}"

    def _check(self, module: str, at: str) -> None:
        if module.partition(".")[0] in NOT_SHIPPED and (self.root / module.partition(".")[0]).is_dir():
            raise NotShippable(f"{at}: {module} is for development; no wheel has it.")


def stage(layout: Layout, project: Path, folder: Path) -> Path:
    """Write the package of one distribution as it will be installed, and return its folder.

    Args:
        layout: Of the repository.
        project: Folder of the distribution's pyproject.toml.
        folder: Where the package is written.
    """
    if project != layout.root:
        package = folder / layout.apart[project]
        _copy(layout, project, package)
        return package
    package = _entry(layout, folder, is_installed=True)
    for name in sorted(layout.first_names):
        source = layout.root / name
        if source.is_dir() and source not in layout.apart:
            _copy(layout, source, package / name)
        elif not source.is_dir():
            text = source.with_suffix(".py").read_text(encoding="utf-8")
            (package / f"{name}.py").write_text(layout.installed_text(text, f"{name}.py"), encoding="utf-8")
    _copy(layout, layout.root / _DOCUMENTS, package / _DOCUMENTS, skipped=_PICTURES)
    return package


def stage_entry(layout: Layout, folder: Path) -> Path:
    """Write what an editable installation has of the package: the command, which calls the repository."""
    return _entry(layout, folder, is_installed=False)


def _entry(layout: Layout, folder: Path, *, is_installed: bool) -> Path:
    package = folder / NAMESPACE
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(_INIT, encoding="utf-8")
    main = layout.installed_text(_MAIN) if is_installed else _MAIN
    (package / "__main__.py").write_text(main, encoding="utf-8")
    return package


def _copy(layout: Layout, source: Path, target: Path, *, skipped: str = "") -> None:
    for path in _files(layout, source):
        if path.relative_to(source).parts[0] == skipped:
            continue
        copy = target / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".py":
            place = path.relative_to(layout.root).as_posix()
            copy.write_text(layout.installed_text(path.read_text(encoding="utf-8"), place), encoding="utf-8")
        else:
            shutil.copyfile(path, copy)


def _files(layout: Layout, source: Path) -> Iterator[Path]:
    """Yield the files of a package, without those of a distribution below it and without traces of runs."""
    for path in sorted(source.rglob("*")):
        parts = path.relative_to(source).parts
        is_trace = any(part.startswith(".") or part == "__pycache__" for part in parts)
        is_elsewhere = any(folder in path.parents for folder in layout.apart if folder != source)
        is_of_project = source in layout.apart and len(parts) == 1 and path.name in _PROJECT_FILES
        if path.is_file() and not (is_trace or is_elsewhere or is_of_project):
            yield path


def _first_names(root: Path) -> Iterator[str]:
    found = (
        *(path.parent.name for path in root.glob("*/__init__.py")),
        *(path.stem for path in root.glob("*.py")),
    )
    # A folder of tools, such as .venv, has a name that can't be imported.
    yield from (name for name in found if name.isidentifier())


def _packages_apart(root: Path) -> Iterator[tuple[Path, str]]:
    """Yield each package that has a project file of its own, with the name under which it is installed."""
    for pattern in (f"*/{PROJECT_FILE}", f"*/*/{PROJECT_FILE}"):
        for file in root.glob(pattern):
            if (file.parent / "__init__.py").is_file():
                name = tomllib.loads(file.read_text(encoding="utf-8"))["project"]["name"]
                yield file.parent, name.replace("-", "_")


def _dotted(folder: Path, root: Path) -> str:
    return ".".join(folder.relative_to(root).parts)


class WheelHook(BuildHookInterface[BuilderConfig]):
    """Hands hatchling the package as it is installed; the repository itself is left as it is."""

    _folder: Path | None = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Stage the package.

        Args:
            version: `standard` or `editable`.
            build_data: Of hatchling; gets the package.

        Raises:
            NotShippable: This distribution is not built in that way.
        """
        layout, project = Layout(), Path(self.root).resolve()
        is_editable = version == "editable"
        if project != layout.root and (is_editable or self.target_name != "wheel"):
            raise NotShippable(
                f"{self.metadata.core.raw_name} is built as a wheel, from a clone; "
                "an editable installation of the clone has it already."
            )
        self._folder = Path(tempfile.mkdtemp(prefix="planswitch-wheel-"))
        if is_editable:
            package = stage_entry(layout, self._folder)
            build_data["force_include_editable"][str(package)] = package.name
        else:
            package = stage(layout, project, self._folder)
            build_data["force_include"][str(package)] = package.name

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Remove what was staged."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
