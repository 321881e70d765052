#!/usr/bin/env bash
# The three-node set-up on one machine: three times etcd, Patroni and PostgreSQL on 127.0.0.1, all in one folder, from
# the same templates as real machines. For trying it and for tests, which kill nodes and watch; never for data.
#
#   loopback.sh start DIR [--ports BASE] [--user NAME]   makes the folder at the first time; waits until it is healthy
#   loopback.sh status DIR                               a table of the nodes
#   loopback.sh leader DIR                               number of the node that is the leader now, or exit code 1
#   loopback.sh url DIR                                  for `stator serve --store`; the password is in DIR/stator.password
#   loopback.sh wait-healthy DIR [SECONDS]               a leader, all nodes that run are streaming, one is synchronous
#   loopback.sh kill-node DIR N                          kill -9 of etcd, Patroni and PostgreSQL: a dead machine
#   loopback.sh kill-patroni DIR N                       kill -9 of Patroni alone; PostgreSQL runs on, unattended
#   loopback.sh pause-node DIR N                         a machine that hangs: stopped as it is, with all connections open
#   loopback.sh resume-node DIR N                        it goes on as if nothing had happened
#   loopback.sh start-node DIR N                         after kill-node or kill-patroni
#   loopback.sh stop DIR                                 in order; `start` goes on from there
#   loopback.sh remove DIR                               kill -9 of everything, and the folder is gone
#   loopback.sh remove-at-end DIR                        the same when its standard input ends, as with the caller's life
#
# PostgreSQL refuses to run as root: root makes a user and runs everything as that one.
set -euo pipefail
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
healthy_seconds=90
stop_seconds=30

main() {
  local command=${1:-} dir=${2:-}
  case $command in
    start | status | leader | url | wait-healthy | kill-node | kill-patroni | pause-node | resume-node | start-node |\
      stop | remove | remove-at-end) ;;
    *) sed -n '2,19s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
  esac
  [[ $dir == /* ]] || fail "the folder is a full path, not '$dir'"
  root=$dir
  shift 2
  if [[ $command != start && $command != remove-at-end ]]; then
    [[ -f $root/cluster.env ]] || fail "there is no set-up in $root"
    # shellcheck source=/dev/null
    . "$root/cluster.env"
  fi
  "${command//-/_}" "$@"
}

fail() {
  echo "loopback.sh: $*" >&2
  exit 1
}

start() {
  local base='' user=statorpg
  while (($# > 0)); do
    case $1 in
      --ports) base=${2:?--ports needs a number} ;;
      --user) user=${2:?--user needs a name} ;;
      *) fail "start does not know '$1'" ;;
    esac
    shift 2
  done
  if [[ ! -f $root/cluster.env ]]; then create "$base" "$user"; fi
  # shellcheck source=/dev/null
  . "$root/cluster.env"
  local node
  for node in 1 2 3; do start_node "$node"; done
  wait_healthy "$healthy_seconds"
  make_store
}

# A folder with the answers to all questions in cluster.env, and three configurations.
create() { # BASE USER
  local base=$1 user=$2 node program
  for program in /usr/bin/patroni etcd setsid setpriv psql; do
    command -v "$program" >/dev/null || fail "$program is missing: apt-get install patroni etcd-server python3-etcd postgresql"
  done
  [[ -x $(bin_dir)/postgres ]] || fail "PostgreSQL is missing: apt-get install postgresql"
  if [[ $(id -u) == 0 ]]; then
    id "$user" >/dev/null 2>&1 || useradd --system --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$user"
  else
    user=$(id -un)
  fi
  [[ ! -e $root || -z $(ls -A "$root") ]] || fail "$root is not empty"
  mkdir -p "$root"
  chmod 700 "$root"
  [[ -n $base ]] || base=$(free_ports)
  settings "$base" "$user" >"$root/cluster.env.new"
  secret >"$root/stator.password"
  for node in 1 2 3; do
    mkdir "$root/n$node"
    "$here/render.sh" "$root/cluster.env.new" "$node" "$here/patroni.yml" >"$root/n$node/patroni.yml"
    "$here/render.sh" "$root/cluster.env.new" "$node" "$here/etcd.env" >"$root/n$node/etcd.env"
  done
  if [[ $(id -u) == 0 ]]; then chown -R "$user:" "$root"; fi
  USER_NAME=$user
  as_user test -w "$root/n1" || fail "user $user cannot reach $root; choose a folder below one that all may enter, as /tmp"
  mv "$root/cluster.env.new" "$root/cluster.env"
}

settings() { # BASE USER
  local base=$1 node
  echo "USER_NAME=$2"
  echo "NETWORK=127.0.0.1/32"
  echo "BIN_DIR=$(bin_dir)"
  # Empty: no sockets, since a folder's name may be longer than a socket's may be.
  echo "SOCKET_DIR="
  echo "SHARED_BUFFERS=64MB"
  echo "WAL_KEEP_SIZE=256MB"
  echo "WATCHDOG=off"
  echo "TLS_DIR=/nonexistent"
  echo "SSL=off"
  echo "SSLMODE=disable"
  echo "HBA=host"
  for node in 1 2 3; do
    echo "NODE_${node}_ADDRESS=127.0.0.1"
    echo "NODE_${node}_POSTGRES_PORT=$((base + node - 1))"
    echo "NODE_${node}_REST_PORT=$((base + node + 2))"
    echo "NODE_${node}_ETCD_CLIENT_PORT=$((base + node + 5))"
    echo "NODE_${node}_ETCD_PEER_PORT=$((base + node + 8))"
    echo "NODE_${node}_DATA_DIR=$root/n$node/data"
    echo "NODE_${node}_PGPASS=$root/n$node/pgpass"
    echo "NODE_${node}_ETCD_DIR=$root/n$node/etcd"
  done
  echo "SUPERUSER_PASSWORD=$(secret)"
  echo "REPLICATION_PASSWORD=$(secret)"
  echo "REWIND_PASSWORD=$(secret)"
  echo "REST_PASSWORD=$(secret)"
}

secret() { od -An -tx1 -N20 /dev/urandom | tr -d ' \n'; echo; }

bin_dir() {
  local found
  found=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -t/ -k5 -n | tail -n 1)
  echo "${found:-/usr/lib/postgresql/15/bin}"
}

# Twelve free ports in a row, below those that outgoing connections take at random.
free_ports() {
  local try base offset
  for try in {1..200}; do
    base=$((12000 + (RANDOM * 32768 + RANDOM) % 1600 * 12))
    for offset in {0..11}; do
      if (exec 3<>"/dev/tcp/127.0.0.1/$((base + offset))") 2>/dev/null; then continue 2; fi
    done
    echo "$base"
    return
  done
  fail "found no twelve free ports in a row after $try tries"
}

start_node() { # N
  local node=$1
  check_node "$node"
  touch "$root/n$node/wanted"
  local running=$root/n$node
  if ! alive "$running/etcd.pid"; then
    # shellcheck source=/dev/null
    (set -a && . "$running/etcd.env" && set +a && launch "$running/etcd" etcd)
  fi
  if ! alive "$running/patroni.pid"; then launch "$running/patroni" /usr/bin/patroni "$running/patroni.yml"; fi
}

# In a session of its own and with no file of ours open, so that it outlives whoever called.
launch() { # NAME COMMAND...
  local name=$1 prefix=()
  shift
  if [[ $(id -u) == 0 ]]; then prefix=(setpriv "--reuid=$USER_NAME" "--regid=$USER_NAME" --init-groups); fi
  cd /
  HOME=$root PATH=/usr/bin:/bin setsid "${prefix[@]}" "$@" </dev/null >>"$name.log" 2>&1 &
  echo $! >"$name.pid"
}

as_user() {
  if [[ $(id -u) == 0 ]]; then setpriv "--reuid=$USER_NAME" "--regid=$USER_NAME" --init-groups "$@"; else "$@"; fi
}

# A process id may have been given to somebody else meanwhile; ours have the folder in their command line or environment.
alive() { # PID_FILE
  local pid
  [[ -f $1 ]] && read -r pid <"$1" && [[ -d /proc/$pid ]] || return 1
  grep -qF -- "$root" "/proc/$pid/cmdline" 2>/dev/null || grep -qF -- "HOME=$root" "/proc/$pid/environ" 2>/dev/null
}

# All that runs of a node into the array `found`: etcd, Patroni, PostgreSQL and its children. PostgreSQL is stopped first,
# so that it forks nothing between our look at its children and what is done to them.
find_processes() { # N
  local name postmaster
  found=()
  for name in patroni etcd; do
    if alive "$root/n$1/$name.pid"; then found+=("$(<"$root/n$1/$name.pid")"); fi
  done
  if alive "$root/n$1/data/postmaster.pid"; then
    read -r postmaster <"$root/n$1/data/postmaster.pid"
    kill -STOP "$postmaster" 2>/dev/null || true
    # shellcheck disable=SC2207
    found+=("$postmaster" $(pgrep -P "$postmaster" || true))
  fi
}

kill_node() { # N
  check_node "$1"
  rm -f "$root/n$1/wanted"
  find_processes "$1"
  if ((${#found[@]} > 0)); then kill -9 "${found[@]}" 2>/dev/null || true; fi
  gone 10 "${found[@]}" || fail "node $1 does not die: ${found[*]}"
}

pause_node() { # N
  check_node "$1"
  find_processes "$1"
  ((${#found[@]} > 0)) || fail "nothing runs on node $1"
  rm -f "$root/n$1/wanted"
  kill -STOP "${found[@]}" 2>/dev/null || true
}

resume_node() { # N
  check_node "$1"
  find_processes "$1"
  ((${#found[@]} > 0)) || fail "nothing runs on node $1"
  touch "$root/n$1/wanted"
  kill -CONT "${found[@]}" 2>/dev/null || true
}

kill_patroni() { # N
  check_node "$1"
  alive "$root/n$1/patroni.pid" || fail "Patroni of node $1 does not run"
  local pid
  pid=$(<"$root/n$1/patroni.pid")
  kill -9 "$pid"
  gone 10 "$pid" || fail "Patroni of node $1 does not die"
}

# Waits until no such process runs; one that nobody has waited for is as good as gone.
gone() { # SECONDS PID...
  local deadline=$((SECONDS + $1)) pid state
  shift
  for pid in "$@"; do
    while state=$(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null) && [[ $state != Z* ]]; do
      ((SECONDS < deadline)) || return 1
      sleep 0.05
    done
  done
}

check_node() { [[ ${1:-} =~ ^[123]$ ]] || fail "the node is 1, 2 or 3, not '${1:-}'"; }

setting() { local name="NODE_$1_$2"; echo "${!name}"; }

# The status code of Patroni's answer; 000 when there is none within two seconds.
rest() { # N PATH
  local port
  port=$(setting "$1" REST_PORT)
  # shellcheck disable=SC2016
  timeout 2 bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$0" && printf "HEAD %s HTTP/1.0\r\n\r\n" "$1" >&3 && read -r _ code _ <&3 && cat <&3 >/dev/null && echo "$code"' \
    "$port" "$2" 2>/dev/null || echo 000
}

leader() {
  local node
  for node in 1 2 3; do
    # Patroni says yes when it has the lock; PostgreSQL takes commits a moment later.
    if [[ $(rest "$node" /primary) == 200 && $(superuser_sql "$node" "SELECT pg_is_in_recovery()") == f ]]; then
      echo "$node"
      return
    fi
  done
  return 1
}

superuser_sql() { # N SQL
  PGPASSWORD=$SUPERUSER_PASSWORD PGCONNECT_TIMEOUT=2 PGOPTIONS='-c statement_timeout=5000' \
    psql -X -h 127.0.0.1 -p "$(setting "$1" POSTGRES_PORT)" -U postgres -d postgres -Atq -c "$2" 2>/dev/null
}

wait_healthy() { # [SECONDS]
  local deadline=$((SECONDS + ${1:-$healthy_seconds}))
  until healthy; do
    ((SECONDS < deadline)) || fail "not healthy after ${1:-$healthy_seconds} s: ${why:-no leader}; see $root/n*/patroni.log"
    sleep 0.2
  done
}

healthy() {
  local first node wanted=0 named=0 counts
  why='no leader'
  first=$(leader) || return 1
  for node in 1 2 3; do
    if [[ ! -f $root/n$node/wanted ]]; then continue; fi
    wanted=$((wanted + 1))
    if [[ $node != "$first" && $(rest "$node" /sync) == 200 ]]; then named=1; fi
  done
  why='no standby is named as synchronous'
  ((named == 1)) || return 1
  why='standbys are missing'
  counts=$(superuser_sql "$first" "SELECT count(*) FILTER (WHERE state = 'streaming') || ' ' ||
    count(*) FILTER (WHERE sync_state = 'sync') FROM pg_stat_replication WHERE application_name LIKE 'n_'") || return 1
  [[ $counts == "$((wanted - 1)) 1" ]]
}

# The database and its role, through the leader, as docs/deploy/three-nodes.md does it.
make_store() {
  local first
  first=$(leader) || fail "the leader is gone"
  STATOR_PASSWORD=$(<"$root/stator.password") PGPASSWORD=$SUPERUSER_PASSWORD PGOPTIONS='-c client_min_messages=warning' \
    timeout 20 psql -X -q -h 127.0.0.1 -p "$(setting "$first" POSTGRES_PORT)" -U postgres -f "$here/role.sql" >/dev/null
}

url() {
  local node hosts=
  for node in 1 2 3; do hosts+=",127.0.0.1:$(setting "$node" POSTGRES_PORT)"; done
  echo "postgres://stator@${hosts#,}/stator"
}

status() {
  local node
  for node in 1 2 3; do
    printf 'n%s  postgres %s  rest %s  etcd %s  %s\n' "$node" "$(setting "$node" POSTGRES_PORT)" "$(setting "$node" REST_PORT)" \
      "$(setting "$node" ETCD_CLIENT_PORT)" "$(processes "$node")"
  done
  for node in 1 2 3; do
    if [[ $(rest "$node" /liveness) == 000 ]]; then continue; fi
    timeout 10 patronictl -c "$root/n$node/patroni.yml" list
    return
  done
  echo "no Patroni answers"
}

processes() { # N
  local text='' name
  for name in etcd patroni; do if alive "$root/n$1/$name.pid"; then text+=" $name"; fi; done
  if alive "$root/n$1/data/postmaster.pid"; then text+=" postgres"; fi
  echo "runs:${text:- nothing}"
}

# Standbys first: nobody takes over from a leader that stops last.
stop() {
  local last node pid
  last=$(leader) || last=3
  for node in 1 2 3; do if [[ $node != "$last" ]]; then stop_patroni "$node"; fi; done
  stop_patroni "$last"
  for node in 1 2 3; do
    rm -f "$root/n$node/wanted"
    if alive "$root/n$node/etcd.pid"; then
      pid=$(<"$root/n$node/etcd.pid")
      kill "$pid"
      gone 5 "$pid" || true
    fi
    kill_node "$node"
  done
}

stop_patroni() { # N
  if ! alive "$root/n$1/patroni.pid"; then return 0; fi
  local pid
  pid=$(<"$root/n$1/patroni.pid")
  kill "$pid"
  gone "$stop_seconds" "$pid" || echo "loopback.sh: node $1 did not stop in $stop_seconds s and is killed" >&2
}

remove() {
  local node
  for node in 1 2 3; do kill_node "$node"; done
  rm -rf "$root"
}

remove_at_end() {
  cat >/dev/null
  # It may be removed already, and it may never have been started.
  if [[ ! -f $root/cluster.env ]]; then return 0; fi
  # shellcheck source=/dev/null
  . "$root/cluster.env"
  remove
}

main "$@"
