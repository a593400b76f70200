#!/usr/bin/env bash
# Installs what Belvedere needs, builds it, and opens the workbench. Where there is no display, the same session runs under
# a virtual one, and a picture of the window is written instead. Safe to run again; what is there is not made twice.
set -euo pipefail
cd "$(dirname "$0")/.."

case ${1:-} in
-h | --help)
    cat <<'TEXT'
usage: installer/run.sh [options of belvedere]
Installs, builds and opens the workbench; with --demo when it is started for the first time and this machine has
neither Docker nor a workspace. Whatever is given is handed on: see `build/release/bin/belvedere --help`.

Environment:
  BELVEDERE_JOBS   compile jobs at once (default: one a core)
TEXT
    exit 0
    ;;
esac

say() { printf 'run: %s\n' "$*"; }

installer/setup.sh

log=build/release.log
mkdir -p build
say "building; the whole output goes to $log"
if ! { cmake --preset release && cmake --build --preset release -j "${BELVEDERE_JOBS:-$(nproc)}" --target belvedere; } >"$log" 2>&1; then
    grep -E 'error|FAILED|CMake Error' -A 4 "$log" | head -n 60
    echo "run: it does not build; the whole output is in $log" >&2
    exit 1
fi
program=build/release/bin/belvedere
arguments=("$@")

has_workspace() { [ -e "${XDG_DATA_HOME:-$HOME/.local/share}/belvedere/workspace.yml" ]; }
docker_socket=${DOCKER_HOST:-unix:///var/run/docker.sock}
has_docker() { [ -S "${docker_socket#unix://}" ]; }
if [ ${#arguments[@]} -eq 0 ] && ! has_docker && ! has_workspace; then
    say "neither Docker nor a workspace here: showing the demo (start $program yourself for an empty workspace)"
    arguments=(--demo)
fi

if [ -n "${DISPLAY:-}" ] || [ -n "${WAYLAND_DISPLAY:-}" ]; then
    say "opening the workbench"
    exec "$program" "${arguments[@]}"
fi
picture=$PWD/build/belvedere.png
# What a picture is for: data. A full dashboard, unless something else was asked for.
[ "${arguments[*]}" != --demo ] || arguments+=(--page dashboards:bv-api)
say "there is no display: running under a virtual one"
xvfb-run -a -s "-screen 0 1280x800x24" "$program" "${arguments[@]}" --listen 127.0.0.1:0 --screenshot "$picture"
say "a picture of the window:"
echo "$picture"
