"""Report why pods are not ready, with the ends of their logs."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from slipway.adapters.kubernetes_client import ApiServer
from slipway.adapters.kubernetes_redaction import without
from slipway.adapters.kubernetes_secrets import Known, known_secrets

_PODS_TOLD = 5
_LOG_LINES = 20
_LOG_BYTES = 16 * 1024
_LINE_CHARACTERS = 500


def pods_of(api: ApiServer, namespace: str, labels: Mapping[str, str]) -> list[dict[str, Any]]:
    selector = ",".join(f"{key}={value}" for key, value in sorted(labels.items()))
    path = f"/api/v1/namespaces/{namespace}/pods"
    found: list[dict[str, Any]] = (
        api.call("GET", path, query={"labelSelector": selector})["items"] or []
    )
    return found


def report(api: ApiServer, namespace: str, labels: Mapping[str, str]) -> Iterator[str]:
    """Report the newest pods first, as those are usually the failing ones."""
    pods = sorted(
        pods_of(api, namespace, labels),
        key=lambda pod: (pod["metadata"]["creationTimestamp"], pod["metadata"]["name"]),
        reverse=True,
    )
    for pod in pods[:_PODS_TOLD]:
        yield from _pod_lines(api, pod, known_secrets(api, pod))
    if len(pods) > _PODS_TOLD:
        yield f"and {len(pods) - _PODS_TOLD} more pods"


def _pod_lines(api: ApiServer, pod: Mapping[str, Any], known: Known) -> Iterator[str]:
    name, status, secrets = pod["metadata"]["name"], pod.get("status") or {}, known.secrets
    yield f"pod {name}: {status.get('phase', 'Unknown')}"
    for condition in status.get("conditions") or ():
        if condition["status"] != "True" and condition.get("message"):
            yield _clean(without(f"  {condition['type']}: {condition['message']}", secrets))
    for container in status.get("containerStatuses") or ():
        state = _state(container, says=not known.unread)
        yield _clean(without(f"  {container['name']}: {state}", secrets))
        if known.unread:
            unread = ", ".join(known.unread)
            yield f"  log withheld: it may contain secrets of {unread}, which cannot be read"
            continue
        for previous in (True, False):
            if previous and not container.get("restartCount"):
                continue
            title = "log of the previous run" if previous else "log"
            said = without(_log(api, pod, container["name"], secrets, previous=previous), secrets)
            yield from (f"  {title} | {_clean(line)}" for line in said.splitlines())


def _state(container: Mapping[str, Any], *, says: bool) -> str:
    """`says`: include the termination message, which the container itself wrote."""
    states: dict[str, dict[str, Any]] = container.get("state") or {"waiting": {}}
    (kind, detail), *_ = states.items()
    code = f"exit code {detail['exitCode']}" if "exitCode" in detail else None
    words = detail.get("message") if says or kind != "terminated" else None
    facts = ", ".join(filter(None, (detail.get("reason"), code, words)))
    ready = "ready" if container.get("ready") else "not ready"
    return f"{kind}, {ready}, {container.get('restartCount', 0)} restarts" + (
        facts and f": {facts}"
    )


def _log(
    api: ApiServer,
    pod: Mapping[str, Any],
    container: str,
    secrets: Sequence[str],
    *,
    previous: bool,
) -> str:
    """Return the end of a log; empty when the container wrote none, or none is kept.

    A truncated log may end with part of a secret, which could not be redacted, so as many
    characters as the longest secret has are dropped.
    """
    metadata = pod["metadata"]
    answer = api.send(
        "GET",
        f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}/log",
        query={
            "container": container,
            "previous": str(previous).lower(),
            "tailLines": str(_LOG_LINES),
            "limitBytes": str(_LOG_BYTES),
        },
        accept="*/*",
        limit_bytes=_LOG_BYTES,
    )
    if not answer.ok:
        return ""
    text = answer.body.decode(errors="replace")
    if len(answer.body) < _LOG_BYTES:
        return text
    return text[: -max(map(len, secrets), default=0) or None]


def _clean(line: str) -> str:
    """Replace unprintable characters, so that a log cannot control the reader's terminal."""
    shown = "".join(
        c if c.isprintable() or c == "\t" else "\N{REPLACEMENT CHARACTER}" for c in line
    )
    return shown[:_LINE_CHARACTERS]
