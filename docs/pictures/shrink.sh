#!/usr/bin/env bash
# Gives the pictures of a folder a palette, which makes them a third as large: docs/pictures/shrink.sh FOLDER. Needs ImageMagick.
set -euo pipefail
for picture in "$1"/*-*x*.png; do
    convert "$picture" +dither -colors 200 -strip -define png:compression-level=9 "PNG8:$picture.small"
    mv "$picture.small" "$picture"
done
ls -l "$1"/*.png | awk '{ bytes += $5 } END { print NR " pictures, " bytes " bytes" }'
