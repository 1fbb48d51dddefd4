import Foundation
import Testing
import VizFiles
import VizTestSupport
import VizTraining

@Suite(
  "Published data", .serialized,
  .enabled(if: DataServer.isPossible, "python3 and curl serve and fetch files"))
struct DataFetchTests {
  private let scratch: Scratch
  private let server: DataServer
  private let bytes: [UInt8]
  // printf 'a%.0s' … would do; the sums are md5sum's, asked for below.
  private let data: PublishedData

  init() throws {
    scratch = try Scratch()
    var random = SplitMix64(seed: 3)
    bytes = (0..<300_000).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    try scratch.write(bytes, to: "served/a.gz")
    try scratch.write(Array("abc".utf8), to: "served/b.gz")
    server = try DataServer(scratch["served"])
    let pipe = Pipe()
    let program = Process()
    program.executableURL = URL(filePath: "/usr/bin/env")
    program.arguments = ["md5sum", scratch["served/a.gz"]]
    program.standardOutput = pipe
    try program.run()
    let sum = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    data = PublishedData(
      .mnist,
      files: [
        .init("a.gz", byteCount: bytes.count, md5: String(sum.prefix(32))),
        // RFC 1321's own example.
        .init("b.gz", byteCount: 3, md5: "900150983cd24fb0d6963f7d28e17f72"),
      ], mirrors: [])
  }

  /// The error of a fetch from some of the server's folders, nil where all went well, and what it told.
  private func fetch(_ ways: String...) -> (DatasetError?, [DataFetch.Event]) {
    var events: [DataFetch.Event] = []
    let fetch = DataFetch(
      data, folder: scratch["mnist"], mirrors: ways.map { server.address + $0 })
    do throws(DatasetError) {
      let isDone = try fetch.run(report: { events.append($0) })
      #expect(isDone)
      return (nil, events)
    } catch {
      return (error, events)
    }
  }

  private var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: scratch["mnist"])) ?? []).sorted()
  }

  @Test("are fetched, and the second time left alone")
  func whole() throws {
    #expect(fetch("ranges").0 == nil)
    #expect(names == ["a.gz", "b.gz"])
    #expect(try scratch.bytes("mnist/a.gz") == bytes)
    let (error, events) = fetch("nowhere")
    #expect(error == nil && events.count == 2)
    for event in events {
      guard case .present = event else {
        Issue.record("\(event)")
        continue
      }
    }
  }

  @Test(
    "what was cut goes on where it ended, also where servers send whole files only or it was wrong")
  func resumes() throws {
    guard case .download(scratch["mnist/a.gz"], _, 18, _)? = fetch("cut").0 else {
      Issue.record("half a file is taken")
      return
    }
    #expect(names == ["a.gz.part"])
    #expect(try scratch.bytes("mnist/a.gz.part") == Array(bytes[..<150_000]))
    #expect(fetch("ranges").0 == nil && names == ["a.gz", "b.gz"])
    #expect(try scratch.bytes("mnist/a.gz") == bytes)
    for part in [Array(bytes[..<1000]), [1, 2, 3], bytes, bytes + [1]] {
      for way in ["ranges", "whole"] {
        try FileManager.default.removeItem(atPath: scratch["mnist/a.gz"])
        try scratch.write(part, to: "mnist/a.gz.part")
        #expect(fetch(way).0 == nil && names == ["a.gz", "b.gz"], "\(part.count) bytes, \(way)")
        #expect(try scratch.bytes("mnist/a.gz") == bytes)
      }
    }
  }

  @Test("a wrong checksum is told with both, nothing is left, and the next mirror is asked")
  func checksums() throws {
    let (error, _) = fetch("wrong")
    guard case .checksum(let file, data.files[0].md5, let found)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(file == scratch["mnist/a.gz.part"] && found.count == 32 && names.isEmpty)
    let (second, events) = fetch("wrong", "missing/x", "ranges")
    #expect(second == nil && names == ["a.gz", "b.gz"])
    let failures = events.count { if case .failed = $0 { true } else { false } }
    #expect(failures == 4)
    try scratch.write([1], to: "mnist/b.gz")
    guard case .checksum(scratch["mnist/b.gz"], _, _)? = fetch("ranges").0 else {
      Issue.record("a foreign file is taken for the published one")
      return
    }
    #expect(try scratch.bytes("mnist/b.gz") == [1])
  }

  @Test("a server without the file, or none at all, is told with its address")
  func missing() throws {
    let refused = fetch("ranges/deeper").0
    guard case .download(_, let url, 22, let message)? = refused else {
      Issue.record("a missing file is fetched")
      return
    }
    #expect(url.hasSuffix("/ranges/deeper/a.gz") && message.contains("404") && names.isEmpty)
    #expect(
      refused?.hint
        == "the server does not have it there; name the address of another folder with --mirror")
    let nobody = DataFetch(data, folder: scratch["mnist"], mirrors: ["http://127.0.0.1:1"])
    #expect(throws: DatasetError.self) { try nobody.run() }
  }

  @Test("an interrupt leaves a part, or nothing")
  func interrupted() throws {
    let fetch = DataFetch(data, folder: scratch["mnist"], mirrors: [server.address + "ranges"])
    let isDone = try fetch.run(isInterrupted: { true })
    #expect(!isDone && !names.contains("a.gz"))
    #expect(self.fetch("ranges").0 == nil)
  }
}
