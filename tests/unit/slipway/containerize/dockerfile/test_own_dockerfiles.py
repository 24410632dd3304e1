"""A repository's own Dockerfile is labelled and rebased; nothing else in it changes."""

from pathlib import Path

import pytest

from slipway.containerize.analysis import analyze
from slipway.containerize.build_settings import BuildSettings
from slipway.containerize.dockerfile import (
    DockerfileOptions,
    dockerfile_for,
    prepare_own_dockerfile,
    rewrite_base_image,
)
from slipway.containerize.dockerfile.user import user_of
from slipway.saga.errors import Rejected

OPTIONS = DockerfileOptions(
    base_image=lambda reference: rewrite_base_image(reference, "127.0.0.1:5000"),
    labels={"a": "1"},
    build_args=("GOPROXY",),
)

BEFORE = """\
# escape=\\
ARG VERSION=1.26
FROM --platform=$BUILDPLATFORM golang:${VERSION} \\
    AS Build
# a comment stays
RUN go build \\
    # inside too
    -o /app .
FROM build AS test
RUN go test
FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=Build /app /app
COPY --from=busybox:1.37 /bin/busybox /busybox
COPY --from=0 /x /y
CMD ["/app"]
"""
AFTER = """\
# escape=\\
ARG VERSION=1.26
FROM 127.0.0.1:5000/library/golang:1.26 AS Build
LABEL "a"="1"
ARG GOPROXY
# a comment stays
RUN go build \\
    # inside too
    -o /app .
FROM build AS test
LABEL "a"="1"
ARG GOPROXY
RUN go test
FROM 127.0.0.1:5000/distroless/static-debian12:nonroot
LABEL "a"="1"
ARG GOPROXY
COPY --from=Build /app /app
COPY --from=127.0.0.1:5000/library/busybox:1.37 /bin/busybox /busybox
COPY --from=0 /x /y
CMD ["/app"]
"""


def test_images_are_rebased_stages_labelled_and_the_rest_is_left_alone() -> None:
    assert prepare_own_dockerfile(BEFORE, OPTIONS) == AFTER


def test_scratch_is_nobodys_image() -> None:
    assert prepare_own_dockerfile("FROM scratch\n", DockerfileOptions()) == "FROM scratch\n"


@pytest.mark.parametrize(
    "line",
    [
        "RUN --mount=type=cache,target=/var/cache/pip pip install x",
        "COPY --chown=1:1 --chmod=755 a b",
        "ADD --link a b",
        "RUN <<EOF\nFROM not-a-stage\nEOF",
        "COPY <<-'END' /x\n\tFROM nothing\n\tEND",
    ],
)
def test_what_only_buildkit_reads_is_refused_with_its_line(line: str) -> None:
    with pytest.raises(Rejected) as refused:
        prepare_own_dockerfile(f"FROM python:3.13-slim\n{line}\nCMD x\n", OPTIONS)
    assert refused.value.code == "buildkit_required"
    assert "line 2" in refused.value.message


def test_a_shift_operator_in_a_command_of_another_kind_is_no_heredoc() -> None:
    text = 'FROM x:1\nCMD ["sh", "-c", "cat <<EOF"]\n'

    assert prepare_own_dockerfile(text, DockerfileOptions()) == text


@pytest.mark.parametrize("text", ["", "# nothing\n", "RUN x\n", "FROM\n", "FROM --platform=x\n"])
def test_a_file_without_a_base_is_refused(text: str) -> None:
    with pytest.raises(Rejected) as refused:
        prepare_own_dockerfile(text, OPTIONS)
    assert refused.value.code == "no_base_image"


def test_a_base_that_only_the_command_line_could_name_is_refused() -> None:
    with pytest.raises(Rejected) as refused:
        prepare_own_dockerfile("ARG BASE\nFROM $BASE\n", OPTIONS)
    assert refused.value.code == "unknown_base_image"


@pytest.mark.parametrize(
    ("text", "uid"),
    [
        ("FROM a:1\nUSER 1000:1000\n", 1000),
        ("FROM a:1\nUSER 5\nFROM b:1\n", None),
        ("FROM a:1\nUSER 0\n", None),
        ("FROM a:1\nUSER app\n", None),
        ("FROM gcr.io/distroless/static-debian12:nonroot\n", 65532),
        ("", None),
    ],
)
def test_the_uid_is_that_of_the_last_stage(text: str, uid: int | None) -> None:
    assert user_of(text) == uid


def test_the_repositorys_own_ignore_file_is_kept(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM scratch\nUSER 1234\nEXPOSE 9000\n")
    (tmp_path / ".dockerignore").write_text("secret\n")

    result = dockerfile_for(tmp_path, analyze(tmp_path).component, {}, BuildSettings())

    assert result.dockerignore == "secret\n"
    assert result.user_id == 1234


@pytest.mark.parametrize(
    ("reference", "setting", "pulled"),
    [
        ("python:3.13-slim", "127.0.0.1:5000", "127.0.0.1:5000/library/python:3.13-slim"),
        ("python:3.13-slim", "", "python:3.13-slim"),
        ("nginxinc/nginx:1", "m.example/x/", "m.example/x/nginxinc/nginx:1"),
        ("gcr.io/distroless/base:nonroot", "m.example", "m.example/distroless/base:nonroot"),
        ("docker.io/python:3", "docker.io=c/hub,gcr.io=c/gcr", "c/hub/library/python:3"),
        ("gcr.io/d/base@sha256:aa", "docker.io=c/hub,gcr.io=c/gcr", "c/gcr/d/base@sha256:aa"),
        ("quay.io/a/b:1", "docker.io=c/hub", "quay.io/a/b:1"),
    ],
)
def test_base_images_come_from_where_the_setting_says(
    reference: str, setting: str, pulled: str
) -> None:
    assert rewrite_base_image(reference, setting) == pulled


@pytest.mark.parametrize("setting", ["a b", "=x", "docker.io=", "x,docker.io=y", "x\nUSER root"])
def test_a_malformed_setting_is_refused(setting: str) -> None:
    with pytest.raises(Rejected) as refused:
        rewrite_base_image("python:3", setting)
    assert refused.value.code == "malformed_base_images"
