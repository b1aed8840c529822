#!/usr/bin/env bash
# A real Elasticsearch server for tests and measurements, on loopback, as an unprivileged user.
#
#   tools/elasticsearch.sh start    one node      tools/elasticsearch.sh cluster    three nodes
#   tools/elasticsearch.sh secure   one node behind TLS (an authority of its own) that knows its users
#   tools/elasticsearch.sh stop     end just those
#
# The genuine distribution comes from Maven Central (org.elasticsearch.distribution.integ-test-zip) by the ordinary
# client and is kept outside the checkout. HUIYING_TEST_ELASTICSEARCH_VERSION (8.19.8), …_PORT (9250; a cluster takes two
# ports for each node from there on), …_HEAP (512m) and …_RUN (where a server keeps its data) may be set.
set -euo pipefail

version=${HUIYING_TEST_ELASTICSEARCH_VERSION:-8.19.8}
first_port=${HUIYING_TEST_ELASTICSEARCH_PORT:-9250}
heap=${HUIYING_TEST_ELASTICSEARCH_HEAP:-512m}
if [ "$(id -u)" = 0 ]; then cache=/var/cache/huiying; else cache=${XDG_CACHE_HOME:-$HOME/.cache}/huiying; fi
run=${HUIYING_TEST_ELASTICSEARCH_RUN:-/tmp/huiying-elasticsearch-$(id -u)}
home=$cache/elasticsearch-$version
plugin=org.apache.maven.plugins:maven-dependency-plugin:3.8.1

# The server refuses to run as root.
as_owner() {
  if [ "$(id -u)" = 0 ]; then (cd / && runuser -u nobody -- "$@"); else "$@"; fi
}

java_version() { "$1/bin/java" -version 2>&1 | sed -nE 's/.*version "([0-9]+).*/\1/p'; }

# The oldest Java that this server runs on: 17 for 8.x, 21 for 9.x.
find_java() {
  local least=17 best='' best_version=999 home found
  case $version in 9.*) least=21 ;; esac
  for home in "${JAVA_HOME:-}" /usr/lib/jvm/* /opt/java/*; do
    [ -n "$home" ] && [ -x "$home/bin/java" ] || continue
    found=$(java_version "$home")
    if [ "${found:-0}" -ge "$least" ] && [ "$found" -lt "$best_version" ]; then best=$home best_version=$found; fi
  done
  [ -n "$best" ] || { echo "Elasticsearch $version 需要 Java $least 或更新版本(apt install openjdk-17-jre-headless)。" >&2; return 1; }
  echo "$best"
}

fetch() {
  [ -x "$home/bin/elasticsearch" ] && return
  command -v mvn >/dev/null || { echo "没有找到 Maven,请先安装(apt install maven)。" >&2; exit 1; }
  mkdir -p "$cache"
  mvn -q "$plugin:unpack" -DoutputDirectory="$cache" \
    -Dartifact="org.elasticsearch.distribution.integ-test-zip:elasticsearch:$version:zip"
  chmod -R go+rX "$home"
}

# start_node NAME HTTP_PORT SEEDS NAMES: SEEDS and NAMES are empty for a node of its own.
start_node() {
  local node=$run/$1 java
  java=$(find_java)
  mkdir -p "$node"
  cp -r "$home/config" "$node/config"
  {
    echo "cluster.name: huiying-$first_port"
    echo "node.name: $1"
    echo "path.data: $node/data"
    echo "path.logs: $node/logs"
    echo "network.host: 127.0.0.1"
    echo "http.port: $2"
    echo "transport.port: $(($2 + 1))"
    [ -n "${secret:-}" ] || echo "xpack.security.enabled: false"
    echo "cluster.routing.allocation.disk.threshold_enabled: false"
    if [ -n "$3" ]; then
      echo "discovery.seed_hosts: [$3]"
      echo "cluster.initial_master_nodes: [$4]"
    else
      echo "discovery.type: single-node"
    fi
  } >"$node/config/elasticsearch.yml"
  [ -z "${secret:-}" ] || secure_node "$node" "$java"
  [ "$(id -u)" = 0 ] && chown -R nobody "$node"
  as_owner env ES_JAVA_HOME="$java" ES_PATH_CONF="$node/config" ES_JAVA_OPTS="-Xms$heap -Xmx$heap" \
    "$home/bin/elasticsearch" -d -p "$node/pid" >/dev/null 2>"$node.err" || { cat "$node.err" >&2; exit 1; }
}

# certificates FOLDER: one for loopback (node.pem, node.key), signed by an authority nobody else knows (ca.pem).
certificates() {
  mkdir -p "$1"
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=huiying-test -addext basicConstraints=critical,CA:TRUE \
    -addext keyUsage=critical,keyCertSign -keyout "$1/ca.key" -out "$1/ca.pem" 2>/dev/null
  openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout "$1/node.key" -out "$1/node.csr" 2>/dev/null
  openssl x509 -req -in "$1/node.csr" -CA "$1/ca.pem" -CAkey "$1/ca.key" -days 2 -CAcreateserial \
    -extfile <(echo subjectAltName=DNS:localhost,IP:127.0.0.1) -out "$1/node.pem" 2>/dev/null
}

# TLS, and the password of the user elastic.
secure_node() {
  local config=$1/config
  certificates "$config/certificates"
  {
    echo "xpack.security.enabled: true"
    echo "xpack.security.http.ssl.enabled: true"
    echo "xpack.security.http.ssl.key: certificates/node.key"
    echo "xpack.security.http.ssl.certificate: certificates/node.pem"
    echo "xpack.security.authc.api_key.enabled: true"
  } >>"$config/elasticsearch.yml"
  ES_JAVA_HOME="$2" ES_PATH_CONF="$config" "$home/bin/elasticsearch-keystore" create >/dev/null
  echo "$secret" | ES_JAVA_HOME="$2" ES_PATH_CONF="$config" "$home/bin/elasticsearch-keystore" add -x bootstrap.password >/dev/null
}

secure() {
  local ca=$run/n1/config/certificates/ca.pem tries
  secret=$(openssl rand -hex 16)
  fetch
  start_node n1 "$first_port" '' ''
  for tries in $(seq 60); do
    if curl -fsS --cacert "$ca" -u "elastic:$secret" "https://localhost:$first_port/_cluster/health" >/dev/null 2>&1; then
      echo "https://localhost:$first_port $ca $secret"
      return
    fi
    sleep 1
  done
  echo "Elasticsearch 没有在 60 次尝试内就绪,日志在 $run。" >&2
  exit 1
}

# await NODES: until that many nodes have formed one cluster that serves.
await() {
  local url="http://127.0.0.1:$first_port/_cluster/health?wait_for_nodes=$1&timeout=5s" tries
  for tries in $(seq 60); do
    if curl -fsS "$url" 2>/dev/null | grep -q '"timed_out":false'; then return; fi
    sleep 1
  done
  echo "Elasticsearch 没有在 60 次尝试内就绪,日志在 $run。" >&2
  exit 1
}

start() {
  fetch
  start_node n1 "$first_port" '' ''
  await 1
  echo "export HUIYING_TEST_ELASTICSEARCH_URL=http://127.0.0.1:$first_port"
}

cluster() {
  local number seeds='' names='n1,n2,n3' urls=''
  fetch
  for number in 0 1 2; do
    seeds=$seeds${seeds:+,}\"127.0.0.1:$((first_port + 2 * number + 1))\"
    urls=$urls${urls:+,}http://127.0.0.1:$((first_port + 2 * number))
  done
  for number in 0 1 2; do start_node "n$((number + 1))" $((first_port + 2 * number)) "$seeds" "$names" & done
  wait
  await 3
  echo "export HUIYING_TEST_ELASTICSEARCH_CLUSTER=$urls HUIYING_TEST_ELASTICSEARCH_CLUSTER_RUN=$run"
}

stop() {
  local pid_file pid
  for pid_file in "$run"/*/pid; do
    [ -f "$pid_file" ] || continue
    pid=$(cat "$pid_file")
    # The number may have gone to another process since.
    if grep -qa "$run" "/proc/$pid/cmdline" 2>/dev/null || grep -qa "$run" "/proc/$pid/environ" 2>/dev/null; then
      kill -9 "$pid" 2>/dev/null || true
    fi
  done
  rm -rf "$run"
}

case ${1:-} in
  fetch) fetch ;;
  java) find_java ;;
  start) start ;;
  cluster) cluster ;;
  secure) secure ;;
  certificates) certificates "$2" ;;
  stop) stop ;;
  *) sed -n '2,10p' "$0" >&2; exit 2 ;;
esac
