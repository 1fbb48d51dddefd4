// swift-tools-version: 6.2
import PackageDescription

// How each kind of target is compiled. Debug builds are optimised too, so that the test suite is fast,
// kernels without checks of overflow and bounds. All targets alike: code that the compiler outlines,
// such as the destruction of a large struct, has a weak name that knows nothing of the optimisation it
// was made with, and the linker keeps one for all modules. An instruction set is nothing but flags on
// a target (Documentation/Architecture.md).

let common: [SwiftSetting] = [
  .unsafeFlags(["-O"], .when(configuration: .debug)),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]
let safe = common + [.strictMemorySafety()]

func kernels(_ name: String, march: String? = nil) -> Target {
  var flags = ["-Ounchecked"]
  if let march { flags += ["-Xcc", "-march=\(march)", "-D", "VIZ_FMA"] }
  if march == "x86-64-v4" {
    // Loops that the compiler vectorises by itself would stay at half of the register.
    let wholeRegisters = ["-Xclang", "-target-feature", "-Xclang", "-prefer-256-bit"]
    flags += ["-D", "VIZ_AVX512"] + wholeRegisters.flatMap { ["-Xcc", $0] }
  }
  return .target(
    name: name,
    dependencies: ["CHints"],
    swiftSettings: common + [
      // As release builds are: a vector's operations stand in a file of their own and have to be inlined.
      .unsafeFlags(
        ["-disable-batch-mode", "-whole-module-optimization", "-num-threads", "1"],
        .when(configuration: .debug)),
      .unsafeFlags(flags + ["-Xcc", "-fno-math-errno"]),
      // Every arm64 core has fused multiply-add; the oldest x86-64 cores have not.
    ])
}

#if arch(x86_64)
  let instructionSets = [
    kernels("VizKernelsBaseline"),
    kernels("VizKernelsAVX2", march: "x86-64-v3"),
    kernels("VizKernelsAVX512", march: "x86-64-v4"),
  ]
#else
  let instructionSets = [kernels("VizKernelsBaseline")]
#endif

// libFuzzer brings a main of its own, which a plain build has no use for: `make fuzz`.
let fuzzers: [Target] =
  Context.environment["VIZCNN_FUZZ"] == nil
  ? []
  : [
    .executableTarget(
      name: "VizFuzz", dependencies: ["VizTestSupport"],
      swiftSettings: common + [.unsafeFlags(["-parse-as-library"])])
  ]

let package = Package(
  name: "vizcnn",
  products: [
    .executable(name: "vizcnn", targets: ["VizCLI"]),
    .library(name: "VizCNN", targets: ["VizCNN"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
  ],
  targets: instructionSets + fuzzers + [
    .target(
      name: "CShims",
      path: "CShims",
      cSettings: [.unsafeFlags(["-O2", "-Wall", "-Wextra"])],
      cxxSettings: [.unsafeFlags(["-O2", "-Wall", "-Wextra", "-isystem", "/usr/include/opencv4"])],
      linkerSettings: [
        .linkedLibrary("opencv_core"), .linkedLibrary("opencv_imgproc"),
        .linkedLibrary("png"), .linkedLibrary("jpeg"), .linkedLibrary("z"),
      ]),
    .systemLibrary(name: "CHints"),  // instructions that Swift has no word for
    .systemLibrary(name: "CLinux"),  // headers of the C library that Glibc leaves out
    .target(name: "VizFiles", dependencies: ["CLinux"], swiftSettings: safe),
    .target(
      name: "VizKernels",
      dependencies: ["CShims", "CHints"] + instructionSets.map { .target(name: $0.name) },
      swiftSettings: common),
    .target(
      name: "VizImage", dependencies: ["CShims", "VizKernels", "VizFiles"],
      swiftSettings: safe),
    .target(name: "VizNN", dependencies: ["VizKernels"], swiftSettings: safe),
    .target(name: "VizInput", dependencies: ["VizImage", "VizNN"], swiftSettings: safe),
    .target(
      name: "VizTraining",
      dependencies: ["CShims", "VizFiles", "VizKernels", "VizImage", "VizNN", "VizInput"],
      swiftSettings: safe),
    .target(
      name: "VizMethods", dependencies: ["VizInput", "VizImage", "VizNN"], swiftSettings: safe),
    .target(name: "VizReference", dependencies: ["CShims"], swiftSettings: safe),
    .target(name: "VizRender", dependencies: ["VizImage", "VizFiles"], swiftSettings: safe),
    .target(
      name: "VizCheckpoint",
      dependencies: [
        "CShims", "VizFiles", "VizImage", "VizNN", "VizInput",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      exclude: ["ONNX/onnx.proto"],  // scripts/make-protobuf.sh makes Swift of it
      swiftSettings: safe),
    .target(
      name: "VizCNN",
      dependencies: [
        "VizImage", "VizFiles", "VizNN", "VizInput", "VizCheckpoint", "VizTraining", "VizMethods",
        "VizRender",
      ],
      swiftSettings: safe),
    .executableTarget(
      name: "VizCLI",
      dependencies: [
        "VizCNN", "VizReference",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: safe,
      linkerSettings: [
        .unsafeFlags(
          [
            "-static-stdlib",
            // Parts of Foundation that ArgumentParser needs; only dynamic linking finds them by itself.
            "-l_FoundationCollections", "-l_FoundationCShims",
          ], .when(configuration: .release))
      ]),
    .executableTarget(
      name: "VizBench", dependencies: ["VizCNN", "VizKernels", "VizReference", "CShims"],
      swiftSettings: common),
    .target(
      name: "VizTestSupport", dependencies: ["VizCNN", "VizKernels", "VizReference", "CShims"],
      swiftSettings: safe),
    .testTarget(name: "VizFilesTests", dependencies: ["VizFiles"], swiftSettings: common),
    .testTarget(
      name: "VizKernelsTests", dependencies: ["VizKernels", "VizTestSupport"],
      swiftSettings: common),
    .testTarget(
      name: "VizImageTests",
      dependencies: ["VizImage", "VizFiles", "VizKernels", "VizReference", "VizTestSupport"],
      exclude: ["Fixtures"], swiftSettings: common),
    .testTarget(
      name: "VizNNTests",
      dependencies: ["VizNN", "VizKernels", "VizCheckpoint", "VizReference", "VizTestSupport"],
      exclude: ["Fixtures"], swiftSettings: common),
    .testTarget(
      name: "VizInputTests",
      dependencies: [
        "VizInput", "VizImage", "VizNN", "VizCheckpoint", "VizFiles", "VizTestSupport",
      ],
      exclude: ["Fixtures"], swiftSettings: common),
    .testTarget(
      name: "VizTrainingTests",
      dependencies: [
        "VizTraining", "VizNN", "VizInput", "VizImage", "VizFiles", "VizCheckpoint", "VizCNN",
        "VizTestSupport",
      ],
      exclude: ["Fixtures"], swiftSettings: common),
    .testTarget(
      name: "VizReferenceTests", dependencies: ["VizReference", "VizTestSupport"],
      swiftSettings: common),
    .testTarget(
      name: "VizMethodsTests",
      dependencies: [
        "VizMethods", "VizRender", "VizCheckpoint", "VizFiles", "VizInput", "VizNN", "VizImage",
        "VizTestSupport",
      ],
      swiftSettings: common),
    .testTarget(
      name: "VizRenderTests",
      dependencies: ["VizRender", "VizImage", "VizFiles", "VizTestSupport"],
      exclude: ["Fixtures"], swiftSettings: common),
    .testTarget(
      name: "VizCheckpointTests",
      dependencies: ["VizCheckpoint", "VizInput", "VizNN", "VizFiles", "VizTestSupport"],
      exclude: ["Fixtures"], swiftSettings: common),
    .testTarget(
      name: "VizCLITests", dependencies: ["VizCNN", "VizTestSupport", "VizCLI"],
      exclude: ["Snapshots"], swiftSettings: common),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
