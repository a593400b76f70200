#!/usr/bin/env bash
# Installs what Belvedere needs to be built, run and (with --tests) tested.
# Safe to run again: when nothing is missing it says so and ends at once.
set -euo pipefail

with_tests=no
for argument in "$@"; do
    case $argument in
    --tests) with_tests=yes ;;
    -h | --help)
        echo "usage: installer/setup.sh [--tests]"
        echo "Installs the compiler, the libraries and the tools; --tests adds what the tests use."
        exit 0
        ;;
    *)
        echo "setup: unknown option '$argument' (see --help)" >&2
        exit 2
        ;;
    esac
done

[ -r /etc/os-release ] || { echo "setup: this system has no /etc/os-release; install the packages listed in docs/building.md by hand" >&2; exit 1; }
# shellcheck disable=SC1091
. /etc/os-release

say() { printf 'setup: %s\n' "$*"; }

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "setup: packages are missing or may be; run this as root or install sudo" >&2; exit 1; }
    as_root=(sudo)
fi

apt_build=(g++-14 cmake ninja-build ccache mold pkg-config
    qt6-base-dev qt6-charts-dev qt6-svg-dev qt6-tools-dev qt6-l10n-tools qt6-translations-l10n qt6-svg-plugins libqt6sql6-sqlite qt6-qpa-plugins
    libkf6syntaxhighlighting-dev libkf6notifications-dev libkf6archive-dev qtkeychain-qt6-dev
    liblmdb-dev zlib1g-dev libzstd-dev libsnappy-dev libre2-dev libabsl-dev libsimdjson-dev libyaml-cpp-dev libroaring-dev libxxhash-dev
    libboost-dev libcurl4-openssl-dev)
# What a window needs on a machine that has none: fonts, a virtual display.
apt_run=(xvfb xauth fonts-dejavu-core fonts-noto-core)
# The tests of the container follower want a real dockerd; one that is there already, whoever packaged it, will do.
apt_docker=()
command -v dockerd >/dev/null || apt_docker=(docker.io busybox-static)
apt_tests=(libgtest-dev libbenchmark-dev clang-19 libclang-rt-19-dev python3 python3-yaml desktop-file-utils appstream dbus curl "${apt_docker[@]}")

install_apt() {
    local target=$1; shift
    local missing=() package
    for package in "$@"; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)" = installed ] || missing+=("$package")
    done
    # CMake presets of schema 6 and the Qt 6 helpers need a newer CMake than Debian 12's own.
    if [ -n "$target" ] && ! dpkg --compare-versions "$(dpkg-query -W -f='${Version}' cmake 2>/dev/null || echo 0)" ge 3.31; then
        missing+=(cmake)
    fi
    if [ ${#missing[@]} -eq 0 ]; then
        say "every package is there already"
        return
    fi
    say "will install with apt-get: ${missing[*]}"
    if [ -n "$target" ]; then
        local source=/etc/apt/sources.list.d/debian.sources list=/etc/apt/sources.list.d/belvedere-trixie
        say "Debian 12 lacks some of these; Debian 13 (trixie) is added as a second source with"
        say "priority 100, so that nothing else on this machine is upgraded to it"
        if [ -r "$source" ]; then
            sed 's/bookworm/trixie/g' "$source" | "${as_root[@]}" tee "$list.sources" >/dev/null
        elif grep -qs '^deb .*bookworm' /etc/apt/sources.list; then
            grep '^deb .*bookworm' /etc/apt/sources.list | sed 's/bookworm/trixie/g' | "${as_root[@]}" tee "$list.list" >/dev/null
        else
            echo "setup: found no Debian source to derive the second one from; add trixie by hand and run this again" >&2
            exit 1
        fi
        printf 'Package: *\nPin: release n=trixie*\nPin-Priority: 100\n' | "${as_root[@]}" tee /etc/apt/preferences.d/belvedere-trixie >/dev/null
    fi
    export DEBIAN_FRONTEND=noninteractive
    local log; log=$(mktemp)
    local run=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300)
    if ! { "${run[@]}" -qq update && "${run[@]}" -qq install -y --no-install-recommends ${target:+-t "$target"} "${missing[@]}"; } >"$log" 2>&1; then
        tail -n 40 "$log" >&2
        echo "setup: apt-get failed; the whole output is in $log" >&2
        exit 1
    fi
    rm -f "$log"
    say "installed"
}

install_dnf() {
    local packages=(gcc-c++ cmake ninja-build ccache mold pkgconf-pkg-config
        qt6-qtbase-devel qt6-qtcharts-devel qt6-qtsvg-devel qt6-qttools-devel qt6-qttranslations
        kf6-syntax-highlighting-devel kf6-knotifications-devel kf6-karchive-devel qtkeychain-qt6-devel
        lmdb-devel zlib-devel libzstd-devel snappy-devel re2-devel abseil-cpp-devel simdjson-devel yaml-cpp-devel CRoaring-devel xxhash-devel
        boost-devel libcurl-devel xorg-x11-server-Xvfb xauth dejavu-sans-fonts google-noto-sans-fonts)
    [ "$with_tests" = no ] || packages+=(gtest-devel google-benchmark-devel clang compiler-rt python3 python3-pyyaml desktop-file-utils appstream dbus-daemon curl)
    local missing=() package
    for package in "${packages[@]}"; do
        rpm -q "$package" >/dev/null 2>&1 || missing+=("$package")
    done
    if [ ${#missing[@]} -eq 0 ]; then
        say "every package is there already"
        return
    fi
    say "will install with dnf: ${missing[*]}"
    "${as_root[@]}" dnf install -y --setopt=install_weak_deps=False "${missing[@]}"
}

packages=("${apt_build[@]}" "${apt_run[@]}")
[ "$with_tests" = no ] || packages+=("${apt_tests[@]}")

case "${ID:-} ${VERSION_ID:-}" in
"debian 12") install_apt trixie "${packages[@]}" ;;
"debian 13" | "debian 14" | "debian ") install_apt "" "${packages[@]}" ;;
"ubuntu 25.10" | "ubuntu 26."* | "ubuntu 27."*) install_apt "" "${packages[@]}" ;;
"fedora 4"[2-9] | "fedora 5"*) install_dnf ;;
*)
    echo "setup: ${PRETTY_NAME:-this system} is not one that this script knows." >&2
    echo "setup: it knows Debian 12 and 13, Ubuntu 25.10 and later, Fedora 42 and later;" >&2
    echo "setup: elsewhere, install the packages listed in docs/building.md and use CMake directly." >&2
    exit 1
    ;;
esac
