"""Writes .dockerignore files: version history, secrets and build outputs are excluded."""

_ALWAYS = (
    ".git", ".gitignore", ".gitattributes", ".github", ".gitlab-ci.yml", ".idea", ".vscode",
    "**/.DS_Store", "Dockerfile*", "Containerfile", ".dockerignore", "docker-compose*",
    "compose.y*ml", "**/.env", "**/.env.*", "**/*.pem", "**/*.key", "**/id_rsa*", "**/id_ed25519*",
    "**/.aws", "**/.ssh", "**/.netrc", "**/.pypirc", "Procfile", "*.log",
)  # fmt: skip


def ignore_file(more: tuple[str, ...]) -> str:
    return "\n".join((*_ALWAYS, *more)) + "\n"
