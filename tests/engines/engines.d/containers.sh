# shellcheck shell=bash disable=SC2154
# Sourced by engines: registry and cluster as containers of a Docker Engine that reaches Docker Hub.

registry_container() {
  docker start slipway-registry >/dev/null 2>&1 ||
    docker run --detach --name slipway-registry --publish "$SLIPWAY_ENGINE_REGISTRY:5000" \
      --env REGISTRY_STORAGE_DELETE_ENABLED=true registry:2 >/dev/null ||
    fail 'no registry: name one in SLIPWAY_REGISTRY'
  remember registry
  local end=$((SECONDS + 30))
  until registry_answers "$SLIPWAY_ENGINE_REGISTRY"; do
    ((SECONDS < end)) || fail "the registry does not answer on $SLIPWAY_ENGINE_REGISTRY (docker logs slipway-registry)"
    sleep 0.2
  done
}

# Inside the nodes 127.0.0.1 is the node: they reach the registry by its container's name.
join_registry() { # join_registry NETWORK
  docker network connect "$1" slipway-registry 2>/dev/null || docker network inspect "$1" | grep -q slipway-registry ||
    fail "the cluster reaches a registry only as a container: free $SLIPWAY_ENGINE_REGISTRY, then once more"
}

kind_cluster() {
  local node folder=/etc/containerd/certs.d/$SLIPWAY_ENGINE_REGISTRY
  KUBECONFIG=$state/kubeconfig
  if ! kind get clusters 2>/dev/null | grep -qx slipway; then
    remember kind
    kind create cluster --name slipway --kubeconfig "$KUBECONFIG" --wait 180s --config - <<'YAML'
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
containerdConfigPatches:
- |-
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "/etc/containerd/certs.d"
YAML
  fi
  kind export kubeconfig --name slipway --kubeconfig "$KUBECONFIG"
  for node in $(kind get nodes --name slipway); do
    docker exec "$node" mkdir -p "$folder"
    echo '[host."http://slipway-registry:5000"]' | docker exec -i "$node" cp /dev/stdin "$folder/hosts.toml"
  done
  join_registry kind
}

k3d_cluster() {
  KUBECONFIG=$state/kubeconfig
  if ! k3d cluster get slipway >/dev/null 2>&1; then
    remember k3d
    printf 'mirrors:\n  "%s":\n    endpoint: ["http://slipway-registry:5000"]\n' "$SLIPWAY_ENGINE_REGISTRY" >"$state/k3d-registries.yaml"
    k3d cluster create slipway --network slipway --registry-config "$state/k3d-registries.yaml" \
      --kubeconfig-update-default=false --wait
  fi
  k3d kubeconfig get slipway >"$KUBECONFIG"
  join_registry slipway
}
