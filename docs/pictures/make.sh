#!/usr/bin/env bash
# Takes the pictures of this folder anew, from the demo: docs/pictures/make.sh [PROGRAM]. Needs xvfb-run; with ImageMagick
# the pictures get a palette, which makes them a third as large.
set -euo pipefail
cd "$(dirname "$0")/../.."
program=${1:-build/release/bin/belvedere}
config=$(mktemp -d)
trap 'rm -rf "$config"' EXIT
pages='overview;alerts;targets;containers;explore:sum by (instance) (rate(http_requests_total[5m]));explore:{compose_service=~".+"};dashboards:bv-system;dashboards:bv-api;dashboards:bv-data'
# Some minutes in, so that an incident has left its marks.
XDG_CONFIG_HOME="$config" xvfb-run -a -s "-screen 0 2560x1440x24" "$program" --demo --listen 127.0.0.1:0 \
    --page "$pages" --theme dark,light --size 1280x800,2560x1440 --after "${AFTER:-150}" \
    --screenshot 'docs/pictures/{page}-{theme}-{size}.png'
if command -v convert > /dev/null; then
    docs/pictures/shrink.sh docs/pictures
fi
