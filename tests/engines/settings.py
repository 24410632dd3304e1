"""Where the real engines are: the environment, or else what `make engines` wrote."""

import os
import re
import ssl
import subprocess
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from slipway_local.engines import answers

HERE = Path(__file__).parent
NAMES = (
    "DOCKER_HOST",
    "KUBECONFIG",
    "SLIPWAY_REGISTRY",
    "SLIPWAY_BASE_IMAGES",
    "SLIPWAY_MIRRORS",
    "SLIPWAY_BUILD_NETWORK",
)
ANSWER_S = 5


@dataclass(frozen=True)
class Engines:
    """`missing` says in plain words what does not answer; empty when all do."""

    environment: dict[str, str]
    missing: str

    @property
    def registry(self) -> str:
        """Host and port, without the path that images are pushed under."""
        return self.environment["SLIPWAY_REGISTRY"].split("/")[0]


def written_file() -> Path:
    home = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state"
    return Path(home) / "slipway/engines.env"


def find() -> Engines:
    """Ask each engine that is named for an answer; a second at most where they are well."""
    environment = _written() | {name: os.environ[name] for name in NAMES if os.environ.get(name)}
    return Engines(environment, _first_missing(environment))


def mirrors() -> dict[str, str]:
    """Give the build arguments that make package clients look where this machine's do."""
    done = subprocess.run([HERE / "engine", "mirrors"], capture_output=True, text=True, check=True)
    return dict(line.split("=", 1) for line in done.stdout.splitlines())


def _written() -> dict[str, str]:
    path = written_file()
    lines = path.read_text().splitlines() if path.is_file() else []
    return dict(line.split("=", 1) for line in lines)


def _first_missing(environment: dict[str, str]) -> str:
    if not {"DOCKER_HOST", "KUBECONFIG", "SLIPWAY_REGISTRY"} <= environment.keys():
        return "no engines are named"
    if not _engine_answers(environment["DOCKER_HOST"]):
        return f"no Docker Engine answers on {environment['DOCKER_HOST']}"
    registry = environment["SLIPWAY_REGISTRY"].split("/")[0]
    if not any(_answers(f"{scheme}://{registry}/v2/") for scheme in ("http", "https")):
        return f"no registry answers on {registry}"
    if not _cluster_answers(environment["KUBECONFIG"]):
        return f"no cluster answers at {environment['KUBECONFIG']}"
    return ""


def _engine_answers(host: str) -> bool:
    return answers.engine(host, tls="DOCKER_CERT_PATH" in os.environ) is None


def _cluster_answers(kubeconfig: str) -> bool:
    path = Path(kubeconfig.split(os.pathsep, maxsplit=1)[0])
    text = path.read_text() if path.is_file() else ""
    server = re.search(r"^\s*server:\s*(\S+)", text, re.MULTILINE)
    return server is not None and _answers(f"{server.group(1)}/readyz")


def _answers(url: str) -> bool:
    """Say whether anything speaks HTTP there: a refusal is an answer."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # who it is matters to the client that follows, not here
    handlers = (urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    try:
        urllib.request.build_opener(*handlers).open(url, timeout=ANSWER_S).close()
    except urllib.error.HTTPError as refusal:
        refusal.close()
    except OSError:
        return False
    return True
