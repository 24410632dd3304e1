"""Derives a Python application's start command: Procfile, framework's server or main file."""

import re
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import NamedTuple

from slipway.containerize.analysis.folder import Folder, Found, module_of, table, text
from slipway.containerize.analysis.model import Evidence
from slipway.containerize.analysis.sources import contents, matches

MAIN_FILES = ("main.py", "app.py", "server.py", "run.py", "wsgi.py", "src/main.py", "src/app.py",
              "app/main.py", "app/__main__.py", "bot.py", "__main__.py")  # fmt: skip


class Framework(NamedTuple):
    """`made` is a regex for the application object; `servers` are those that can run it."""

    package: str
    made: str
    servers: tuple[str, ...]
    port: int


_ASGI = ("uvicorn", "hypercorn", "gunicorn", "daphne", "fastapi-cli")
_WSGI = ("gunicorn", "waitress", "uvicorn-wsgi")
FRAMEWORKS = (
    Framework("django", r"os\.environ\.setdefault\(\s*['\"]DJANGO_SETTINGS_MODULE", _WSGI, 8000),
    Framework("fastapi", r"^(\w+)(?:\s*:\s*[\w.]+)?\s*=\s*(?:fastapi\.)?FastAPI\(", _ASGI, 8000),
    Framework("litestar", r"^(\w+)(?:\s*:\s*[\w.]+)?\s*=\s*Litestar\(", _ASGI, 8000),
    Framework("quart", r"^(\w+)\s*=\s*Quart\(", ("hypercorn", "uvicorn"), 5000),
    Framework("starlette", r"^(\w+)(?:\s*:\s*[\w.]+)?\s*=\s*Starlette\(", _ASGI, 8000),
    Framework("flask", r"^(\w+)(?:\s*:\s*[\w.]+)?\s*=\s*(?:flask\.)?Flask\(", _WSGI, 5000),
    Framework("bottle", r"^(\w+)\s*=\s*(?:bottle\.)?Bottle\(", _WSGI, 8080),
    Framework("falcon", r"^(\w+)\s*=\s*falcon\.(?:asgi\.)?App\(", (*_WSGI, "uvicorn"), 8000),
    Framework("streamlit", r"^import (streamlit)", (), 8501),
    Framework("gradio", r"^import (gradio)", (), 7860),
    Framework("sanic", r"^(\w+)\s*=\s*Sanic\(", (), 8000),
    Framework("aiohttp", r"^(\w+)\s*=\s*web\.Application\(", (), 8080),
    Framework("tornado", r"^import (tornado)", (), 8888),
)
_COMMANDS = {
    "gunicorn": "gunicorn --bind 0.0.0.0:$PORT {app}",
    "gunicorn-asgi": "gunicorn --worker-class uvicorn.workers.UvicornWorker "
    "--bind 0.0.0.0:$PORT {app}",
    "waitress": "waitress-serve --host=0.0.0.0 --port=$PORT {app}",
    "uvicorn": "uvicorn {app} --host 0.0.0.0 --port $PORT",
    "hypercorn": "hypercorn --bind 0.0.0.0:$PORT {app}",
    "daphne": "daphne -b 0.0.0.0 -p $PORT {app}",
    "flask": "flask --app {app} run --host 0.0.0.0 --port $PORT",
}


class Start(NamedTuple):
    command: str
    evidence: Evidence


def framework_of(names: frozenset[str]) -> Framework | None:
    return next((each for each in FRAMEWORKS if each.package in names), None)


def start_of(folder: Folder, framework: Framework | None, names: frozenset[str]) -> Start | None:
    """Return None if nothing in the repository defines how to start it."""
    web = folder.search("Procfile", r"^web:[ \t]*(\S.*)$")
    if web:
        return Start(web.value, web.evidence)
    steps: tuple[Callable[[], Start | None], ...] = (
        lambda: _framework_start(folder, framework, names) if framework else None,
        lambda: _main(folder),
        lambda: _script(folder),
    )
    return next((start for step in steps if (start := step()) is not None), None)


def _framework_start(folder: Folder, framework: Framework, names: frozenset[str]) -> Start | None:
    if framework.package == "django":
        return _django(folder, names)
    made = _application(folder, framework.made)
    if framework.package == "streamlit" and made:
        file = made[0]
        command = f"streamlit run {file} --server.port $PORT --server.address 0.0.0.0"
        return Start(f"{command} --server.headless true", made[1].evidence)
    server = next((each for each in framework.servers if each in names), None)
    if server is None and framework.package != "flask":
        return None
    if made is None:
        return _factory(folder, server or "flask") if framework.package == "flask" else None
    return _served(folder, made, _server_command(server, framework, names))


def _server_command(server: str | None, framework: Framework, names: frozenset[str]) -> str:
    if server is None:
        return "flask"
    is_asgi = "uvicorn" in framework.servers
    return "gunicorn-asgi" if server == "gunicorn" and is_asgi and "uvicorn" in names else server


def _application(folder: Folder, pattern: str) -> tuple[str, Found] | None:
    compiled = re.compile(pattern, re.MULTILINE)
    for name, content in contents(folder, (".py",)):
        for found in matches(folder, name, content, compiled):
            return name, found
    return None


def _factory(folder: Folder, server: str) -> Start | None:
    made = _application(folder, r"^def (create_app|make_app|build_app)\(\s*\)")
    made = made or _application(folder, r"^def (create_app|make_app)\([^)=]{0,300}=[^)]{0,300}\)")
    if made is None:
        return None
    name, found = made
    return _served(folder, (name, Found(f"{found.value}()", found.evidence)), server)


def _served(folder: Folder, made: tuple[str, Found], server: str) -> Start:
    name, found = made
    base = _import_base(folder, name)
    module = module_of(name[len(base) + 1 :] if base else name)
    app = f"{module}:{found.value}"
    quoted = f"'{app}'" if "(" in app else app
    command = _COMMANDS[server].format(app=quoted)
    prefix = f"env PYTHONPATH={base} " if base else ""
    return Start(f"{prefix}{command}", found.evidence)


def _import_base(folder: Folder, name: str) -> str:
    """Return the folder to add to PYTHONPATH; empty for the component's own.

    `src/shop/main.py` is imported as `shop.main`; `backend/main.py` as `main` if it imports its
    siblings by their bare names.
    """
    top, _, rest = name.partition("/")
    if not rest or folder.has(f"{top}/__init__.py") or not re.fullmatch(r"[\w.-]+", top):
        return ""
    if top == "src":
        return "src"
    content = folder.read(name) or ""
    siblings = {
        PurePosixPath(each).stem for each in folder.below(".py") if each.startswith(f"{top}/")
    }
    imported = set(re.findall(r"^[ \t]*(?:from|import)[ \t]+(\w+)", content, re.MULTILINE))
    return top if imported & (siblings - {top}) and top not in imported else ""


def _django(folder: Folder, names: frozenset[str]) -> Start | None:
    manage = next((name for name in folder.below("manage.py")), None)
    wsgi = next((name for name in folder.below("/wsgi.py")), None)
    asgi = next((name for name in folder.below("/asgi.py")), None)
    base = manage.rpartition("/")[0] if manage else ""
    prefix = f"env PYTHONPATH={base} " if base and re.fullmatch(r"[\w./-]+", base) else ""
    for server, file in (("gunicorn", wsgi), ("waitress", wsgi), ("uvicorn", asgi),
                         ("hypercorn", asgi), ("daphne", asgi)):  # fmt: skip
        if file and server in names:
            module = module_of(file[len(base) + 1 :] if base else file)
            command = _COMMANDS[server].format(app=f"{module}:application")
            return Start(f"{prefix}{command}", folder.at(file, "application"))
    if manage is None:
        return None
    return Start(f"python {manage} runserver 0.0.0.0:$PORT --noreload", folder.at(manage))


def _main(folder: Folder) -> Start | None:
    name = folder.first(*MAIN_FILES)
    return Start(f"python {name}", folder.at(name, "__main__")) if name else None


def _script(folder: Folder) -> Start | None:
    scripts = table(folder.toml("pyproject.toml"), "project", "scripts")
    usual: list[str] = [each for each in ("start", "serve", "web", "server") if each in scripts]
    names: list[str] = usual or (list(scripts) if len(scripts) == 1 else [])
    name = next(iter(names), None)
    target = text(scripts.get(name)) if name else None
    match = re.fullmatch(r"([\w.]+):(\w+)", target or "")
    if match is None:
        return None
    module, function = match.groups()
    base = (
        "env PYTHONPATH=src " if folder.has(f"src/{module.partition('.')[0]}/__init__.py") else ""
    )
    command = f"{base}python -c 'from {module} import {function}; {function}()'"
    return Start(command, folder.at("pyproject.toml", target or ""))
