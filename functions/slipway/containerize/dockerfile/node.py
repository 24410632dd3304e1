"""Dockerfile for Node.js: a server with its production packages, or a built site on nginx."""

from slipway.containerize.analysis.detectors.node.start import SITE_FOLDERS
from slipway.containerize.analysis.model import Component
from slipway.containerize.dockerfile import lines, nginx
from slipway.containerize.dockerfile.options import DockerfileOptions
from slipway.containerize.dockerfile.stage import build_stage, final_stage, joined, served

IGNORED = ("**/node_modules", "npm-debug.log*", "yarn-error.log", "coverage", ".next/cache",
           ".nyc_output", ".pnpm-store")  # fmt: skip
_MANIFESTS = ("package.json", "package-lock.json", "npm-shrinkwrap.json", "yarn.lock",
              "pnpm-lock.yaml", "pnpm-workspace.yaml", ".npmrc", ".yarnrc.yml")  # fmt: skip
_SINGLE_PAGE = ("vite", "create-react-app", "vue-cli", "parcel", "webpack")
# PID 1 ignores SIGTERM without a handler: exit at once, unless the application has a handler.
_STOP = (
    "--import=data:text/javascript,process.on(%22SIGTERM%22,()=>"
    "process.listenerCount(%22SIGTERM%22)>1||process.exit(0))"
)
_PROBE = (
    "const [url, worst] = process.argv.slice(1);"
    "require('http').get(url, {timeout: 3000}, r => process.exit(r.statusCode < worst ? 0 : 1))"
    ".on('error', () => process.exit(1))"
)


def write(component: Component, options: DockerfileOptions) -> str:
    if component.start_command is None:
        return _site(component, options)
    base = _base(component)
    port = component.port or 3000
    has_build_stage = bool(component.install_command or component.build_command)
    return joined(
        _built(component, base, options) if has_build_stage else [],
        [
            *final_stage(base, options),
            f"ENV NODE_ENV=production HOME=/tmp HOSTNAME=0.0.0.0 PORT={port} \\",
            f'    PATH="/app/node_modules/.bin:$PATH" NODE_OPTIONS="{_STOP}"',
            "WORKDIR /app",
            *_application(component),
            *served(port),
            _healthcheck(component, port),
            lines.cmd(component.start_command),
        ],
    )


def _base(component: Component) -> str:
    return f"node:{lines.version(component.version)}-slim"


def _built(component: Component, base: str, options: DockerfileOptions) -> list[str]:
    return [*build_stage(base, options), *_steps(component)]


def _steps(component: Component) -> list[str]:
    install, build = component.install_command, component.build_command
    # A build command without `npm run build` implies lifecycle scripts, which may read any file.
    early = bool(install and build and not build.startswith("npm run build"))
    return [
        "WORKDIR /app",
        *(["COPY . ."] if early else lines.copy(_manifests(component)) if install else []),
        *([lines.run(install)] if install else []),
        *(["COPY . ."] if build and not early else []),
        *([lines.run(build)] if build else []),
    ]


def _manifests(component: Component) -> list[str]:
    files = {component.local(each.file) for each in component.evidence}
    return [each for each in _MANIFESTS if each in files]


def _application(component: Component) -> list[str]:
    if component.build_command:
        return [lines.copy_built("/app", "/app")]
    packages = [lines.copy_built("/app/node_modules", "./node_modules")]
    return [*(packages if component.install_command else []), lines.copy_source()]


def _healthcheck(component: Component, port: int) -> str:
    worst = "400" if component.health_path else "500"
    return lines.healthcheck(["node", "-e", _PROBE, lines.url(port, component.health_path), worst])


def _site(component: Component, options: DockerfileOptions) -> str:
    port = component.port or nginx.PORT
    folder = SITE_FOLDERS.get(component.framework or "", "dist")
    single = component.framework in _SINGLE_PAGE
    page = [lines.copy_built("/tmp/site.conf", "/etc/nginx/conf.d/default.conf")]  # noqa: S108
    return joined(
        [
            *build_stage(_base(component), options),
            *([nginx.single_page(port)] if single else []),
            *_steps(component),
        ],
        [
            *final_stage(nginx.IMAGE, options),
            f"ENV PORT={port}",
            *(page if single else nginx.listen(port)),
            lines.copy_built(f"/app/{folder}/", f"{nginx.ROOT}/"),
            *served(port),
            nginx.healthcheck(port, "/"),
            nginx.command(),
        ],
    )
