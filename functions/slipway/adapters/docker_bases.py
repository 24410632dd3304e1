"""Check a build's base images first: what their ONBUILD triggers create would have no label."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from docker.auth import get_config_header, resolve_repository_name
from docker.errors import APIError, DockerException, NotFound

from slipway.adapters.docker_client import Client, error_text
from slipway.adapters.docker_stream import entries
from slipway.adapters.docker_watch import Watch
from slipway.adapters.redaction import redacted
from slipway.adapters.registry_errors import TOO_MANY
from slipway.containerize.engine_images import BaseImage, refused_triggers
from slipway.containerize.ports import Build, Log
from slipway.containerize.reference import parse
from slipway.saga.errors import Rejected, StepError, Unavailable

_FIX = "check the name after FROM and the right to pull it: docker pull {}"
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
Inspected = Mapping[str, Any]


def refuse_triggers(client: Client, build: Build, watch: Watch, log: Log) -> None:
    """Raise Rejected for a base image with ONBUILD triggers.

    A missing image is pulled as the build would pull it: same login, within the same time limit.
    """
    for base in build.bases:
        found = _held(client, base)
        if found is None or not _is_for(base.platform, found):
            _pull(client, base, watch, log, build.timeout_s)
            found = _held(client, base)
        if found is None:
            raise Unavailable(
                "base_image_gone",
                f"{base.reference} was removed from the engine right after the pull",
                fix="try again",
            )
        if (found.get("Config") or {}).get("OnBuild"):
            raise refused_triggers(base.reference)


def _held(client: Client, base: BaseImage) -> Inspected | None:
    try:
        found: Inspected = client.inspect_image(base.reference)  # type: ignore[no-untyped-call]  # the SDK
    except NotFound:
        return None
    return found


def _is_for(platform: str | None, found: Inspected) -> bool:
    """`platform` is `os`, `architecture` or `os/architecture[/variant]`."""
    if platform is None:
        return True
    has = {found["Os"], found["Architecture"]}
    wanted = (_ARCHITECTURES.get(part, part) for part in platform.lower().split("/")[:2])
    return has.issuperset(wanted)


def _pull(client: Client, base: BaseImage, watch: Watch, log: Log, quiet_s: float) -> None:
    name = parse(base.reference)
    log(f"Pulling {base.reference}")
    try:
        response = client.start_pull(
            {"fromImage": name.repository, "tag": name.tag_or_digest, "platform": base.platform},
            _login(client, name.repository),
            quiet_s,
        )
        watch.attach(response)
        with response:
            errors = [str(entry["error"]) for entry in entries(response) if "error" in entry]
    except APIError as error:
        log(error_text(error))
        raise _refused(base, error) from error
    except ValueError:
        return  # the last line was cut off with the connection
    if errors:
        why = redacted(errors[0])
        log(why)
        raise Rejected("build_failed", why, fix=_FIX.format(base.reference))


def _refused(base: BaseImage, error: APIError) -> StepError:
    """The engine returns 500 when it cannot reach the registry."""
    fix = _FIX.format(base.reference)
    if error.is_client_error() and error.status_code != TOO_MANY:
        return Rejected("build_failed", error_text(error), fix=fix)
    return Unavailable("base_image_unreachable", error_text(error), fix=fix)


def _login(client: Client, repository: str) -> Mapping[str, str | bytes]:
    """A missing credential helper must not fail the pull of a public image."""
    with suppress(DockerException):
        host, _ = resolve_repository_name(repository)
        header = get_config_header(client, host)
        return {"X-Registry-Auth": header} if header else {}
    return {}
