"""Files that a web server serves, as any user and with a read-only root."""

from slipway.containerize.dockerfile import lines

IMAGE = "nginxinc/nginx-unprivileged:1.26"
ROOT = "/usr/share/nginx/html"
PORT = 8080
_PROBE = (
    "exec 3<>/dev/tcp/127.0.0.1/$1; printf 'GET %s HTTP/1.0\\r\\n\\r\\n' \"$2\" >&3; "
    'read -r _ status _ <&3; [ "$status" -lt 400 ]'
)


def healthcheck(port: int, path: str | None) -> str:
    """The image has bash, which opens a connection by itself."""
    return lines.healthcheck(["bash", "-ec", _PROBE, "probe", str(port), lines.probe_path(path)])


def listen(port: int) -> list[str]:
    """The image listens on 8080; its configuration belongs to the user that it runs as."""
    if port == PORT:
        return []
    return [lines.run(f"sed -i s/{PORT}/{port}/ /etc/nginx/conf.d/default.conf")]


def single_page(port: int) -> str:
    """Every address that is no file is the page's own: its script reads the address."""
    server = (
        f"server {{ listen {port}; root {ROOT}; index index.html; "
        "location / { try_files $uri $uri/ /index.html; } }"
    )
    return lines.run(f"printf '%s\\n' '{server}' > /tmp/site.conf")


def command() -> str:
    return lines.cmd("nginx -g 'daemon off;'")
