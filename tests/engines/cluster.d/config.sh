# shellcheck shell=bash disable=SC2154
# Keys, kubeconfigs and configuration files of the cluster; sourced by ../cluster.

certificate() { # NAME SUBJECT EXTENSION: a key and a certificate of the cluster's own CA
  openssl req -newkey rsa:2048 -nodes -keyout "$1.key" -subj "$2" -out "$1.csr" 2>/dev/null
  openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 365 \
    -extfile <(echo "$3") -out "$1.crt" 2>/dev/null
}

kubeconfig() { # USER GROUPS: prints a kubeconfig and registers its token
  local token
  token=$(openssl rand -hex 16)
  echo "$token,$1,$1,\"$2\"" >>tokens.csv
  cat <<EOF
apiVersion: v1
kind: Config
current-context: slipway-cluster
clusters:
- name: slipway-cluster
  cluster:
    server: https://127.0.0.1:$port
    certificate-authority-data: $(base64 -w0 ca.crt)
contexts:
- name: slipway-cluster
  context: {cluster: slipway-cluster, user: "$1"}
users:
- name: "$1"
  user: {token: $token}
EOF
}

trust_registries() { # containerd reads these files anew at every pull
  local registry
  for registry in $registries; do
    mkdir -p "$state/certs.d/$registry"
    cat >"$state/certs.d/$registry/hosts.toml" <<EOF
server = "http://$registry"
[host."http://$registry"]
  capabilities = ["pull", "resolve"]
EOF
  done
}

configure() {
  umask 077
  mkdir -p "$state"/{pki,cni,certs.d,node/{lib,log,run,sysctl}}
  echo "$port" >"$state/port"
  cd "$state/pki" || return
  openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -days 365 \
    -subj /CN=slipway-cluster 2>/dev/null
  certificate apiserver /CN=kube-apiserver \
    "subjectAltName=IP:127.0.0.1,IP:$service_prefix.1,DNS:localhost,DNS:kubernetes.default.svc"
  certificate kubelet-client /O=system:masters/CN=kube-apiserver extendedKeyUsage=clientAuth
  openssl genrsa -out sa.key 2048 2>/dev/null
  kubeconfig admin system:masters >"$state/kubeconfig"
  kubeconfig system:kube-controller-manager "" >"$state/kube-controller-manager.kubeconfig"
  kubeconfig system:kube-scheduler "" >"$state/kube-scheduler.kubeconfig"
  kubeconfig "system:node:$node" system:nodes >"$state/kubelet.kubeconfig"

  trust_registries

  # The pods share one link with this machine. It has no gateway and is no bridge, so
  # that neither the machine's forwarding nor its firewall rules (dockerd's drop
  # bridged packets) play a part, and no pod has a route to anywhere else.
  cat >"$state/cni/10-pods.conflist" <<EOF
{"cniVersion": "0.4.0", "name": "pods", "plugins": [
  {"type": "macvlan", "mode": "bridge", "master": "${link}p",
   "ipam": {"type": "host-local", "ranges": [[{"subnet": "$subnet.0/24", "rangeStart": "$subnet.10"}]]}}]}
EOF

  # Some machines (a container, a small VM) may not lower a process's
  # oom_score_adj: containerd then must not try.
  cat >"$state/containerd.toml" <<EOF
version = 2
root = "$state/containerd"
state = "$state/containerd-run"
[grpc]
  address = "$state/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$pause_image"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$state/cni"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "$state/certs.d"
EOF

  cat >"$state/kubelet.yaml" <<EOF
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $subnet.1
port: $((port + 3))
healthzPort: 0
authentication:
  anonymous: {enabled: false}
  webhook: {enabled: true}
  x509: {clientCAFile: $state/pki/ca.crt}
authorization: {mode: Webhook}
containerRuntimeEndpoint: unix://$state/containerd.sock
volumePluginDir: $state/kubelet/volume-plugins
cgroupDriver: cgroupfs
cgroupRoot: /$cgroup
failCgroupV1: false
failSwapOn: false
oomScoreAdj: 0
makeIPTablesUtilChains: false
resolvConf: ""
clusterDomain: cluster.local
clusterDNS: [$service_prefix.10]
serializeImagePulls: false
imageGCHighThresholdPercent: 100
evictionHard: {memory.available: 50Mi, nodefs.available: 1%}
EOF
}
