"""Whoever removes a namespace after a test waits until it is gone, however the watch ends."""

import json
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from tests.engines.cluster_api import ClusterApi
from tests.integration.slipway.adapters.api_server_stub import (
    answering,
    kubeconfig,
    status,
    text,
)

EXPIRED = {"type": "ERROR", "object": {"kind": "Status", "code": 410}}
TOUCHED = {"type": "MODIFIED", "object": {}}


class Leaving:
    """A namespace that is gone after some watches have ended."""

    def __init__(self, event: dict[str, Any], watches: int) -> None:
        self.event, self.left = event, watches

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        watched = "watch=1" in handler.path
        self.left -= watched
        if watched:
            text(200, json.dumps(self.event) + "\n")(handler)
        elif self.left <= 0 and handler.command == "GET":
            status(404, reason="NotFound")(handler)
        else:
            metadata = {"name": "shop", "uid": "u-1", "resourceVersion": "7"}
            text(200, json.dumps({"kind": "Namespace", "metadata": metadata}))(handler)


@pytest.mark.parametrize("event", [EXPIRED, TOUCHED], ids=["expired", "touched"])
def test_a_watch_that_ends_early_is_taken_up_again(event: dict[str, Any], tmp_path: Path) -> None:
    with answering(Leaving(event, watches=3)) as server:
        api = ClusterApi(Path(kubeconfig(tmp_path, server.url)))
        api.remove_namespace("shop")
        api.close()

    asked = [(method, "watch=1" in path) for method, path, _ in server.asked]
    assert asked.count(("GET", True)) == 3
    assert asked[-1] == ("GET", False)


def test_a_namespace_that_stays_is_told_when_its_time_is_over(tmp_path: Path) -> None:
    with answering(Leaving(TOUCHED, watches=1_000_000)) as server:
        api = ClusterApi(Path(kubeconfig(tmp_path, server.url)))
        with pytest.raises(TimeoutError, match="shop is still there"):
            api.remove_namespace("shop", within_s=0.2)
        api.close()


def test_a_namespace_that_is_not_there_is_not_waited_for(tmp_path: Path) -> None:
    with answering(status(404, reason="NotFound")) as server:
        api = ClusterApi(Path(kubeconfig(tmp_path, server.url)))
        api.remove_namespace("shop")
        api.close()

    assert [method for method, _, _ in server.asked] == ["GET"]
