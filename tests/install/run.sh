#!/usr/bin/env bash
# run.sh BUILD WORK: installs BUILD into a prefix under WORK, then builds and runs two projects of
# users: one on find_package(understudy), one that fetches the sources.
set -euo pipefail
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=$1
work=$2
jobs=${JOBS:-$(nproc)}
rm -rf "$work"
mkdir -p "$work"
work=$(cd "$work" && pwd)

cmake --install "$build" --prefix "$work/prefix" >"$work/install.log" || { cat "$work/install.log"; exit 1; }
"$work/prefix/bin/understudy" version

for consumer in find_package subdirectory; do
  echo "-- consumer by $consumer"
  sources=()
  [ "$consumer" = find_package ] || sources=(-DUNDERSTUDY_SOURCE_DIR="$source")
  cmake -G Ninja -S "$source/tests/install/$consumer" -B "$work/$consumer" -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_CXX_COMPILER_LAUNCHER=ccache -DCMAKE_PREFIX_PATH="$work/prefix" \
    "${sources[@]}" >"$work/$consumer.log" || { cat "$work/$consumer.log"; exit 1; }
  ninja -C "$work/$consumer" -j "$jobs" engine_user server_user
  "$work/$consumer/engine_user"
  "$work/$consumer/server_user"
done
