#!/usr/bin/env bash
# Makes Sources/VizCheckpoint/ONNX/onnx.pb.swift of the schema beside it. Needs protoc (apt:
# protobuf-compiler) and protoc-gen-swift of the swift-protobuf that Package.swift names:
#   git clone -b 1.39.0 https://github.com/apple/swift-protobuf && cd swift-protobuf
#   swift build -c release --product protoc-gen-swift
# and its folder, .build/release, in PATH.
set -euo pipefail
cd "$(dirname "$0")/../Sources/VizCheckpoint/ONNX"

protoc --swift_out=. --swift_opt=Visibility=Internal --swift_opt=UseAccessLevelOnImports=true \
  onnx.proto
# Of Foundation only the essentials, which start in less than a millisecond; and what is unsafe says so.
sed -i -e '/^#if canImport(FoundationEssentials)$/d' -e '/^#else$/d' -e '/^#endif$/d' \
  -e '/^internal import Foundation$/d' \
  -e 's/= _StorageClass.defaultInstance/= unsafe _StorageClass.defaultInstance/' onnx.pb.swift
