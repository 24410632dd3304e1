"""What a policy finds in a Dockerfile, and which of it stops a build."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.containerize.policy import blocking, dockerfile_findings

GOOD = "FROM python:3.13-slim\nUSER 10001\nEXPOSE 8000\n"
CASES = {
    "no user": ("FROM python:3.13-slim\n", ["assumed_user", "root_user"]),
    "root again": ("FROM a:1\nUSER 5\nUSER root\n", ["assumed_user", "root_user"]),
    "uid 0 with a group": ("FROM a:1\nUSER 0:0\n", ["assumed_user", "root_user"]),
    "a name that only the image can resolve": ("FROM node:22\nUSER node\n", ["assumed_user"]),
    "a base that is nobody already": ("FROM gcr.io/distroless/static:nonroot\n", []),
    "no tag": ("FROM python\nUSER 5\n", ["latest_tag"]),
    "latest through an ARG": ("ARG T=latest\nFROM a:$T\nUSER 5\n", ["latest_tag"]),
    "a digest": ("FROM a@sha256:00\nUSER 5\n", []),
    "a registry's port is no tag": ("FROM r.example:5000/a\nUSER 5\n", ["latest_tag"]),
    "a stage is no image": ("FROM a:1 AS b\nFROM b\nUSER 5\n", []),
    "a password": ("FROM a:1\nENV DB_PASSWORD=hunter2\nUSER 5\n", ["secret_in_image"]),
    "an old style ENV": ("FROM a:1\nENV API_KEY abc\nUSER 5\n", ["secret_in_image"]),
    "a secret as ARG": ("FROM a:1\nARG NPM_TOKEN=abc\nUSER 5\n", ["secret_in_image"]),
    "a secret given later": ("FROM a:1\nARG NPM_TOKEN\nENV T_TOKEN=$NPM_TOKEN\nUSER 5\n", []),
    "an address with a password": (
        "FROM a:1\nENV URL=postgres://me:pw@db/x\nUSER 5\n",
        ["secret_in_image"],
    ),
    "a key file": ("FROM a:1\nCOPY id_rsa /keys/\nUSER 5\n", ["secret_in_image"]),
    "a privileged port": ("FROM a:1\nUSER 5\nEXPOSE 80/tcp 8080\n", ["privileged_port"]),
    "an old Python": ("FROM python:3.8\nUSER 5\n", ["deprecated_runtime"]),
    "an old Node behind a mirror": ("FROM m.example/library/node:16-slim\nUSER 5\n",
                                    ["deprecated_runtime"]),
    "a cache mount": ("FROM a:1\nRUN --mount=type=cache x\nUSER 5\n", ["buildkit_required"]),
    "nothing": ("", ["no_base_image"]),
}  # fmt: skip


def codes(text: str) -> list[str]:
    return [each.code for each in dockerfile_findings(text)]


def test_a_good_file_is_passed_in_silence() -> None:
    assert codes(GOOD) == []


@pytest.mark.parametrize("case", CASES)
def test_each_fault_has_its_code(case: str) -> None:
    text, expected = CASES[case]

    assert codes(text) == expected


def test_a_finding_names_the_line_and_the_way_out_and_never_the_secret() -> None:
    (finding,) = dockerfile_findings("FROM a:1\n\nENV DB_PASSWORD=hunter2\nUSER 5\n")

    assert (finding.file, finding.line, finding.severity) == ("Dockerfile", 3, "critical")
    assert finding.fix
    assert "hunter2" not in finding.model_dump_json()


def test_root_blocks_only_where_the_policy_is_strict() -> None:
    findings = dockerfile_findings("FROM python:3.13-slim\n")

    assert blocking(findings, strict=False) == []
    assert [each.code for each in blocking(findings, strict=True)] == ["root_user"]


def test_a_file_without_a_user_tells_which_one_its_pods_get_and_what_to_write() -> None:
    (told,) = [f for f in dockerfile_findings("FROM a:1\nRUN x\n") if f.code == "assumed_user"]

    assert (told.severity, told.line) == ("info", 1)
    assert "10001" in told.message
    assert "USER" in told.fix


def test_what_cannot_be_built_blocks_always() -> None:
    findings = dockerfile_findings("FROM a:1\nRUN --mount=type=ssh x\nUSER 5\n")

    assert [each.code for each in blocking(findings, strict=False)] == ["buildkit_required"]


FRAGMENTS = (
    "FROM a", "FROM", "USER", "ENV A", "ARG", "EXPOSE x", "COPY <<A", "\\", "RUN \\", "# x",
    "FROM $X AS", "COPY", "ENV =", "USER ''",
)  # fmt: skip


@given(st.lists(st.sampled_from(FRAGMENTS)))
def test_no_text_breaks_the_policy(lines: list[str]) -> None:
    assert all(each.fix for each in dockerfile_findings("\n".join(lines)))
