#!/usr/bin/env bash
# Times whole processes with hyperfine: vizcnn beside `vips sobel` and a C++ program on OpenCV, from a
# JPEG file to a PNG file, and a batch on one and two threads.
#
#   scripts/bench-process.sh [PICTURE]       samples/lane.jpg by default
#
# Needs hyperfine, vips and g++ (Debian: hyperfine libvips-tools g++) beside what the build needs.
set -euo pipefail
cd "$(dirname "$0")/.."

swift build -c release --product vizcnn
binary=$(swift build -c release --show-bin-path)/vizcnn
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat > "$work/sobel.cpp" <<'CPP'
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
int main(int, char **argv) {
  cv::Mat color = cv::imread(argv[1]), gray, edges;
  if (color.empty()) return 1;
  cv::cvtColor(color, gray, cv::COLOR_BGR2GRAY);
  cv::Sobel(gray, edges, CV_8U, 1, 0);
  return cv::imwrite(argv[2], edges) ? 0 : 1;
}
CPP
g++ -O2 -isystem /usr/include/opencv4 "$work/sobel.cpp" -o "$work/sobel" \
  -lopencv_core -lopencv_imgproc -lopencv_imgcodecs

picture=${1:-samples/lane.jpg}
vips thumbnail "$picture" "$work/small.jpg[Q=90]" 320 --height 240 --size force
vips thumbnail "$picture" "$work/large.jpg[Q=90]" 3840 --height 2160 --size force
mkdir "$work/photos"
for i in $(seq 200); do
  vips thumbnail "$picture" "$work/photos/$i.jpg[Q=90]" $((900 + i)) --height 540 --size force
done

hyperfine -N -w 3 -r 30 "$binary --version"
for size in small large; do
  hyperfine -N -w 3 -r 15 \
    "$binary filter --sobel-x $work/$size.jpg -o $work/own.png --force -q" \
    "$work/sobel $work/$size.jpg $work/opencv.png" \
    "vips sobel $work/$size.jpg $work/vips.png"
done
for jobs in 1 2; do
  hyperfine -w 1 -r 10 -n "batch of 200, --jobs $jobs" \
    "$binary filter --sobel-x $work/photos/*.jpg -o $work/results/ --force -q --jobs $jobs > /dev/null"
done
for count in 20 200; do
  files=$(find "$work/photos" -name '*.jpg' | head -n "$count")
  # shellcheck disable=SC2086  # one word for each file
  /usr/bin/time -f "batch of $count: %M KB at most" \
    "$binary" filter --sobel-x $files -o "$work/results/" --force -q > "$work/list"
done
