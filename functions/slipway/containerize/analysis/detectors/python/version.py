"""Finds the Python versions that a project requests, most binding first."""

from collections.abc import Iterator

from slipway.containerize.analysis.folder import Folder, Found, table, text


def requests(folder: Folder) -> Iterator[Found]:
    for name in (".python-version", "runtime.txt"):
        yield from _found(folder.search(name, r"^[ \t]*([A-Za-z0-9@.-]+)[ \t\r]*$"))
    yield from _found(folder.search(".tool-versions", r"^python[ \t]+(\S+)"))
    yield from _pyproject(folder)
    yield from _found(folder.search("Pipfile", r"""^python_(?:full_)?version\s*=\s*["']([^"']+)"""))
    for name in ("setup.py", "setup.cfg"):
        yield from _found(folder.search(name, r"""python_requires\s*=\s*["']?([^"'\n]+)"""))


def _pyproject(folder: Folder) -> Iterator[Found]:
    data = folder.toml("pyproject.toml")
    asked = text(table(data, "project").get("requires-python"))
    if asked:
        yield Found(asked, folder.at("pyproject.toml", "requires-python"))
    asked = text(table(data, "tool", "poetry", "dependencies").get("python"))
    if asked:
        yield Found(asked, folder.at("pyproject.toml", asked))


def _found(found: Found | None) -> Iterator[Found]:
    if found:
        yield found
