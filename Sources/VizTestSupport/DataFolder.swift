public import Testing

#if canImport(Glibc)
  internal import Glibc
#endif

/// The folder with real data that the environment variable `VIZCNN_DATA` names.
///
/// Tests that need it carry `.needsData`. Without the variable they are skipped; with it, a file
/// that is missing is a failure.
public enum DataFolder {
  /// The folder's absolute path; nil where the variable is not set.
  public static var path: String? { environment("VIZCNN_DATA") }

  /// The path of one file; call it in tests that carry `.needsData`.
  public static func path(_ name: String) -> String {
    guard let path else { preconditionFailure("\(name) is asked for in a test without .needsData") }
    return path + "/" + name
  }

  fileprivate static func environment(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    let text = unsafe String(cString: value)
    return text.isEmpty ? nil : text
  }
}

/// Skips a test where there is no data, and counts it for the last lines of `make test`.
///
/// Each test adds a line, `ran NAME` or `skipped NAME`, to the file that `VIZCNN_DATA_LOG` names.
public struct NeedsData: TestTrait, SuiteTrait {
  public var isRecursive: Bool { true }

  public func prepare(for test: Test) async throws {
    let hasData = DataFolder.path != nil
    if !test.isSuite { log((hasData ? "ran " : "skipped ") + "\(test.id)") }
    try await ConditionTrait.enabled(if: hasData, "VIZCNN_DATA is not set").prepare(for: test)
  }

  private func log(_ line: String) {
    guard let path = DataFolder.environment("VIZCNN_DATA_LOG"),
      let file = unsafe fopen(path, "a")
    else { return }
    _ = unsafe fputs(line + "\n", file)
    _ = unsafe fclose(file)
  }
}

extension Trait where Self == NeedsData {
  /// The test reads from `DataFolder`.
  public static var needsData: NeedsData { NeedsData() }
}
