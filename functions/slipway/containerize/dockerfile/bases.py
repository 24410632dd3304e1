"""Finds the external images of a Dockerfile."""

import re
from collections.abc import Iterable, Iterator, Sequence

from slipway.containerize.analysis.instructions import Instruction, instructions
from slipway.containerize.dockerfile.references import Stages, expanded
from slipway.containerize.engine_images import BaseImage

_PLATFORM = "--platform="
_COPY_FROM = re.compile(r"--from=(\S+)")


def external_bases(text: str) -> Sequence[BaseImage]:
    """Return each base image once, in order; without `scratch` and names with unset ARGs."""
    return list(dict.fromkeys(base for _, base in pulled(instructions(text))))


def pulled(found: Iterable[Instruction]) -> Iterator[tuple[Instruction, BaseImage]]:
    """Yield every FROM with the image that it pulls; skip stages, scratch and unset ARGs."""
    stages = Stages()
    for each in found:
        stages.pass_by(each)
        if each.word != "FROM":
            continue
        words = each.rest.split()
        name = next((word for word in words if not word.startswith("--")), "")
        image = expanded(name, stages.arguments)
        if image and not stages.is_base(image):
            flags = (word for word in words if word.startswith(_PLATFORM))
            platform = next(flags, "").removeprefix(_PLATFORM)
            yield each, BaseImage(image, platform or None)


def external_images(text: str) -> Sequence[str]:
    """Return all external images: bases, and the sources of `COPY --from`."""
    stages, copied = Stages(), []
    for each in instructions(text):
        stages.pass_by(each)
        named = _COPY_FROM.search(each.rest) if each.word == "COPY" else None
        if named and not stages.is_stage(named.group(1)):
            copied.append(named.group(1).strip("\"'"))
    return list(dict.fromkeys([*(base.reference for base in external_bases(text)), *copied]))
