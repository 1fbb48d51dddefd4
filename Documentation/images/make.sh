#!/usr/bin/env bash
# Makes the pictures of README.md and Tutorial.md again: Documentation/images/make.sh [BINARY]
set -euo pipefail
cd "$(dirname "$0")/../.."
vizcnn=$(realpath "${1:-.build/release/vizcnn}")
images=$PWD/Documentation/images
cd samples

filter() { "$vizcnn" filter --quiet "$@"; }
photo() { filter --quality 60 "$@"; }  # noise makes large PNGs

photo --sobel-x lane.jpg -o "$images/lane.sobel-x.jpg"
photo --gaussian 1.4 --sobel lane.jpg -o "$images/lane.gaussian-sobel.jpg"
photo --sobel-x --display signed lane.jpg -o "$images/lane.signed.jpg"
filter --canny lane.jpg -o "$images/lane.canny.png"
photo --sobel-x --edge all --quality 32 lane.jpg -o "$images/lane.edges.jpg"

filter --median noise.png -o "$images/noise.median.png"
photo --gaussian 1.5 noise.png -o "$images/noise.gaussian.jpg"
photo --unsharp 3,2 --quality 75 shapes.png -o "$images/shapes.unsharp.jpg"
photo --emboss --quality 75 shapes.png -o "$images/shapes.emboss.jpg"

filter --gaussian 2 zone-plate.png -o "$images/zone-plate.gaussian.png"
photo --box 7 --quality 75 zone-plate.png -o "$images/zone-plate.box.jpg"
"$vizcnn" spectrum --quiet --quality 50 lane.jpg -o "$images/lane.spectrum.jpg"
"$vizcnn" presets sobel-x -o "$images/sobel-x.response.png" > /dev/null
"$vizcnn" presets gaussian 2 -o "$images/gaussian.response.png" > /dev/null

# The lesson's three edge pictures.
for edge in extend pad crop; do
  filter --box 9 --edge "$edge" checker.png -o "$images/checker.$edge.png"
done
