"""Policy checks of a Dockerfile: root user, unpinned or deprecated base, secrets, ports."""

import re
from collections.abc import Iterable, Iterator

from slipway.containerize.analysis.instructions import Instruction, instructions, last_stage
from slipway.containerize.dockerfile.bases import pulled
from slipway.containerize.dockerfile.buildkit import buildkit_features
from slipway.containerize.dockerfile.options import UID
from slipway.containerize.dockerfile.user import user_of
from slipway.containerize.policy.deprecated import deprecated_image
from slipway.containerize.policy.finding import Finding, Severity
from slipway.containerize.secret_names import SECRET_NAME
from slipway.containerize.token_shapes import SHAPED

BLOCK_ALWAYS = frozenset({"no_base_image", "buildkit_required"})
BLOCK_UNDER_STRICT = BLOCK_ALWAYS | {
    "root_user",
    "latest_tag",
    "secret_in_image",
    "deprecated_runtime",
}
_FILE = "Dockerfile"
_LOGIN = re.compile(r"://[^/\s:@]+:[^/\s:@$]+@")
_SECRET_FILE = re.compile(r"(?:^|/)(?:\.env|id_rsa|id_ed25519|\.netrc|\.pypirc|[\w.-]+\.pem)$")
_PAIR = re.compile(r"""(?<!\w)(\w+)=("(?:[^"\\]|\\.)*"|'[^']*'|\S*)""")


def dockerfile_findings(text: str) -> list[Finding]:
    """Return findings in line order; they never contain the value of a secret."""
    found = instructions(text)
    if not any(each.word == "FROM" for each in found):
        fix = "begin the Dockerfile with FROM"
        return [_finding("no_base_image", "critical", "there is no FROM", None, fix)]
    findings = [
        *_images(found),
        *_secrets(found),
        *_ports(last_stage(found)),
        *_user(found),
        *_assumed_user(text, found),
        *_buildkit(found),
    ]
    return sorted(findings, key=lambda each: (each.line or 0, each.code))


def blocking(findings: Iterable[Finding], *, strict: bool) -> list[Finding]:
    codes = BLOCK_UNDER_STRICT if strict else BLOCK_ALWAYS
    return [each for each in findings if each.code in codes]


def _finding(
    code: str, severity: Severity, message: str, each: Instruction | None, fix: str
) -> Finding:
    line = each.line if each else None
    return Finding(code=code, severity=severity, message=message, file=_FILE, line=line, fix=fix)


def _images(found: list[Instruction]) -> Iterator[Finding]:
    for each, base in pulled(found):
        image = base.reference
        tag = image.rpartition("/")[2].partition("@")[0].partition(":")[2]
        if "@" not in image and tag in ("", "latest"):
            message = f"{image} is not pinned: the tag may change"
            yield _finding("latest_tag", "medium", message, each, "use a version tag or a digest")
        reason = deprecated_image(image)
        if reason:
            fix = "move to a version that still gets security fixes"
            yield _finding("deprecated_runtime", "high", reason, each, fix)


def _secrets(found: list[Instruction]) -> Iterator[Finding]:
    fix = "pass it to the service at run time, from a secret store"
    for each in found:
        for name in _secret_names(each):
            message = f"{each.word} {name} remains readable in the image and its history"
            yield _finding("secret_in_image", "critical", message, each, fix)


def _secret_names(each: Instruction) -> Iterator[str]:
    if each.word in ("ENV", "ARG"):
        pairs = _PAIR.findall(each.rest) or [each.rest.partition(" ")[::2]]
        for name, quoted in pairs:
            value = quoted.strip("\"' ")
            literal = bool(value) and not value.startswith(("$", "/"))
            secret = SECRET_NAME.search(name) or SHAPED.search(value) or _LOGIN.search(value)
            if literal and secret:
                yield name
    if each.word in ("COPY", "ADD"):
        for word in re.findall(r"[^\s\[\],\"]+", each.rest)[:-1]:
            if _SECRET_FILE.search(word):
                yield word


def _ports(final: list[Instruction]) -> Iterator[Finding]:
    for each in final:
        if each.word != "EXPOSE":
            continue
        for port in re.findall(r"(?<![\w$-])(\d{1,5})(?=[/\s-]|$)", each.rest):
            if int(port) < 1024:  # noqa: PLR2004  (below, only root may listen)
                message = f"only root may listen on {port}"
                fix = "listen on a port of at least 1024"
                yield _finding("privileged_port", "medium", message, each, fix)


def _user(found: list[Instruction]) -> Iterator[Finding]:
    bases = dict(_stage_bases(found))
    final = last_stage(found)
    user = next((each for each in reversed(final) if each.word == "USER"), None)
    name = user.rest.partition(":")[0].strip("\"' ") if user else None
    unprivileged = re.search(r"nonroot|unprivileged|rootless", bases.get(final[0].line, ""))
    if name in ("root", "0") or (name is None and not unprivileged):
        message = "the image runs as root by default"
        fix = "end the last stage with USER and a number of at least 10000"
        yield _finding("root_user", "high", message, user or final[0], fix)


def _assumed_user(text: str, found: list[Instruction]) -> Iterator[Finding]:
    """A user name resolves only in the image, and root is never allowed: a default uid is used."""
    if user_of(text) is None:
        final = last_stage(found)
        user = next((each for each in reversed(final) if each.word == "USER"), final[0])
        message = f"its pods run as uid {UID}: the Dockerfile sets no numeric USER"
        fix = "end the last stage with USER and the number that its files belong to"
        yield _finding("assumed_user", "info", message, user, fix)


def _stage_bases(found: list[Instruction]) -> Iterator[tuple[int, str]]:
    for each, base in pulled(found):
        yield each.line, base.reference


def _buildkit(found: list[Instruction]) -> Iterator[Finding]:
    fix = "remove it: the image is built by the engine's classic builder"
    for each, what in buildkit_features(found):
        yield _finding("buildkit_required", "high", f"{what} needs BuildKit", each, fix)
