"""Prepares a repository's own Dockerfile: adds labels and ARGs, and rewrites base images."""

import re

from slipway.containerize.analysis.instructions import Instruction, instructions, lines_of
from slipway.containerize.dockerfile.buildkit import buildkit_features
from slipway.containerize.dockerfile.lines import arg, label
from slipway.containerize.dockerfile.options import DockerfileOptions
from slipway.containerize.dockerfile.references import Stages, expanded
from slipway.containerize.dockerfile.refusals import refuse_unsafe
from slipway.saga.errors import Rejected

_COPY_FROM = re.compile(r"(--from=)(\S+)")


def prepare_own_dockerfile(text: str, options: DockerfileOptions) -> str:
    """Add LABEL and mirror ARGs after every FROM, and rewrite the images to pull.

    Raises Rejected: no_base_image, unknown_base_image (an ARG without a default), the codes of
    `refuse_unsafe`, and buildkit_required, which names every line that the engine's classic
    builder does not support.
    """
    found = instructions(text)
    _check(found)
    refuse_unsafe(text, found)
    lines = lines_of(text)
    stages = Stages()
    for each in found:
        stages.pass_by(each)
        changed = _changed(each, stages, options)
        if changed is not None:
            lines[each.line - 1 : each.end] = [*changed, *[""] * (each.end - each.line)]
    return _with_additions(lines, found, options)


def _with_additions(lines: list[str], found: list[Instruction], options: DockerfileOptions) -> str:
    """Insert from last to first, so that line numbers stay valid."""
    added = [*label(options.labels), *arg(options.build_args)]
    for each in reversed(found):
        if each.word == "FROM":
            kept = [line for line in lines[each.line : each.end] if line]
            lines[each.line : each.end] = [*kept, *added]
    return "\n".join(lines) + "\n"


def _changed(each: Instruction, stages: Stages, options: DockerfileOptions) -> list[str] | None:
    if each.word == "FROM":
        return [_from(each, stages, options)]
    match = _COPY_FROM.search(each.rest) if each.word == "COPY" else None
    if match is None or stages.is_stage(match.group(2)):
        return None
    image = options.base_image(match.group(2))
    rest = f"{each.rest[: match.start(2)]}{image}{each.rest[match.end(2) :]}"
    return [f"COPY {rest}"]


def _from(each: Instruction, stages: Stages, options: DockerfileOptions) -> str:
    flags = [word for word in each.rest.split() if word.startswith("--")]
    image, *name = [word for word in each.rest.split() if not word.startswith("--")]
    # The classic builder supports one platform and sets no BUILDPLATFORM.
    kept = [flag for flag in flags if "$" not in flag]
    plain = expanded(image, stages.arguments)
    if plain is None:
        raise Rejected(
            "unknown_base_image",
            f"line {each.line}: {image} has no value during this build",
            fix="give the ARG before FROM a default",
        )
    target = plain if stages.is_base(plain) else options.base_image(plain)
    return " ".join(["FROM", *kept, target, *name])


def _check(found: list[Instruction]) -> None:
    froms = [each for each in found if each.word == "FROM"]
    if not froms or not all(_names_image(each) for each in froms):
        raise Rejected(
            "no_base_image", "the Dockerfile has no FROM with an image", fix="begin it with FROM"
        )
    features = buildkit_features(found)
    if features:
        listed = "; ".join(f"line {each.line}: {what}" for each, what in features)
        raise Rejected(
            "buildkit_required",
            f"the Dockerfile needs BuildKit: {listed}",
            fix="leave out --mount, --chmod, --link and heredocs, or let Slipway write the file",
        )


def _names_image(each: Instruction) -> bool:
    return any(not word.startswith("--") for word in each.rest.split())
