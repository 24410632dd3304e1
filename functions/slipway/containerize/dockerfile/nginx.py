"""Instructions for nginx serving static files, unprivileged and with a read-only root."""

from slipway.containerize.dockerfile import lines

IMAGE = "nginxinc/nginx-unprivileged:1.26"
ROOT = "/usr/share/nginx/html"
PORT = 8080
_PROBE = (
    "exec 3<>/dev/tcp/127.0.0.1/$1; printf 'GET %s HTTP/1.0\\r\\n\\r\\n' \"$2\" >&3; "
    'read -r _ status _ <&3; [ "$status" -lt 400 ]'
)


def healthcheck(port: int, path: str | None) -> str:
    """Probe with bash, which the image has, and its /dev/tcp."""
    return lines.healthcheck(["bash", "-ec", _PROBE, "probe", str(port), lines.probe_path(path)])


def listen(port: int) -> list[str]:
    """Change the image's default port 8080; its user may write the configuration."""
    if port == PORT:
        return []
    return [lines.run(f"sed -i s/{PORT}/{port}/ /etc/nginx/conf.d/default.conf")]


def single_page(port: int) -> str:
    """Serve index.html for every path that is not a file: the page's script routes it."""
    server = (
        f"server {{ listen {port}; root {ROOT}; index index.html; "
        "location / { try_files $uri $uri/ /index.html; } }"
    )
    return lines.run(f"printf '%s\\n' '{server}' > /tmp/site.conf")


def command() -> str:
    return lines.cmd("nginx -g 'daemon off;'")
