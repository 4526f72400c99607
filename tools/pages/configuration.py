"""The page docs/configuration.md: every setting, its default, what is allowed, who reads it, what it means.

`python -m tools.pages.configuration` writes it anew from the settings and their comments; a tidy check
compares it with the code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from inspect import getsourcefile
from itertools import groupby
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic_settings import BaseSettings

from domain.text.schema_words import kind_of
from ops.base.settings import ENVIRONMENT_PREFIX, Settings
from tools.pages.setting_readers import ENTRIES, Readers
from tools.tidy_sources import ROOT, Finding, Source, project_sources

PAGE = "docs/configuration.md"
#: Variables that are no settings -> who reads them, and what they mean.
OTHERS: Mapping[str, tuple[str, str]] = {
    "XDG_DATA_HOME": (
        "all",
        "Folder in which `planswitch` is the data folder by default; `~/.local/share` if not set.",
    ),
    "HTTPS_PROXY, HTTP_PROXY, NO_PROXY": (
        "worker, console, commands",
        "Proxy on the way to clouds and to the provider of sign-ins, and who is reached without it.",
    ),
    "TEMPORAL_*": (
        "worker, console, commands",
        "Temporal's own settings, with TLS, certificates and API key (docs/temporal.md).",
    ),
    "OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG": (
        "worker, console, projector, sealer",
        "How many traces are kept (docs/metrics.md#traces); read by OpenTelemetry.",
    ),
    "PG*": (
        "all",
        "What the address of a database leaves open (docs/connections.md#tls); read by libpq.",
    ),
    "MALLOC_ARENA_MAX": (
        "worker, console, projector, sealer",
        "How many pools of memory threads share (docs/operations.md#sizes-and-growth); read by glibc.",
    ),
    "HOME": ("all", "Where libpq looks for certificates, and where the data folder is by default."),
    "PATH": ("`up`, `backup`", "Where the programs of the embedded PostgreSQL look for others."),
    "COLUMNS": ("commands", "Width of tables."),
    "TERM": ("commands", "`dumb` shows progress line by line."),
    "PLANSWITCH_SHARED": ("tests", "Folder of reference data that is not part of the repository."),
    "PLANSWITCH_TEST_PROCESSES": ("`./run`", "In how many processes the tests run."),
}
_WORDS = {"serve": "console", "project": "projector"}
_COMMANDS = "commands"
#: Defaults that are computed where a process starts.
_COMPUTED = {"data_dir": "`~/.local/share/planswitch`; of root `/var/lib/planswitch`"}
#: Where the comment above says it of another setting.
_MEANINGS = {
    "api_key": "The operator's key for the API; it goes before `api_key_file`.",
    "api_key_file": "The same in a file.",
    "log_level": "Lowest level that the log has.",
    "temporal_namespace": "Namespace in it.",
}
_SECRET_NAME = re.compile(r"(key|secret|password)_file$")
_DOCUMENT = re.compile(r"\b(?:docs/([\w-]+)\.md|([a-z][\w-]*)(?=#))(#[a-z][\w-]*)?")
_ITS_VARIABLE = re.compile(r" \(variable [A-Z_]+\)|(?<=\()variable [A-Z_]+, ")
_TITLES = {"Settings": "Everything else", "KeySettings": "Keys", "DatabaseSettings": "Database"}
_INTRODUCTION = f"""\
# Configuration

This page is written by `python -m tools.pages.configuration` from the settings themselves.

A setting is a variable of the environment. Each process reads its variables once, when it starts: a change
needs a restart. A command that joins a running `planswitch up` takes what is not set from that stack.
A value that is not allowed ends the process with the variable, the value and what is allowed. A variable that
begins with `{ENVIRONMENT_PREFIX}` and is no setting is reported.
`planswitch doctor --json` shows what a command would use. [Operations](operations.md) says how to set them.

- **Read by**: worker (`planswitch worker`), console (`serve`), projector (`project`), sealer (`sealer`),
  migrate (`migrate`), and commands (all others, among them `up` and `doctor`). A process that does not read a
  setting may have it, and need not.
- **Secret**: only the account of the process may read the value. "Its file": the setting is a path,
  and the file is the secret; it has mode 0600, or 0440 with the group of the process
  ([keys](keys.md#sources)).
- A meaning that is repeated stands for several settings that belong together.
"""


def page(sources: Iterable[Source]) -> str:
    """Return the page as the settings demand it."""
    readers = _read_by([each for each in sources if each.is_product])
    comments = _meanings()
    rows = [_row(name, readers, comments[name]) for name in Settings.model_fields]
    parts = [_INTRODUCTION]
    by_class = groupby(zip(Settings.model_fields, rows, strict=True), key=lambda each: _owner(each[0]))
    for owner, members in by_class:
        head = "| variable | allowed | default | read by | secret | meaning |\n|---|---|---|---|---|---|"
        parts.append("\n".join([f"## {_title(owner)}\n", head, *(row for _, row in members), ""]))
    return "\n".join([*parts, _others()])


def configuration(sources: Iterable[Source]) -> Iterator[Finding]:
    """Find a page that the settings have overtaken."""
    all_sources = list(sources)
    written = "".join(each.text for each in all_sources if each.path == PAGE)
    if written != page(all_sources):
        text = "the settings have changed: run `python -m tools.pages.configuration`"
        yield Finding(path=PAGE, line=1, text=text)


def variable_of(name: str) -> str:
    """Return the variable of the environment for a setting."""
    alias = Settings.model_fields[name].validation_alias
    return alias if isinstance(alias, str) else f"{ENVIRONMENT_PREFIX}{name.upper()}"


def _read_by(product: list[Source]) -> dict[str, str]:
    """Return setting -> who reads it, in words."""
    classes = [each.__name__ for each in _classes()]
    readers = Readers(product, classes, Settings.model_fields)
    read = {_WORDS.get(process, process): readers.read_by(entry) for process, entry in ENTRIES.items()}
    read[_COMMANDS] = readers.read_by(readers.commands("cli"))
    return {
        name: ", ".join(each for each, names in read.items() if name in names) or "nobody here"
        for name in Settings.model_fields
    }


def _classes() -> Iterator[type[BaseSettings]]:
    for each in Settings.__mro__:
        if issubclass(each, BaseSettings) and each is not BaseSettings:
            yield each


def _owner(name: str) -> str:
    """Return the class that declares a setting: the first one of those from which it is inherited."""
    return next(each.__name__ for each in reversed(list(_classes())) if name in each.model_fields)


def _title(owner: str) -> str:
    return _TITLES.get(owner, owner.removesuffix("Settings"))


def _meanings() -> dict[str, str]:
    """Return setting -> the comment above it, or above the one to which it belongs."""
    meanings: dict[str, str] = {}
    for each in reversed(list(_classes())):
        file = Path(getsourcefile(each) or "")
        block: list[str] = []
        is_open = False
        for line in file.read_text(encoding="utf-8").splitlines():
            text = line.strip()
            if text.startswith("#:"):
                block = [*(block if is_open else []), text.removeprefix("#:").strip()]
            elif (name := text.partition(":")[0]) in each.__annotations__ and line.startswith(f"    {name}:"):
                meanings.setdefault(name, " ".join(block))
            is_open = text.startswith("#:")
    return {**meanings, **_MEANINGS}


def _row(name: str, readers: Mapping[str, str], meaning: str) -> str:
    secret = "yes" if _is_secret(name) else "its file" if _SECRET_NAME.search(name) else "no"
    cells = (
        f"`{variable_of(name)}`",
        _allowed(name),
        _default(name),
        readers[name],
        secret,
        _linked(meaning),
    )
    return f"| {' | '.join(each.replace('|', '/') for each in cells)} |"


def _is_secret(name: str) -> bool:
    return "SecretStr" in str(Settings.model_fields[name].annotation)


def _allowed(name: str) -> str:
    """Return type and range of a setting."""
    document: dict[str, Any] = Settings.model_json_schema(by_alias=False)
    schema = document["properties"][name]
    is_optional = Settings.model_fields[name].default is None
    words = kind_of(document, schema)
    words = words.removesuffix(", or null") if is_optional else words
    words = words.replace("text (path)", "path").replace("text (password)", "text")
    highest = schema.get("maximum") if "exclusiveMinimum" in schema else None
    return words if highest is None else f"{words}, at most {highest:,}"


def _default(name: str) -> str:
    value = Settings.model_fields[name].default
    if name in _COMPUTED:
        return _COMPUTED[name]
    plain = value.get_secret_value() if isinstance(value, SecretStr) else value
    if plain is None or plain == "":
        return "not set"
    text = plain.value if isinstance(plain, Enum) else plain
    return f"`{str(text).lower() if isinstance(text, bool) else text}`"


def _linked(meaning: str) -> str:
    """Return a comment with links to the documents that it names, and variables in place of fields."""
    text = _ITS_VARIABLE.sub("", _in_variables(meaning)).replace("when None", "when not set")
    return _DOCUMENT.sub(_link, text.replace(". None:", ". Not set:"))


def _link(match: re.Match[str]) -> str:
    name = match[1] or match[2]
    is_there = (ROOT / "docs" / f"{name}.md").exists()
    return f"[{name}]({name}.md{match[3] or ''})" if is_there else match[0]


def _in_variables(text: str) -> str:
    names = sorted((each for each in Settings.model_fields if "_" in each), key=len, reverse=True)
    field = re.compile(rf"(?<![\w.])({'|'.join(names)})(?![\w(])")
    parts = text.split("`")
    for number, part in enumerate(parts):
        mark = "" if number % 2 else "`"
        pieces = field.split(part)
        # Every second piece is a field.
        pieces[1::2] = [f"{mark}{variable_of(each)}{mark}" for each in pieces[1::2]]
        parts[number] = "".join(pieces)
    return "`".join(parts)


def _others() -> str:
    rows = (
        f"| {', '.join(f'`{each}`' for each in names.split(', '))} | {readers} | {_linked(words)} |"
        for names, (readers, words) in OTHERS.items()
    )
    head = "## Other variables\n\n| variable | read by | meaning |\n|---|---|---|"
    return "\n".join([head, *rows, ""])


if __name__ == "__main__":
    (ROOT / PAGE).write_text(page(project_sources()), encoding="utf-8")
