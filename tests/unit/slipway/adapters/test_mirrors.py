"""Package mirrors become build arguments; secrets never do."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from slipway.adapters.mirrors import asked, build_arguments
from slipway.saga.errors import Rejected

NPM = "https://registry.example.org/npm/"


def a_machine(command: tuple[str, ...], _: Mapping[str, str]) -> str:
    """Pip, npm and Go are set up for a company's mirrors here."""
    answers = {
        ("pip", "config", "list"): (
            "global.index-url='https://pip.example.org/simple'\nglobal.timeout='60'"
        ),
        ("npm", "config", "get", "registry"): NPM,
        ("go", "env", "-changed", "GOPROXY", "GOSUMDB", "GONOSUMDB"): (
            "GOPROXY='https://go.example.org,direct'\nGOSUMDB='off'"
        ),
    }
    return answers.get(command, "")


def a_plain_machine(command: tuple[str, ...], _: Mapping[str, str]) -> str:
    return NPM if command[0] == "npm" else ""


def test_without_the_setting_builds_get_no_mirrors() -> None:
    assert build_arguments(None, {"HTTPS_PROXY": "http://proxy:3128"}, a_machine) == {}


def test_the_mirrors_of_this_machine_are_taken_over() -> None:
    environment = {"HTTPS_PROXY": "http://proxy:3128", "MAVEN_MIRROR_URL": "https://m.example.org"}

    assert build_arguments("from-host", environment, a_machine) == {
        "HTTPS_PROXY": "http://proxy:3128",
        "PIP_INDEX_URL": "https://pip.example.org/simple",
        "NPM_CONFIG_REGISTRY": NPM,
        "GOPROXY": "https://go.example.org,direct",
        "GOSUMDB": "off",
        "MAVEN_MIRROR_URL": "https://m.example.org",
    }


def test_pips_own_variable_wins_over_its_file() -> None:
    environment = {"PIP_INDEX_URL": "https://other.example.org/simple"}

    found = build_arguments("from-host", environment, a_machine)

    assert found["PIP_INDEX_URL"] == "https://other.example.org/simple"


def test_what_is_npms_own_default_is_no_mirror() -> None:
    assert build_arguments("from-host", {}, a_plain_machine) == {}


def test_a_file_names_the_mirrors(tmp_path: Path) -> None:
    file = tmp_path / "mirrors"
    file.write_text("# ours\n\nPIP_INDEX_URL = https://pip.example.org/simple\nGOSUMDB=off\n")

    assert build_arguments(str(file), {}, a_machine) == {
        "PIP_INDEX_URL": "https://pip.example.org/simple",
        "GOSUMDB": "off",
    }


@pytest.mark.parametrize("line", ["PIP_INDEX_URL", "AWS_SECRET_ACCESS_KEY=abc"])
def test_a_line_that_sets_no_mirror_is_refused_without_being_shown(
    tmp_path: Path, line: str
) -> None:
    file = tmp_path / "mirrors"
    file.write_text(line)

    with pytest.raises(Rejected) as refused:
        build_arguments(str(file), {}, a_machine)

    assert refused.value.code == "mirrors_invalid"
    assert "line 1" in refused.value.message
    assert "abc" not in f"{refused.value} {refused.value.fix}"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="nowhere cannot be read"):
        build_arguments(str(tmp_path / "nowhere"), {}, a_machine)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("PIP_INDEX_URL", "https://anna:battery@pip.example.org/simple"),
        ("GOPROXY", "https://go.example.org,https://battery@go.example.org|direct"),
        ("HTTPS_PROXY", "anna:battery@proxy:3128"),
    ],
)
def test_an_address_with_credentials_is_refused_by_its_name_alone(
    tmp_path: Path, key: str, value: str
) -> None:
    file = tmp_path / "mirrors"
    file.write_text(f"{key}={value}")

    with pytest.raises(Rejected) as refused:
        build_arguments(str(file), {}, a_machine)

    assert refused.value.code == "mirror_with_credentials"
    assert key in refused.value.message
    assert "battery" not in f"{refused.value} {refused.value.fix}"


def test_a_client_that_is_not_installed_has_nothing_to_say() -> None:
    assert asked(("pip", "config", "list"), {"PATH": "/nonexistent"}) == ""
