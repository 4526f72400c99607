"""Modules get their installed names by what they import, and nothing else in them names a module."""

from __future__ import annotations

import ast
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.base.code_place import CODE_FOLDER, installed_name
from tools.tidy_sources import ROOT, project_sources
from tools.wheel_hook import Layout, NotShippable, stage

#: Text of a module, and the text as it is installed; `shop.till` is a distribution of its own.
REWRITTEN = [
    ("from shop.money import Money\n", "from planswitch.shop.money import Money\n"),
    ("from shop import money, tax\n", "from planswitch.shop import money, tax\n"),
    ("if x:\n    from shop import (  # why\n        tax,\n    )\n", None),
    ("from shop.till import drawer\n", "from shop_till import drawer\n"),
    ("from shop.till.drawer import Coin\n", "from shop_till.drawer import Coin\n"),
    ("from shop.tills import x\n", "from planswitch.shop.tills import x\n"),
    ("import shop\n", "import planswitch.shop as shop\n"),
    ("import shop.money\n", "import planswitch.shop.money, planswitch.shop as shop\n"),
    ("import shop.money as m, json\n", "import planswitch.shop.money as m, json\n"),
    ("import shop.till as till\n", "import shop_till as till\n"),
    ("import clerk as c; import clerk\n", "import planswitch.clerk as c; import planswitch.clerk as clerk\n"),
    ("x = 'ä'; from clerk import work\n", "x = 'ä'; from planswitch.clerk import work\n"),
    ("import json, shopping\nfrom shopping import shop\nfrom . import shop\n", None),
    ("shop = 'from shop import tax'  # from shop import tax\n", None),
]
#: Text of a module that can't be installed as it is, and what the refusal says.
REFUSED = [
    ("\nfrom shop import till\n", r"x\.py:2: write `import shop\.till as"),
    ("import shop.till.drawer\n", r"x\.py:1: write `import shop\.till\.drawer as"),
    ("from \\\n    shop import tax\n", r"x\.py:1: write `from shop"),
    ("from shop \\\n    .money import tax\n", r"x\.py:1: write `from shop\.money"),
    ("from tools.saw import cut\n", r"x\.py:1: tools\.saw is for development"),
    ("import tools\n", r"x\.py:1: tools is for development"),
]


@pytest.fixture(name="root")
def _root(tmp_path: Path) -> Path:
    """Return a small repository: a package, one below it that is a distribution, and a module."""
    for path, text in {
        "shop/__init__.py": "",
        "shop/money.py": "from shop.till.drawer import Coin\n",
        "shop/data/prices.json": "{}",
        "shop/images/logo.svg": "<svg/>",
        "shop/__pycache__/money.pyc": "",
        "shop/.draft": "",
        "shop/till/__init__.py": "",
        "shop/till/drawer.py": "from shop.tax import rate\n",
        "shop/till/pyproject.toml": '[project]\nname = "shop-till"\n',
        "shop/till/LICENSE": "",
        "clerk.py": "import shop.money\n",
        "tools/__init__.py": "",
        "docs/rules.md": "# Rules\n",
        "docs/images/page.png": "",
        ".hidden/__init__.py": "",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def _staged(root: Path, project: Path) -> set[str]:
    folder = root / "staged"
    stage(Layout(root), project, folder)
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(("text", "installed"), REWRITTEN)
def test_imports_get_installed_names_and_nothing_else_changes(
    root: Path, text: str, installed: str | None
) -> None:
    """An import binds what it bound before; strings, comments, relative and foreign imports stay."""
    expected = text.replace("from shop import (", "from planswitch.shop import (")

    assert Layout(root).installed_text(text) == (installed or expected)


@pytest.mark.parametrize(("text", "words"), REFUSED)
def test_an_import_that_cant_be_installed_is_refused_by_file_and_line(
    root: Path, text: str, words: str
) -> None:
    """What would fail on a customer's machine, or import a development package, fails the build."""
    with pytest.raises(NotShippable, match=words):
        Layout(root).installed_text(text, "x.py")


def test_each_distribution_has_its_own_files(root: Path) -> None:
    """Data and documents come along; traces of runs, project files and the other distribution do not."""
    assert _staged(root, root) == {
        "planswitch/__init__.py",
        "planswitch/__main__.py",
        "planswitch/clerk.py",
        "planswitch/shop/__init__.py",
        "planswitch/shop/money.py",
        "planswitch/shop/data/prices.json",
        "planswitch/shop/images/logo.svg",
        "planswitch/docs/rules.md",
    }
    shutil.rmtree(root / "staged")
    assert _staged(root, root / "shop" / "till") == {"shop_till/__init__.py", "shop_till/drawer.py"}


def test_the_layout_follows_a_package_that_moves(root: Path) -> None:
    """A distribution that becomes a package of the first level keeps its installed name."""
    (root / "shop" / "till").rename(root / "till")

    layout = Layout(root)

    assert layout.installed_name("till.drawer") == "shop_till.drawer"
    assert layout.projects == (root, root / "till")


def test_no_text_of_the_product_names_a_module_of_ours() -> None:
    """The build rewrites imports alone: a module that a text names would be missing in a wheel."""
    modules = {
        source.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for source in project_sources()
        if source.is_product
    }
    found = [
        f"{source.path}:{node.lineno}: {node.value}"
        for source in project_sources()
        if source.is_product
        for node in _texts(source.tree)
        if node.value in modules and ("." in str(node.value) or id(node) in _names_to_import(source.tree))
    ]

    assert found == []


def test_both_distributions_are_of_one_version() -> None:
    """Each names the other by its own version, so that no two versions meet."""
    main, sandbox = (
        tomllib.loads((project / "pyproject.toml").read_text())["project"] for project in Layout().projects
    )

    assert (main["name"], sandbox["name"]) == ("planswitch", "planswitch-sandbox")
    assert main["version"] == sandbox["version"]
    assert main["optional-dependencies"]["sandbox"] == [f"planswitch-sandbox=={main['version']}"]
    assert f"planswitch=={main['version']}" in sandbox["dependencies"]


def test_in_the_repository_modules_have_their_own_names() -> None:
    """A child process is started from the repository by the names that stand there."""
    assert installed_name("cli.main") == "cli.main"
    assert CODE_FOLDER == ROOT


def _texts(tree: ast.Module) -> Iterator[ast.Constant]:
    """Yield the texts of a module, without those that ask for the installed name."""
    asked = {
        id(argument)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _called(node) == "installed_name"
        for argument in node.args
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in asked:
            yield node


def _names_to_import(tree: ast.Module) -> set[int]:
    """Return which nodes are handed to something that imports or finds a module."""
    takers = {"files", "find_spec", "import_module", "__import__", "run_module", "PackageLoader"}
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and _called(node) in takers)
    return {id(argument) for call in calls for argument in call.args}


def _called(node: ast.Call) -> str:
    return getattr(node.func, "attr", getattr(node.func, "id", ""))
