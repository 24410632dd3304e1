"""Detects base images whose runtime no longer gets security fixes."""

import re

# The first version that is still supported, by the last part of the image's name.
# Sources: the release calendars of python.org, nodejs.org, go.dev, php.net and ruby-lang.org.
_OLDEST = {
    "python": (3, 11),
    "node": (22, 0),
    "golang": (1, 25),
    "php": (8, 2),
    "ruby": (3, 3),
    "debian": (12, 0),
    "ubuntu": (22, 4),
}
_GONE = frozenset({"openjdk", "adoptopenjdk", "centos"})


def deprecated_image(reference: str) -> str | None:
    """Return why the image is deprecated, or None; a tag without a number is not judged."""
    name, _, tag = reference.rpartition("/")[2].partition("@")[0].partition(":")
    if name in _GONE:
        return f"the image {name} is no longer maintained"
    numbers = re.match(r"(\d{1,3})(?:\.(\d{1,3}))?", tag)
    if name not in _OLDEST or numbers is None:
        return None
    oldest = _OLDEST[name]
    major = int(numbers.group(1))
    minor = int(numbers.group(2)) if numbers.group(2) else None
    is_old = major < oldest[0] or (major == oldest[0] and minor is not None and minor < oldest[1])
    return f"{name} {tag} no longer gets security fixes" if is_old else None
