"""Derives a Node application's build and start commands: scripts, framework or main file."""

import re
from typing import NamedTuple

from slipway.containerize.analysis.folder import Folder, Found, table, text
from slipway.containerize.analysis.model import Evidence

# The framework is the first of these among the dependencies: the more specific come first.
SERVERS = {
    "next": 3000, "nuxt": 3000, "@remix-run/serve": 3000, "@nestjs/core": 3000,
    "@sveltejs/adapter-node": 3000, "astro": 4321, "@adonisjs/core": 3333,
    "@feathersjs/feathers": 3030,
    "express": 3000, "fastify": 3000, "koa": 3000, "@hapi/hapi": 3000, "hono": 3000, "polka": 3000,
}  # fmt: skip
# Tools that build static files, and the folder that they write to.
SITES = {
    "vite": "dist", "react-scripts": "build", "@vue/cli-service": "dist", "parcel": "dist",
    "gatsby": "public", "@11ty/eleventy": "_site", "@docusaurus/core": "build", "vitepress": "dist",
    "webpack": "dist",
}  # fmt: skip
_NAMES = {"@nestjs/core": "nestjs", "@remix-run/serve": "remix", "@hapi/hapi": "hapi",
          "react-scripts": "create-react-app", "@vue/cli-service": "vue-cli",
          "@sveltejs/adapter-node": "sveltekit", "@11ty/eleventy": "eleventy",
          "@docusaurus/core": "docusaurus", "@adonisjs/core": "adonis",
          "@feathersjs/feathers": "feathers"}  # fmt: skip
SITE_FOLDERS = {_NAMES.get(package, package): folder for package, folder in SITES.items()}
_MAIN_FILES = ("server.js", "index.js", "app.js", "main.js", "server.mjs", "index.mjs",
               "src/index.js", "src/server.js", "src/app.js", "src/main.js", "bin/www")  # fmt: skip
_BUILT = {"next": "next start", "nuxt": "node .output/server/index.mjs", "@nestjs/core":
          "node dist/main.js"}  # fmt: skip


class Start(NamedTuple):
    command: str
    evidence: Evidence


def framework_of(dependencies: list[Found]) -> Found | None:
    """The value is the framework's package, the evidence its line in package.json."""
    by_name = {each.value: each.evidence for each in dependencies}
    for package in (*SERVERS, *SITES):
        if package in by_name:
            return Found(package, by_name[package])
    return None


def name_of(package: str) -> str:
    return _NAMES.get(package, package)


def scripts_of(folder: Folder) -> dict[str, str]:
    scripts = table(folder.json("package.json"), "scripts")
    return {name: each for name, each in scripts.items() if isinstance(each, str)}


def start_of(folder: Folder, framework: Found | None) -> Start | None:
    """Return None for a library, and for a site that a web server serves."""
    web = folder.search("Procfile", r"^web:[ \t]*(\S.*)$")
    if web:
        return Start(_direct(folder, web.value), web.evidence)
    if framework and framework.value in SITES:
        return None
    scripts = scripts_of(folder)
    for name in ("start:prod", "start"):
        if name in scripts:
            where = folder.at("package.json", f'"{name}"')
            return Start(_unwrapped(scripts, name), where)
    if framework and framework.value in _BUILT:
        return Start(_BUILT[framework.value], framework.evidence)
    return _main(folder)


def _unwrapped(scripts: dict[str, str], name: str) -> str:
    """Return the script itself: npm as PID 1 forwards no signals and needs a writable home.

    npm is kept if the script has pre or post hooks.
    """
    if f"pre{name}" in scripts or f"post{name}" in scripts:
        return f"npm run {name}"
    return scripts[name].strip()


def _direct(folder: Folder, command: str) -> str:
    match = re.fullmatch(r"(?:npm|yarn|pnpm)(?: run)? ([\w:-]+)", command.strip())
    scripts = scripts_of(folder)
    return _unwrapped(scripts, match.group(1)) if match and match.group(1) in scripts else command


def _main(folder: Folder) -> Start | None:
    declared = text(folder.json("package.json").get("main"))
    if declared and re.fullmatch(r"[\w./-]+", declared):
        name = declared.removeprefix("./")
        for candidate in (name, f"{name}.js"):
            if folder.has(candidate) and candidate.endswith((".js", ".mjs", ".cjs")):
                return Start(f"node {candidate}", folder.at("package.json", '"main"'))
    file = folder.first(*_MAIN_FILES)
    return Start(f"node {file}", folder.at(file)) if file else None


def build_of(scripts: dict[str, str]) -> str | None:
    return "npm run build" if scripts.get("build", "").strip() else None
