// swift-tools-version: 6.2
import PackageDescription

// A user of the library, as scripts/check-consumer.sh builds it: the dependency is a tagged clone.
let environment = Context.environment

let package = Package(
  name: "consumer",
  dependencies: [
    .package(
      url: environment["VIZCNN_URL"] ?? "https://example.org/vizcnn",
      exact: Version(stringLiteral: environment["VIZCNN_VERSION"] ?? "1.0.0"))
  ],
  targets: [
    .executableTarget(
      name: "consumer", dependencies: [.product(name: "VizCNN", package: "vizcnn")])
  ]
)
