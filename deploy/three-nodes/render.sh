#!/usr/bin/env bash
# Fills a template of this folder for one node: render.sh CLUSTER_ENV NODE TEMPLATE, where NODE is 1, 2 or 3.
# Values of a node win over those of all: NODE_2_REST_PORT over REST_PORT. Writes to standard output.
set -euo pipefail

if (($# != 3)); then
  echo "usage: render.sh CLUSTER_ENV NODE TEMPLATE" >&2
  exit 2
fi
cluster=$1 node=$2 template=$3
[[ $node =~ ^[123]$ ]] || { echo "render.sh: the node is 1, 2 or 3, not '$node'" >&2; exit 2; }
# shellcheck source=/dev/null
. "$cluster"

value() { # NODE NAME
  local own="NODE_$1_$2"
  if [[ -n ${!own+set} ]]; then printf '%s' "${!own}"; else printf '%s' "${!2?"$2 is missing in $cluster"}"; fi
}

clients='' peers=''
for each in 1 2 3; do
  clients+=",$(value $each ADDRESS):$(value $each ETCD_CLIENT_PORT)"
  peers+=",n$each=http://$(value $each ADDRESS):$(value $each ETCD_PEER_PORT)"
done

# Asked for by name, as the rest.
# shellcheck disable=SC2034
NODE=n$node ETCD_CLIENTS=${clients#,} ETCD_PEERS=${peers#,}
text=$(<"$template")
while [[ $text =~ @([A-Z_]+)@ ]]; do
  name=${BASH_REMATCH[1]}
  filling=$(value "$node" "$name")
  # An empty password would let everybody in, or nobody; both are noticed too late.
  if [[ $name == *_PASSWORD && ! $filling =~ ^[A-Za-z0-9]{16,}$ ]]; then
    echo "render.sh: $name needs 16 letters and digits or more" >&2
    exit 1
  fi
  text=${text//"@$name@"/"$filling"}
done
printf '%s\n' "$text"
