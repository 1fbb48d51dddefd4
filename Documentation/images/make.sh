#!/usr/bin/env bash
# Makes the pictures of README.md and Tutorial.md again: Documentation/images/make.sh [BINARY]
# Two come from the training run of samples/README.md with --snapshots 100: model.curves.svg, and
# model.growth.png, which it calls model.kernels.png.
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

# Sheets of networks, made beside and picked.
sheets=$(mktemp -d)
trap 'rm -rf "$sheets"' EXIT
"$vizcnn" activations --quiet model.ckpt digit.png -o "$sheets" > /dev/null
cp "$sheets/02-relu1.png" "$images/digit.relu1.png"
cp "$sheets/05-relu2.png" "$images/digit.relu2.png"
if command -v chromium > /dev/null; then
  chromium --headless=new --no-sandbox --hide-scrollbars --window-size=1000,860 \
    --screenshot="$images/digit.page.png" "file://$sheets/index.html"
fi
"$vizcnn" kernels --quiet model.ckpt --layers conv1 -o "$sheets/kernels" > /dev/null
cp "$sheets/kernels/01-conv1.png" "$images/model.conv1.png"
"$vizcnn" activations --quiet edges.net lane.jpg --size 240x135 -o "$sheets" > /dev/null
photo --identity "$sheets/01-edges.png" -o "$images/lane.edges-net.jpg"
photo --kernel model.ckpt:conv1/1 --display signed lane.jpg -o "$images/lane.conv1-1.jpg"
