"""A file of nothing but one character, as large as is read, is answered as quickly as any."""

from pathlib import Path

import pytest

from slipway.containerize.analysis import analyze
from slipway.containerize.build_settings import BuildSettings
from slipway.containerize.dockerfile import dockerfile_for
from slipway.containerize.policy import dockerfile_findings
from slipway.saga.errors import Rejected

SIZE = 400_000
FILL = {
    "newlines": "\n", "blanks": " ", "letters": "a", "lines": "a\n", "items": '"a",', "dots": "a.",
    "signs": '"PORT=80", os.environ["A"], "/health",',
}  # fmt: skip
# What stands before the filling, so that the pattern that reads the file begins to match.
FILES = {
    "requirements.txt": ("", "flask\n-r ", "-r a\n"),
    "backend/main.py": ("", "from flask import Flask\nimport x\napp = Flask(\n", "from ", "def "),
    "main.py": ("", "os.getenv(", "port = "),
    "package.json": ("", '{"main": "', '{"scripts": {"start": "'),
    "server.js": ("", "process.env.PORT "),
    "go.mod": ("", "module ", "go ", "require a.b/"),
    "main.go": ("", "package main\nfunc main()", "Listen("),
    "Dockerfile": ("", "FROM busybox:1.37", "FROM x\nENV ", "FROM x\nLABEL ", "FROM x\nADD ",
                   "FROM distroless/", "FROM x\nRUN a \\\n", "FROM ${a-"),
    "Procfile": ("", "web: ", "web:"),
    "pyproject.toml": ("", "[project]\ndependencies = [", "[project]\nrequires-python = '"),
    "Pipfile": ("", "[packages]\n"),
    "setup.py": ("", "install_requires=[", "python_requires="),
    ".python-version": ("",), "runtime.txt": ("",), ".tool-versions": ("", "python ", "nodejs "),
    ".nvmrc": ("",), "yarn.lock": ("",), ".dockerignore": ("",), "index.html": ("",),
}  # fmt: skip
# What makes the folder an application that the file belongs to.
COMPANIONS = {
    ".nvmrc": ("package.json", "{}"), "yarn.lock": ("package.json", "{}"),
    "server.js": ("package.json", "{}"), "main.go": ("go.mod", "module a.b/c\n"),
    ".dockerignore": ("Dockerfile", "FROM scratch\n"),
}  # fmt: skip


@pytest.mark.parametrize("fill", FILL)
@pytest.mark.parametrize(
    ("name", "begin"), [(name, each) for name in FILES for each in FILES[name]]
)
def test_a_large_file_is_answered_or_refused(
    tmp_path: Path, name: str, begin: str, fill: str
) -> None:
    companion, text = COMPANIONS.get(name, ("requirements.txt", "flask\n"))
    (tmp_path / companion).write_text(text)
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"{begin}{FILL[fill] * (SIZE // len(FILL[fill]))}x y")

    assert told(tmp_path)


def told(root: Path) -> str:
    try:
        component = analyze(root).component
        written = dockerfile_for(root / component.path, component, {}, BuildSettings())
    except Rejected as refused:
        return refused.code
    return f"{written.dockerfile} {dockerfile_findings(written.dockerfile)}"
