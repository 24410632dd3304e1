# shellcheck shell=bash disable=SC2154
# The API server, as it is started and as it is ended for a while; sourced by ../cluster.

without_proxies() { # from here on all traffic stays on this machine
  unset HTTP_PROXY HTTPS_PROXY ALL_PROXY http_proxy https_proxy all_proxy
}

spawn_apiserver() {
  local etcd=http://127.0.0.1:$((port + 1)) pki=$state/pki
  spawn kube-apiserver "$bin/kube-apiserver" --etcd-servers="$etcd" --bind-address=127.0.0.1 \
    --advertise-address=127.0.0.1 --secure-port="$port" --endpoint-reconciler-type=none \
    --tls-cert-file="$pki/apiserver.crt" --tls-private-key-file="$pki/apiserver.key" \
    --client-ca-file="$pki/ca.crt" --token-auth-file="$pki/tokens.csv" --anonymous-auth=false \
    --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction --allow-privileged=true \
    --kubelet-client-certificate="$pki/kubelet-client.crt" --kubelet-client-key="$pki/kubelet-client.key" \
    --kubelet-preferred-address-types=InternalIP --service-cluster-ip-range="$service_prefix.0/24" \
    --service-account-issuer=https://kubernetes.default.svc \
    --service-account-key-file="$pki/sa.key" --service-account-signing-key-file="$pki/sa.key"
}

# It comes back whatever becomes of the one who asked: then, too, standard input ends.
without_apiserver() {
  lock
  all_alive || die "no cluster of ours runs in $state"
  port=$(<"$state/port")
  without_proxies
  trap : INT TERM HUP
  end kube-apiserver
  echo "the API server is dead"
  read -r -t 120 || true
  spawn_apiserver
  wait_for 120 "the API server" kctl get --raw /readyz
  wait_for 120 "the node" kctl wait --for=condition=Ready "node/$node" --timeout=1s
}
