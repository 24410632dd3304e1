"""Dockerfile for Go: one binary in a distroless image without a shell."""

from slipway.containerize.analysis.model import Component
from slipway.containerize.dockerfile import lines
from slipway.containerize.dockerfile.options import DockerfileOptions
from slipway.containerize.dockerfile.stage import build_stage, final_stage, joined, served

IGNORED = ("**/*_test.go", "bin", "coverage.out")
_STATIC = "gcr.io/distroless/static-debian12:nonroot"
_WITH_LIBC = "gcr.io/distroless/base-debian12:nonroot"
# The image has no shell and no curl: the health probe is a separate binary.
_PROBE = (
    'package main; import ("net/http"; "os"; "time"); func main() { '
    "c := http.Client{Timeout: 3 * time.Second}; r, err := c.Get(os.Args[1]); "
    'if err != nil || r.StatusCode >= 500 || (os.Args[2] == "400" && r.StatusCode >= 400) '
    "{ os.Exit(1) } }"
)
_BUILD_PROBE = (
    f"mkdir -p /out && printf '%s\\n' '{_PROBE}' > main.go && "
    "CGO_ENABLED=0 go build -trimpath '-ldflags=-s -w' -o /out/probe main.go"
)
# Read at run time by programs that do not embed them.
_ASSETS = (
    "for each in templates static public assets views web migrations; do "
    'if [ -d "$each" ]; then cp -R "$each" /out/; fi; done'
)


def write(component: Component, options: DockerfileOptions) -> str:
    port = component.port or 8080
    build = component.build_command or ""
    runtime = _WITH_LIBC if "CGO_ENABLED=1" in build else _STATIC
    worst = "400" if component.health_path else "500"
    return joined(
        [
            *build_stage(f"golang:{lines.version(component.version)}", options),
            "WORKDIR /probe",
            lines.run(_BUILD_PROBE),
            "WORKDIR /src",
            *_downloaded(component),
            "COPY . .",
            lines.run(f"{build} && {_ASSETS}"),
        ],
        [
            *final_stage(runtime, options),
            f"ENV HOME=/tmp PORT={port}",
            "WORKDIR /app",
            lines.copy_built("/out/", "/app/"),
            *served(port),
            lines.healthcheck(["/app/probe", lines.url(port, component.health_path), worst]),
            lines.cmd(component.start_command or "/app/app"),
        ],
    )


def _downloaded(component: Component) -> list[str]:
    if component.install_command is None:
        return []
    files = {component.local(each.file) for each in component.evidence}
    return [
        *lines.copy(name for name in ("go.mod", "go.sum") if name in files),
        lines.run(component.install_command),
    ]
