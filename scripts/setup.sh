#!/usr/bin/env bash
# Installs what a build needs beside git, make and Swift: headers and libraries of OpenCV and libpng.
# Does nothing, and asks nobody, where all of it is there.
set -euo pipefail

packages=(libopencv-dev libpng-dev pkg-config)

has_everything() {
  [ -e /usr/include/opencv4/opencv2/imgproc.hpp ] && [ -e /usr/include/png.h ] &&
    [ -e /usr/include/jpeglib.h ] && [ -e /usr/include/zlib.h ]
}

fail() {
  printf 'error: %s\nhint: %s\n' "$1" "$2" >&2
  exit 1
}

command -v swift > /dev/null ||
  fail "the Swift toolchain is not installed" "install Swift 6.3 from https://swift.org/install"

if has_everything; then exit 0; fi

command -v apt-get > /dev/null || fail \
  "the headers of OpenCV 4, libpng, libjpeg or zlib are missing" \
  "install your distribution's packages; Fedora: opencv-devel libpng-devel libjpeg-turbo-devel zlib-devel, Arch: opencv libpng libjpeg-turbo zlib"

if [ "$(id -u)" -eq 0 ]; then
  as_root=()
elif command -v sudo > /dev/null; then
  as_root=(sudo)
else
  fail "${packages[*]} must be installed, which takes root's rights" \
    "as root: apt-get install --no-install-recommends ${packages[*]}"
fi

echo "installing ${packages[*]}"
"${as_root[@]}" apt-get update
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y --no-install-recommends "${packages[@]}"
has_everything || fail "headers are still missing after the installation" \
  "look at the output of apt-get above"
