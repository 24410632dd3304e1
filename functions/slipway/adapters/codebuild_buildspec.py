"""The buildspec of a CodeBuild build, and its environment variables."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from slipway.containerize.ports import Build
from slipway.containerize.reference import host_of, repository_of
from slipway.saga.errors import Rejected

WORKFLOW, IMAGE = "SLIPWAY_WORKFLOW", "SLIPWAY_IMAGE"
BUILDSPEC = """\
version: 0.2
env:
  shell: bash
phases:
  pre_build:
    on-failure: ABORT
    commands:
      - aws s3 cp --only-show-errors "$SLIPWAY_CONTEXT" "$CODEBUILD_SRC_DIR/context.tar"
      - |
        login() { docker login --username "$1" --password-stdin "$SLIPWAY_REGISTRY_HOST"; }
        case "$SLIPWAY_LOGIN" in
          ecr) aws ecr get-login-password | login AWS ;;
          secret) printf %s "$SLIPWAY_REGISTRY_PASSWORD" | login "$SLIPWAY_REGISTRY_USERNAME" ;;
        esac
  build:
    on-failure: ABORT
    commands:
      - docker build $SLIPWAY_FLAGS --tag "$SLIPWAY_IMAGE" - < "$CODEBUILD_SRC_DIR/context.tar"
  post_build:
    on-failure: ABORT
    commands:
      - docker push --quiet "$SLIPWAY_IMAGE"
"""
"""`--build-arg NAME` without a value takes it from the environment variable NAME."""

Login = Literal["ecr", "secret", "none"]
_WORD = re.compile(r"[A-Za-z0-9._/:=@-]+")
_SECRET_KEYS = {"SLIPWAY_REGISTRY_USERNAME": "username", "SLIPWAY_REGISTRY_PASSWORD": "password"}


@dataclass(frozen=True)
class Place:
    """Where builds find their context, their time limit, and how they log in to the registry.

    `login` takes a repository, so that a password is only ever sent to its own registry.
    """

    bucket: str
    limit_min: int
    secret_arn: str | None = None
    login: Callable[[str], Login] = lambda _repository: "none"


def variables(
    build: Build, workflow_id: str, image: str, context_key: str, place: Place
) -> Sequence[Mapping[str, str]]:
    """Return StartBuild's variables. CodeBuild resolves the secret, and keeps it out of logs."""
    login = place.login(repository_of(image))
    plain = {
        WORKFLOW: workflow_id,
        IMAGE: image,
        "SLIPWAY_CONTEXT": f"s3://{place.bucket}/{context_key}",
        "SLIPWAY_REGISTRY_HOST": host_of(image),
        "SLIPWAY_LOGIN": login,
        "SLIPWAY_FLAGS": " ".join(_flags(build)),
        **build.args,
    }
    entries = [{"name": name, "value": value, "type": "PLAINTEXT"} for name, value in plain.items()]
    secret = _SECRET_KEYS if login == "secret" else {}
    return entries + [
        {"name": name, "value": f"{place.secret_arn}:{key}", "type": "SECRETS_MANAGER"}
        for name, key in secret.items()
    ]


def variable_of(build: Mapping[str, Any], name: str) -> str | None:
    """Return a variable of a build that BatchGetBuilds described, None if it is not set."""
    given = build.get("environment", {}).get("environmentVariables", ())
    return next((str(each["value"]) for each in given if each["name"] == name), None)


def _flags(build: Build) -> Sequence[str]:
    """Return flags of `docker build`, each without blanks, as the shell splits the variable."""
    words = [f"--file={build.dockerfile}"]
    words += [f"--label={key}={value}" for key, value in build.labels.items()]
    words += [f"--build-arg={name}" for name in build.args]
    words += [f"--network={build.network}"] if build.network else []
    for word in words:
        if not _WORD.fullmatch(word):
            raise Rejected("build_flag_invalid", f"{word!r} cannot be given to CodeBuild")
    return words
