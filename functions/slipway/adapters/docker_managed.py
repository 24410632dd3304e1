"""List the containers and images on an engine that carry Slipway's managed-by label."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from slipway.adapters.docker_client import Client
from slipway.containerize.labels import MANAGED_BY, MANAGER, is_managed
from slipway.containerize.ports import Labelled

_OURS = {"label": f"{MANAGED_BY}={MANAGER}"}


def managed(client: Client) -> Sequence[Labelled]:
    return [
        *_labelled("container", client.containers(all=True, filters=_OURS)),
        *_labelled("image", client.images(all=True, filters=_OURS)),
    ]


def _labelled(kind: str, listed: Sequence[Mapping[str, Any]]) -> Iterator[Labelled]:
    for each in listed:
        labels = each["Labels"] or {}
        if is_managed(labels):
            born = datetime.fromtimestamp(each["Created"], UTC)
            yield Labelled(kind, each["Id"], labels, born)
