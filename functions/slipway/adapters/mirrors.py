"""Package mirrors for builds, as build arguments.

They are visible in an image's history, so an address that contains credentials is refused.
"""

import ast
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

from slipway.containerize.build_settings import FROM_HOST
from slipway.saga.errors import Rejected

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")
ARGUMENTS = (
    *PROXIES,
    "PIP_INDEX_URL",
    "PIP_EXTRA_INDEX_URL",
    "PIP_TRUSTED_HOST",
    "UV_DEFAULT_INDEX",
    "NPM_CONFIG_REGISTRY",
    "GOPROXY",
    "GOSUMDB",
    "GONOSUMDB",
    "MAVEN_MIRROR_URL",
)
_PIP = {
    "PIP_INDEX_URL": "global.index-url",
    "PIP_EXTRA_INDEX_URL": "global.extra-index-url",
    "PIP_TRUSTED_HOST": "global.trusted-host",
}
_ANSWER_S = 20
_UNSET = {"", "undefined", "null"}

Ask = Callable[[tuple[str, ...], Mapping[str, str]], str]
"""Runs a command in an environment and returns its output; empty when it fails."""


def build_arguments(
    mirrors: str | None, environment: Mapping[str, str], ask: Ask | None = None
) -> dict[str, str]:
    """`mirrors` is SLIPWAY_MIRRORS: empty, `from-host`, or a file of KEY=VALUE lines.

    Raises Rejected("mirrors_invalid") or Rejected("mirror_with_credentials").
    """
    if not mirrors:
        return {}
    found = _of_host(environment, ask or asked) if mirrors == FROM_HOST else _of_file(Path(mirrors))
    for key, value in found.items():
        _refuse_credentials(key, value)
    return found


def asked(command: tuple[str, ...], environment: Mapping[str, str]) -> str:
    program = shutil.which(command[0], path=environment.get("PATH"))
    if program is None:
        return ""
    try:
        done = subprocess.run(  # noqa: S603  (fixed commands, no shell)
            (program, *command[1:]),
            env=dict(environment),
            capture_output=True,
            text=True,
            timeout=_ANSWER_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _of_host(environment: Mapping[str, str], ask: Ask) -> dict[str, str]:
    found = {key: environment[key] for key in PROXIES if environment.get(key)}
    with ThreadPoolExecutor() as pool:  # each of the programs takes half a second or more
        tools = [pool.submit(tool, environment, ask) for tool in (_of_pip, _of_npm, _of_go)]
        for tool in tools:
            found |= tool.result()
    if maven := environment.get("MAVEN_MIRROR_URL"):
        found["MAVEN_MIRROR_URL"] = maven
    return found


def _of_pip(environment: Mapping[str, str], ask: Ask) -> dict[str, str]:
    configured = dict(_pip_lines(ask(("pip", "config", "list"), environment)))
    # An environment variable takes precedence, as in pip itself.
    values = {key: environment.get(key) or configured.get(name) for key, name in _PIP.items()}
    return {key: " ".join(value.split()) for key, value in values.items() if value}


def _pip_lines(text: str) -> Iterator[tuple[str, str]]:
    """Parse lines such as `global.index-url='https://…'`, with values as Python literals."""
    for line in text.splitlines():
        name, equals, value = line.partition("=")
        if equals and name in _PIP.values():
            yield name, str(ast.literal_eval(value))


def _of_npm(environment: Mapping[str, str], ask: Ask) -> dict[str, str]:
    command = ("npm", "config", "get", "registry")
    value = ask(command, environment)
    bare = {key: environment[key] for key in ("PATH", "HOME") if key in environment}
    default = ask((*command, "--userconfig=/nonexistent", "--globalconfig=/dev/null"), bare)
    return {} if value in {*_UNSET, default} else {"NPM_CONFIG_REGISTRY": value}


def _of_go(environment: Mapping[str, str], ask: Ask) -> dict[str, str]:
    keys = ("GOPROXY", "GOSUMDB", "GONOSUMDB")
    output = ask(("go", "env", "-changed", *keys), environment)
    pairs = (line.partition("=") for line in output.splitlines())
    found = {key: value.strip("'\"") for key, _, value in pairs if key in keys}
    return {key: value for key, value in found.items() if value}


def _of_file(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Rejected(
            "mirrors_invalid",
            f"SLIPWAY_MIRRORS: {path} cannot be read",
            fix=f"set it to {FROM_HOST}, or to a file of KEY=VALUE lines",
            clean=True,
        ) from error
    return dict(_pair(path, number, line) for number, line in enumerate(lines, 1) if _says(line))


def _says(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _pair(path: Path, number: int, line: str) -> tuple[str, str]:
    key, equals, value = (part.strip() for part in line.partition("="))
    if not equals or key not in ARGUMENTS:
        raise Rejected(
            "mirrors_invalid",
            f"SLIPWAY_MIRRORS: line {number} of {path} sets none of the mirrors",
            fix=f"write KEY=VALUE, with one of {', '.join(ARGUMENTS)}",
            clean=True,
        )
    return key, value


def _refuse_credentials(key: str, value: str) -> None:
    for address in value.replace(",", " ").replace("|", " ").split():
        # A proxy may be written without its scheme.
        if "@" in urlsplit(address if "://" in address else f"//{address}").netloc:
            raise Rejected(
                "mirror_with_credentials",
                f"{key} has credentials in its address, and the image shows build arguments",
                fix="use a mirror that needs no password",
                clean=True,
            )
