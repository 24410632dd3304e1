"""The log of a step is kept, and never hides why the step failed."""

import pytest

from slipway.adapters.memory.workspace import MemoryWorkspace
from slipway.containerize import step_log as module
from slipway.containerize.step_log import LIMIT_CHARACTERS, step_log
from slipway.saga import Rejected, Unavailable

KEY = "workflows/wf_me/build_image/build.log"


class Full(MemoryWorkspace):
    def put(self, *_: object) -> None:
        raise Unavailable("storage_down", "no answer")


def kept(workspace: MemoryWorkspace) -> list[str]:
    return workspace.get(KEY).decode().splitlines()


def test_a_log_is_kept_when_the_step_succeeds() -> None:
    workspace = MemoryWorkspace()

    with step_log(workspace, KEY) as log:
        log("one")
        log("two")

    assert kept(workspace) == ["one", "two"]


def test_a_log_is_kept_when_the_step_fails() -> None:
    workspace = MemoryWorkspace()

    def build() -> None:
        with step_log(workspace, KEY) as log:
            log("one")
            raise Rejected("build_failed", "exit 1")

    with pytest.raises(Rejected, match="build_failed"):
        build()

    assert kept(workspace) == ["one"]


def test_a_log_that_cannot_be_kept_does_not_hide_the_cause() -> None:
    with pytest.raises(Rejected, match="build_failed"), step_log(Full(), KEY):
        raise Rejected("build_failed", "exit 1")


def test_a_log_that_cannot_be_kept_is_tried_again_with_a_step_that_succeeded() -> None:
    with pytest.raises(Unavailable, match="storage_down"), step_log(Full(), KEY) as log:
        log("one")


def test_a_build_that_talks_without_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LIMIT_LINES", 2)
    workspace = MemoryWorkspace()

    with step_log(workspace, KEY) as log:
        for _ in range(9):
            log("x" * (LIMIT_CHARACTERS + 1))

    assert [len(line) for line in kept(workspace)[:2]] == [LIMIT_CHARACTERS] * 2
    assert kept(workspace)[2:] == ["[log cut: more than 2 lines]"]
