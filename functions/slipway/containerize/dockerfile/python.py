"""Dockerfile for Python: packages in a virtual environment, copied from a build stage."""

from slipway.containerize.analysis.model import Component
from slipway.containerize.dockerfile import lines
from slipway.containerize.dockerfile.options import DockerfileOptions
from slipway.containerize.dockerfile.stage import build_stage, final_stage, joined, served

# In the build stage only; pinned, so that the same source gives the same image.
_TOOLS = {
    "uv": "uv==0.13.8",
    "poetry": "poetry==2.5.1 poetry-plugin-export==1.10.1",
    "pdm": "pdm==2.29.4",
    "pipenv": "pipenv==2026.10.3",
}
_VENV = "/opt/venv"
_PATH = f'PATH="{_VENV}/bin:$PATH"'
_MANIFESTS = ("pyproject.toml", "Pipfile", "uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock")
_STOPS_ON_TERM = ("gunicorn", "uvicorn", "hypercorn", "daphne", "streamlit")
_PROBE = "import sys, urllib.request; urllib.request.urlopen(sys.argv[1], timeout=3)"
_PROBE_ANY = (
    "import sys, urllib.error, urllib.request\n"
    "try: urllib.request.urlopen(sys.argv[1], timeout=3)\n"
    "except urllib.error.HTTPError as error: sys.exit(error.code >= 500)"
)
IGNORED = ("**/__pycache__", "**/*.pyc", ".venv", "venv", ".pytest_cache", ".mypy_cache",
           ".ruff_cache", ".tox", ".coverage", "htmlcov", "*.egg-info")  # fmt: skip


def write(component: Component, options: DockerfileOptions) -> str:
    base = f"python:{lines.version(component.version)}-slim"
    port = component.port or 8000
    install = component.install_command
    return joined(
        [*build_stage(base, options), *_installed(component, install)] if install else [],
        [
            *final_stage(base, options),
            f"ENV {_PATH} \\" if install else "ENV \\",
            f"    PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOME=/tmp PORT={port}",
            "WORKDIR /app",
            *([lines.copy_built(_VENV, _VENV)] if install else []),
            lines.copy_source(),
            *served(port),
            *_stop_signal(component.start_command or ""),
            _healthcheck(component, port),
            lines.cmd(component.start_command or "python main.py"),
        ],
    )


def _installed(component: Component, install: str) -> list[str]:
    tool = _TOOLS.get(component.package_manager or "") if "/locked.txt" in install else None
    needs_source = install == "pip install ."
    return [
        "ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore",
        *([lines.run(f"pip install {tool}")] if tool else []),
        "WORKDIR /app",
        lines.run(f"python -m venv {_VENV}"),
        f"ENV {_PATH}",
        *(["COPY . ."] if needs_source else lines.copy(_manifests(component, install))),
        lines.run(install),
    ]


def _manifests(component: Component, install: str) -> list[str]:
    """Return the files that the install reads; none if requirements are its arguments."""
    files = [component.local(each.file) for each in component.evidence]
    if "--requirement" not in install:
        return []
    if "/locked.txt" in install:
        return [each for each in files if each in _MANIFESTS]
    return [each for each in files if each.endswith((".txt", ".in")) and each != "runtime.txt"]


def _stop_signal(command: str) -> list[str]:
    """A plain Python process ignores SIGTERM as PID 1, but stops on SIGINT."""
    handled = any(server in lines.words(command) for server in _STOPS_ON_TERM)
    return [] if handled else ["STOPSIGNAL SIGINT"]


def _healthcheck(component: Component, port: int) -> str:
    probe = _PROBE if component.health_path else _PROBE_ANY
    return lines.healthcheck(["python", "-c", probe, lines.url(port, component.health_path)])
