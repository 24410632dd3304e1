"""What every Dockerfile that Slipway writes has in common, whatever the language."""

from itertools import pairwise
from pathlib import Path

import pytest

from slipway.containerize.analysis import Component, analyze
from slipway.containerize.analysis.instructions import Instruction, instructions, last_stage
from slipway.containerize.dockerfile import (
    DockerfileOptions,
    rewrite_base_image,
    write_dockerfile,
    write_dockerignore,
)
from slipway.containerize.policy import blocking, dockerfile_findings
from slipway.saga.errors import Rejected

APPS = Path(__file__).parents[4] / "apps"
WRITTEN = ("flask", "fastapi", "express", "go", "static", "broken-build", "never-ready", "crashes")
BUILT = ("flask", "fastapi", "express", "go")
OPTIONS = DockerfileOptions(
    base_image=lambda reference: rewrite_base_image(reference, "mirror.example:5000"),
    labels={"slipway.dev/workflow": "wf_1", "slipway.dev/app": "shop"},
    build_args=("PIP_INDEX_URL", "GOPROXY"),
)


def written(app: str) -> list[Instruction]:
    return instructions(write_dockerfile(analyze(APPS / app).component, OPTIONS))


def words(found: list[Instruction]) -> list[str]:
    return [each.word for each in found]


@pytest.mark.parametrize("app", WRITTEN)
def test_every_stage_is_labelled_at_once_and_pulled_through_the_prefix(app: str) -> None:
    found = written(app)

    for each, following in pairwise(found):
        if each.word == "FROM":
            assert each.rest.startswith("mirror.example:5000/")
            assert '"slipway.dev/workflow"="wf_1"' in following.rest


@pytest.mark.parametrize("app", WRITTEN)
def test_the_last_stage_runs_as_a_number_and_exposes_the_port_it_is_told(app: str) -> None:
    component = analyze(APPS / app).component
    final = last_stage(written(app))

    assert [each.rest for each in final if each.word == "USER"] == ["10001:10001"]
    assert [each.rest for each in final if each.word == "EXPOSE"] == [str(component.port)]
    assert any(f"PORT={component.port}" in each.rest for each in final if each.word == "ENV")
    assert "HEALTHCHECK" in words(final)
    assert [each.rest[0] for each in final if each.word == "CMD"] == ["["]


@pytest.mark.parametrize("app", BUILT)
def test_dependencies_are_installed_before_the_source_is_copied(app: str) -> None:
    found = written(app)
    source = next(
        index
        for index, each in enumerate(found)
        if each.word == "COPY" and each.rest.endswith(". .")
    )
    install = next(
        index
        for index, each in enumerate(found)
        if each.rest.startswith(('["pip", "install"', '["npm", "ci"', '["go", "mod"'))
    )

    assert install < source
    assert words(found).count("FROM") == 2
    assert words(found).count("ARG") == 2


@pytest.mark.parametrize("app", WRITTEN)
def test_the_classic_builder_and_the_strict_policy_have_nothing_to_say(app: str) -> None:
    text = write_dockerfile(analyze(APPS / app).component, OPTIONS)

    assert "--mount" not in text
    assert "# syntax" not in text
    assert blocking(dockerfile_findings(text), strict=True) == []
    assert dockerfile_findings(text) == []


@pytest.mark.parametrize("app", WRITTEN)
def test_the_same_source_gives_the_same_bytes(app: str) -> None:
    first, second = (write_dockerfile(analyze(APPS / app).component, OPTIONS) for _ in range(2))

    assert first == second


@pytest.mark.parametrize("app", WRITTEN)
def test_secrets_and_history_never_travel_into_a_build(app: str) -> None:
    ignored = write_dockerignore(analyze(APPS / app).component).splitlines()

    assert {".git", "**/.env", "**/*.pem", "**/id_rsa*"} <= set(ignored)


def test_a_site_is_built_by_node_and_served_by_a_web_server() -> None:
    site = Component(
        path=".",
        language="node",
        version="24",
        framework="vite",
        install_command="npm ci",
        build_command="npm run build",
        port=9000,
        confidence=1,
    )

    text = write_dockerfile(site, DockerfileOptions())

    assert "FROM node:24-slim AS build" in text
    assert "listen 9000" in text
    assert 'COPY --from=build --chown=10001:10001 ["/app/dist/", "/usr/share/nginx/html/"]' in text


def test_a_locked_python_project_installs_by_hash_from_any_index(tmp_path: Path) -> None:
    for name in ("pyproject.toml", "uv.lock", "main.py"):
        (tmp_path / name).touch()

    text = write_dockerfile(analyze(tmp_path).component, DockerfileOptions())

    assert 'RUN ["pip", "install", "uv==' in text
    assert 'COPY ["pyproject.toml", "uv.lock", "./"]' in text
    assert "uv export --frozen" in text
    assert "STOPSIGNAL SIGINT" in text


def test_a_language_that_nobody_writes_is_refused() -> None:
    with pytest.raises(Rejected) as refused:
        write_dockerfile(analyze(APPS / "own-dockerfile").component, OPTIONS)
    assert refused.value.code == "no_writer"
