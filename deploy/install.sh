#!/usr/bin/env bash
# Installs or upgrades huiying from this bundle, without internet: ./install.sh [FOLDER]   (default /opt/huiying)
#
# A new environment is made beside the old one and takes its place only when it answers; the old one is kept as
# .venv.before. Data and settings are not touched.
set -euo pipefail
cd "$(dirname "$0")"

folder=${1:-/opt/huiying}
python=${PYTHON:-python3}

sha256sum --quiet -c SHA256SUMS || { echo "安装包不完整或被改动过,没有安装。" >&2; exit 1; }
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更新版本。" >&2; exit 1; }
mkdir -p "$folder"
rm -rf "$folder/.venv.new"
"$python" -m venv "$folder/.venv.new"
"$folder/.venv.new/bin/python" -m pip install --quiet --no-index --find-links wheels --no-cache-dir \
  -r requirements.txt huiying
rm -rf "$folder/.venv.before"
[ ! -d "$folder/.venv" ] || mv "$folder/.venv" "$folder/.venv.before"
# The commands of an environment name its folder: make them anew where it will stand.
mv "$folder/.venv.new" "$folder/.venv"
find "$folder/.venv/bin" -type f -exec grep -lIF "$folder/.venv.new/" {} + | xargs -r sed -i "s|$folder/.venv.new/|$folder/.venv/|g"
"$folder/.venv/bin/huiying" --help >/dev/null
cp -n config.example.toml "$folder/config.example.toml"
echo "已安装到 $folder。启动:$folder/.venv/bin/huiying serve"
