internal import VizTestSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// The target that the environment names, looked up once.
private let target: FuzzTarget = {
  let name = getenv("VIZCNN_FUZZ_TARGET").map { String(cString: $0) } ?? ""
  guard let target = FuzzTarget(rawValue: name) else {
    let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
    say("VIZCNN_FUZZ_TARGET is “\(name)”; expected one of \(names)")
    exit(2)
  }
  return target
}()

/// What libFuzzer calls with every input it makes; a finding ends the process, so that the input is kept.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let findings = target.findings(in: Array(UnsafeBufferPointer(start: bytes, count: count)))
  guard findings.isEmpty else {
    say(findings.joined(separator: "\n"))
    abort()
  }
  return 0
}

private func say(_ text: String) {
  let line = Array("\(text)\n".utf8)
  _ = write(STDERR_FILENO, line, line.count)
}
