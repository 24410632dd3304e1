"""Node and Go projects as people really lay them out."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from slipway.containerize.analysis import analyze

Repository = Callable[[dict[str, str]], Path]


def package(**fields: Any) -> str:
    return json.dumps({"name": "shop", **fields}, indent=1)


@pytest.mark.parametrize(
    ("lock", "content", "manager", "command"),
    [
        ("package-lock.json", "{}", "npm", "npm ci --omit=dev"),
        ("pnpm-lock.yaml", "lockfileVersion: '6.0'\n", "pnpm", "npx --yes pnpm@8.15.9 install"),
        ("yarn.lock", "# yarn lockfile v1\n", "yarn", "npx --yes yarn@1.22.22 install --frozen"),
        ("yarn.lock", "__metadata:\n", "yarn", "env YARN_NODE_LINKER=node-modules npx --yes @yarn"),
    ],
)
def test_the_lock_names_the_manager(
    lock: str, content: str, manager: str, command: str, repository: Repository
) -> None:
    manifest = package(dependencies={"express": "5"})

    shop = analyze(repository({lock: content, "package.json": manifest, "app.js": ""})).component

    assert shop.package_manager == manager
    assert shop.install_command is not None
    assert shop.install_command.startswith(command)


def test_the_pinned_manager_wins_over_two_locks_and_the_quarrel_is_told(
    repository: Repository,
) -> None:
    files = {
        "package.json": package(packageManager="pnpm@9.1.0", dependencies={"koa": "2"}),
        "pnpm-lock.yaml": "lockfileVersion: '9.0'\n",
        "package-lock.json": "{}",
        "index.js": "",
    }

    shop = analyze(repository(files)).component

    assert shop.install_command == "npx --yes pnpm@9.1.0 install --frozen-lockfile --prod"
    assert "package_manager" in [each.about for each in shop.conflicts]


def test_a_build_needs_everything_and_leaves_what_runs(repository: Repository) -> None:
    scripts = {"build": "tsc", "start": "node dist/main.js"}
    manifest = package(scripts=scripts, dependencies={"express": "5"}, devDependencies={"ts": "5"})

    shop = analyze(repository({"package.json": manifest, "package-lock.json": "{}"})).component

    assert shop.install_command == "npm ci --no-audit --no-fund"
    assert shop.build_command == "npm run build && npm prune --omit=dev"
    assert shop.start_command == "node dist/main.js"


def test_a_site_that_is_built_needs_no_start_command(repository: Repository) -> None:
    manifest = package(scripts={"build": "vite build"}, devDependencies={"vite": "6"})

    shop = analyze(repository({"package.json": manifest})).component

    assert (shop.framework, shop.start_command, shop.port) == ("vite", None, 8080)


def test_a_main_that_does_not_exist_is_not_started(repository: Repository) -> None:
    manifest = package(main="lib/gone.js")

    shop = analyze(repository({"package.json": manifest, "server.js": ""})).component

    assert shop.start_command == "node server.js"


def test_of_several_go_programs_the_one_that_serves_is_built_and_the_rest_named(
    repository: Repository,
) -> None:
    files = {
        "go.mod": "module example.com/shop\n\ngo 1.25\n\nrequire github.com/lib/pq v1.10.9\n",
        "cmd/import/main.go": "package main\n\nfunc main() {\n}\n",
        "cmd/shopd/main.go": "package main\n\nfunc main() {\n"
        '\thttp.ListenAndServe(":9090", nil)\n}\n',
    }

    shop = analyze(repository(files)).component

    assert shop.build_command is not None
    assert shop.build_command.endswith("./cmd/shopd")
    assert (shop.port, shop.services, shop.version) == (9090, ("postgresql",), "1.25")
    assert "cmd/import" in shop.conflicts[0].message
