#!/usr/bin/env bash
# VizBench beside two OpenCVs: the distribution's in the same process, and the newest one of PyPI, which
# is installed into a virtual environment below .build. Arguments go to VizBench.
set -euo pipefail
cd "$(dirname "$0")/.."

environment=.build/opencv-peer
[ -x "$environment/bin/python" ] || python3 -m venv "$environment"
"$environment/bin/pip" install --quiet --upgrade opencv-python-headless
swift build -c release --product VizBench
exec "$(swift build -c release --show-bin-path)/VizBench" filters \
  --peer "$environment/bin/python scripts/opencv_peer.py" "$@"
