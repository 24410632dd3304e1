"""Decide at the start, from settings and availability, which parts are real or rehearsed."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from slipway.settings import Settings
from slipway_local.engines import answers

DEFAULT_SOCKET = Path("/var/run/docker.sock")
IN_MEMORY = "in memory"
DEFAULT_KUBECONFIG = Path("~/.kube/config")


class Unreachable(Exception):  # noqa: N818  (named after the condition)
    """A part that a setting names is not available; the message names the setting."""

    def __init__(self, part: "Part") -> None:
        super().__init__(f"{part.setting}: {part.missing}")
        self.fix = part.fix


@dataclass(frozen=True)
class Rehearsal:
    """The parts that are replaced in memory, and why, for users. Empty: everything is real."""

    parts: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.parts)

    @property
    def line(self) -> str | None:
        if not self.parts:
            return None
        return f"REHEARSAL: {_and(self.parts)} in memory, nothing real is created"


@dataclass(frozen=True)
class Part:
    """`missing` is why the part cannot be used, or None. `setting` is None for a default."""

    name: str
    where: str
    setting: str | None
    missing: str | None

    @property
    def fix(self) -> str:
        """What to do when it is missing."""
        if self.setting:
            return f"start it, or correct {self.setting}"
        return "name one, or `make engines` in a checkout; until then an in-memory one is used"


def look(
    settings: Settings,
    default_socket: Path = DEFAULT_SOCKET,
    default_kubeconfig: Path = DEFAULT_KUBECONFIG,
) -> Rehearsal:
    """Raises Unreachable for a part that a setting names; only defaults may be replaced."""
    found = parts(settings, default_socket, default_kubeconfig)
    for each in found:
        if each.missing and each.setting:
            raise Unreachable(each)
    return stood_in(*found)


def stood_in(engine: Part, registry: Part, cluster: Part) -> Rehearsal:
    """Without engine or registry everything is rehearsed: no cluster can pull an image from memory.

    An engine is of no use without a registry, so a real run needs SLIPWAY_REGISTRY.
    """
    if engine.missing or registry.missing:
        reasons = tuple(each.missing for each in (engine, registry) if each.missing)
        return Rehearsal(("engine", "registry", "cluster"), reasons)
    return Rehearsal(("cluster",), (cluster.missing,)) if cluster.missing else Rehearsal()


def parts(
    settings: Settings,
    default_socket: Path = DEFAULT_SOCKET,
    default_kubeconfig: Path = DEFAULT_KUBECONFIG,
) -> tuple[Part, Part, Part]:
    """Return engine, registry and cluster, checked concurrently."""
    with ThreadPoolExecutor(3) as pool:
        looks = (
            pool.submit(_engine, settings, default_socket),
            pool.submit(_registry, settings),
            pool.submit(_cluster, settings, default_kubeconfig.expanduser()),
        )
        engine, registry, cluster = (each.result() for each in looks)
    return engine, registry, cluster


def world(settings: Settings, rehearsal: Rehearsal) -> dict[str, str]:
    """Return the engine and cluster that workflows act on; equal texts mean the same place.

    A cluster is identified by its current context's server, because files and contexts change.
    """
    kubeconfig = _file(settings.kubeconfig) if settings.kubeconfig else DEFAULT_KUBECONFIG
    named = {
        "engine": answers.plain_address(settings.docker_host or f"unix://{DEFAULT_SOCKET}"),
        "cluster": _server(kubeconfig.expanduser()),
    }
    return {part: IN_MEMORY if part in rehearsal.parts else place for part, place in named.items()}


def acts_on(settings: Settings, rehearsal: Rehearsal) -> dict[str, str]:
    """Return engine and cluster as `world` does, and the registry for new images."""
    registry = IN_MEMORY if "registry" in rehearsal.parts else settings.registry
    return {**world(settings, rehearsal), **({"registry": registry} if registry else {})}


def _server(kubeconfig: Path) -> str:
    try:
        return answers.plain_address(answers.server(kubeconfig))
    except answers.UNREADABLE:
        return str(kubeconfig)  # not usable: reported where the cluster is needed


def _file(kubeconfig: str) -> Path:
    return Path(kubeconfig.partition(":")[0]).expanduser()


def _engine(settings: Settings, default: Path) -> Part:
    if host := settings.docker_host:
        trouble = answers.engine(host, tls=settings.docker_cert_path is not None)
        return Part("engine", host, "DOCKER_HOST", trouble and f"{host}: {trouble}")
    where = f"unix://{default}"
    if not default.exists():
        return Part("engine", where, None, "no Docker Engine: install one, or set DOCKER_HOST")
    trouble = answers.engine(where, tls=False)
    return Part("engine", where, None, trouble and f"the Docker Engine at {default}: {trouble}")


def _registry(settings: Settings) -> Part:
    where = settings.registry
    if not where:
        return Part("registry", "-", None, "no registry to push to: set SLIPWAY_REGISTRY")
    trouble = answers.registry(where)
    return Part("registry", where, "SLIPWAY_REGISTRY", trouble and f"{where}: {trouble}")


def _cluster(settings: Settings, default: Path) -> Part:
    if settings.kubeconfig:
        path = _file(settings.kubeconfig)
        trouble = answers.cluster(path)
        return Part("cluster", str(path), "KUBECONFIG", trouble and f"{path}: {trouble}")
    if not default.exists():
        return Part("cluster", str(default), None, "no Kubernetes cluster: set KUBECONFIG")
    trouble = answers.cluster(default)
    return Part("cluster", str(default), None, trouble and f"the cluster of {default}: {trouble}")


def _and(parts: tuple[str, ...]) -> str:
    return ", ".join(parts[:-1]) + " and " + parts[-1] if len(parts) > 1 else parts[0]
