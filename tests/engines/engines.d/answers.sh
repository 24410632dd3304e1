# shellcheck shell=bash
# Sourced by engines: does it answer?

engine_answers() { # engine_answers DOCKER_HOST
  if has docker; then DOCKER_HOST=$1 timeout 10 docker version >/dev/null 2>&1; return; fi
  [[ $1 == unix://* ]] && has curl && curl -fsS --max-time 5 -o /dev/null --unix-socket "${1#unix://}" http://engine/_ping 2>/dev/null
}

registry_answers() { # registry_answers HOST:PORT; one that asks for a password answers too
  has curl && curl -sS --noproxy '*' -o /dev/null --max-time 5 "http://$1/v2/" 2>/dev/null ||
    { has curl && curl -sS -o /dev/null --max-time 5 "https://$1/v2/" 2>/dev/null; }
}

cluster_answers() { # cluster_answers KUBECONFIG: its first server; who we are there is left to the client
  local server
  server=$(sed -n 's/^ *server: *//p' "${1%%:*}" 2>/dev/null | sed -n 1p)
  [[ $server ]] && has curl && curl -ksS --noproxy '*' --max-time 5 -o /dev/null "$server/readyz" 2>/dev/null
}
