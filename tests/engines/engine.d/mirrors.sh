# shellcheck shell=bash
# Sourced by engine: the package mirrors that this machine's own clients are set to.

npm_default() { env -i PATH="$PATH" npm config get registry --userconfig=/nonexistent --globalconfig=/dev/null 2>/dev/null; }

mirrors() {  # Only what differs from the clients' own defaults. Build arguments show in an image's history: no credentials.
  local key value
  for key in HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy https_proxy no_proxy; do
    if [[ ${!key:-} ]]; then echo "$key=${!key}"; fi
  done
  if value=$(pip config get global.index-url 2>/dev/null) || value=${PIP_INDEX_URL:-}; [[ $value ]]; then echo "PIP_INDEX_URL=$value"; fi
  if value=$(npm config get registry 2>/dev/null) && [[ $value != "$(npm_default)" ]]; then echo "NPM_CONFIG_REGISTRY=$value"; fi
  for key in GOPROXY GOSUMDB GONOSUMDB; do
    if value=$(go env -changed "$key" 2>/dev/null | sed "s/^[^=]*='\{0,1\}//; s/'$//") && [[ $value ]]; then echo "$key=$value"; fi
  done
}
