#!/usr/bin/env bash
# run.sh BUILD WORK: installs BUILD into the prefix WORK, then builds and runs two projects of users
# in WORK-find_package and WORK-subdirectory: the one on find_package(understudy), the other with the
# sources. Beside BUILD, so that relative paths are the same and ccache finds what BUILD compiled.
set -euo pipefail
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=$1
work=$2
jobs=${JOBS:-$(nproc)}
rm -rf "$work" "$work"-*
mkdir -p "$work"
work=$(cd "$work" && pwd)

cmake --install "$build" --prefix "$work" >"$work/install.log" || { cat "$work/install.log"; exit 1; }
"$work/bin/understudy" version

for consumer in find_package subdirectory; do
  echo "-- consumer by $consumer"
  sources=()
  [ "$consumer" = find_package ] || sources=(-DUNDERSTUDY_SOURCE_DIR="$source")
  cmake -G Ninja -S "$source/tests/install/$consumer" -B "$work-$consumer" -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_CXX_COMPILER_LAUNCHER=ccache -DCMAKE_PREFIX_PATH="$work" \
    "${sources[@]}" >"$work-$consumer.log" || { cat "$work-$consumer.log"; exit 1; }
  ninja -C "$work-$consumer" -j "$jobs" engine_user server_user fixtures_user
  for user in engine_user server_user fixtures_user; do
    "$work-$consumer/$user"
  done
done
