"""The sample applications, read as a newcomer's repository would be."""

from pathlib import Path

import pytest

from slipway.containerize.analysis import Component, analyze

APPS = Path(__file__).parents[4] / "apps"


def sample(name: str) -> Component:
    return analyze(APPS / name).component


def test_flask_is_read_down_to_its_health_route() -> None:
    shop = sample("flask")

    assert (shop.language, shop.framework, shop.version) == ("python", "flask", "3.13")
    assert shop.version_source is not None
    assert shop.version_source.file == ".python-version"
    assert shop.package_manager == "pip"
    assert shop.install_command == "pip install --requirement requirements.txt"
    assert shop.start_command == "gunicorn --bind 0.0.0.0:5000 app:app"
    assert (shop.port, shop.health_path) == (5000, "/health")
    assert shop.environment == ("CURRENCY",)


def test_fastapi_is_found_where_it_is_and_under_its_own_name() -> None:
    assert sample("fastapi").start_command == "uvicorn shop.main:api --host 0.0.0.0 --port 8000"


def test_express_takes_its_port_from_the_line_that_listens() -> None:
    shop = sample("express")

    assert (shop.language, shop.framework, shop.version, shop.port) == (
        "node",
        "express",
        "24",
        3000,
    )
    assert shop.port_source is not None
    assert (shop.port_source.file, shop.port_source.line) == ("server.js", 4)
    assert shop.install_command == "npm ci --omit=dev --no-audit --no-fund"
    assert shop.start_command == "node server.js"


def test_go_builds_the_program_that_serves() -> None:
    shop = sample("go")

    assert (shop.language, shop.framework, shop.port) == ("go", "chi", 8080)
    assert shop.build_command is not None
    assert shop.build_command.endswith("./cmd/server")
    assert shop.health_path == "/healthz"


def test_a_page_is_a_static_site() -> None:
    assert (sample("static").language, sample("static").port) == ("static", 8080)


def test_a_dockerfile_of_its_own_gives_port_and_health() -> None:
    clock = sample("own-dockerfile")

    assert (clock.language, clock.port, clock.health_path) == ("dockerfile", 9000, "/health")


@pytest.mark.parametrize("name", ["broken-build", "never-ready", "crashes"])
def test_nothing_in_the_source_betrays_that_it_will_fail_later(name: str) -> None:
    assert sample(name).start_command == "node server.js"


@pytest.mark.parametrize("app", sorted(path.name for path in APPS.iterdir()))
def test_every_piece_of_evidence_is_a_line_that_is_there(app: str) -> None:
    component = sample(app)
    sources = [component.version_source, component.port_source, *component.evidence]

    for each in filter(None, sources):
        lines = (APPS / app / each.file).read_text().splitlines()
        assert each.text.split("\n")[0][:20] in lines[each.line - 1]
