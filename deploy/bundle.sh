#!/usr/bin/env bash
# Packs everything an office without internet needs to install: deploy/bundle.sh OUT.tar.gz
#
# Run it on a connected machine of the same kind (same Python, same processor). The bundle holds a wheelhouse of the
# locked packages and of huiying itself with its page scripts, an installer, and the checksum of every file.
set -euo pipefail
cd "$(dirname "$0")/.."

out=${1:?usage: deploy/bundle.sh OUT.tar.gz}
python=${PYTHON:-.venv/bin/python}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bundle=$work/huiying-bundle
mkdir -p "$bundle/wheels"

[ -f api/static/vendor/echarts.common.min.js ] || make vendor
.venv/bin/uv export --quiet --frozen --no-hashes --no-header --no-annotate --no-dev --extra cluster \
  --no-emit-project -o "$bundle/requirements.txt"
if ! "$python" -m pip --version >/dev/null 2>&1; then "$python" -m ensurepip --upgrade >/dev/null; fi
"$python" -m pip wheel --quiet --wheel-dir "$bundle/wheels" -r "$bundle/requirements.txt"
.venv/bin/uv build --quiet --wheel --out-dir "$bundle/wheels" .
rm -f "$bundle/wheels/.gitignore"
cp deploy/install.sh config.example.toml "$bundle/"
cp -r deploy/systemd "$bundle/systemd"
(cd "$bundle" && find . -type f ! -name SHA256SUMS -print0 | sort -z | xargs -0 sha256sum >SHA256SUMS)
tar -C "$work" -czf "$out" huiying-bundle
echo "$out: $(du -h "$out" | cut -f1), $(find "$bundle/wheels" -name '*.whl' | wc -l) wheels"
