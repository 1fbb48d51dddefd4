import Foundation
import Synchronization
import Testing
import VizCNN

@Suite("OutputPlan")
struct OutputPlanTests {
  private func names(
    _ inputs: [String], _ target: OutputPlan.Target = .automatic, format: ImageFormat? = nil
  ) throws -> [String] {
    try OutputPlan(inputs: inputs, target: target, suffix: "sobel-x", format: format)
      .destinations.map(\.name)
  }

  @Test("names results after their inputs") func namesResults() throws {
    #expect(try names(["lane.jpg"]) == ["lane.sobel-x.png"])
    #expect(try names(["a/b.c/lane.tar.jpg"]) == ["a/b.c/lane.tar.sobel-x.png"])
    #expect(try names([".hidden", "noending"]) == [".hidden.sobel-x.png", "noending.sobel-x.png"])
    #expect(try names(["-"]) == ["standard output"])
    #expect(try names(["-"], .folder("out/")) == ["out/stdin.sobel-x.png"])
    #expect(try names(["a.jpg"], .folder("/tmp")) == ["/tmp/a.sobel-x.png"])
    #expect(try names(["a.jpg"], .automatic, format: .jpeg) == ["a.sobel-x.jpg"])
  }

  @Test("takes the format from the name") func readsTheFormat() throws {
    let plan = { (name: String) throws in
      try OutputPlan(inputs: ["a.png"], target: .file(name), suffix: "x").format
    }
    #expect(try plan("b.JPG") == .jpeg)
    #expect(try plan("b.tiff") == .tiff)
    #expect(throws: PipelineError.self) { try plan("b") }
    #expect(throws: PipelineError.self) { try plan("b.d/c") }
  }

  @Test("refuses a format that contradicts the name, and says both") func findsContradictions() {
    func message(_ name: String, _ format: ImageFormat, quality: Int? = nil) -> String? {
      do {
        _ = try OutputPlan(
          inputs: ["a.png"], target: .file(name), suffix: "x", format: format, quality: quality)
        return nil
      } catch {
        return error.message
      }
    }
    #expect(message("x.png", .jpeg) == "-o x.png: its ending says PNG, --format says JPEG")
    #expect(message("x.jpeg", .jpeg) == nil)
    #expect(message("x.result", .jpeg) == nil)
    #expect(message("x.ppm", .pnm) == nil)
    #expect(message("x.ppm", .pgm) != nil)
    #expect(message("/dev/null", .jpeg) == nil)
    #expect(message("x.webp", .webp, quality: 70) == nil)
    #expect(
      message("x.tif", .tiff, quality: 70)
        == "--quality is for JPEG and WebP; the output is TIFF")
  }

  @Test("PNM takes the kind that the name says") func readsTheKindOfPNM() throws {
    for (name, kind) in [("x.pgm", ImageFormat.pgm), ("x.ppm", .ppm), ("x.pnm", .pnm)] {
      let plan = try OutputPlan(
        inputs: ["a.png"], target: .file(name), suffix: "x", format: .pnm)
      #expect(plan.format == kind)
    }
  }

  @Test("finds two results of one name before any work") func findsDuplicates() {
    #expect(throws: PipelineError.self) { try names(["a.png", "a.jpg"]) }
    #expect(throws: PipelineError.self) { try names(["x/a.png", "y/a.png"], .folder("out/")) }
    #expect(throws: PipelineError.self) { try names(["a.png", "./a.jpg"]) }
    #expect(throws: PipelineError.self) { try names(["a.png", "a.png"]) }
    #expect(throws: Never.self) { try names(["x/a.png", "y/a.png"]) }
    // What Unicode calls equal may be two files.
    #expect(throws: Never.self) { try names(["\u{E9}.png", "e\u{301}.png"]) }
    #expect(throws: Never.self) { try names(["A.png", "a.png"]) }
  }

  @Test("sees through links to folders") func followsFolders() throws {
    let place = try Workplace()
    let files = FileManager.default
    try files.createDirectory(atPath: place["real"], withIntermediateDirectories: false)
    try files.createSymbolicLink(atPath: place["link"], withDestinationPath: "real")
    for other in ["link/a.jpg", "real/../real/a.jpg", "real//a.jpg"] {
      #expect(throws: PipelineError.self, "\(other)") {
        try names([place["real/a.png"], place[other]])
      }
    }
    #expect(throws: Never.self) { try names([place["real/a.png"], place["a.png"]]) }
  }

  @Test("responses need a name of their own") func namesResponses() throws {
    #expect(try OutputPlan.Destination.file("a/b.c.png").responsesPath() == "a/b.c.npy")
    for destination in [.standardOutput, .file("a.npy"), .file("/dev/null")]
      as [OutputPlan.Destination]
    {
      #expect(throws: PipelineError.self) { try destination.responsesPath() }
    }
  }

  @Test("work in parallel is told in order, and stops when told to") func ordersWork() {
    for jobs in [1, 2, 7] {
      let told = Told()
      OrderedWork.run(count: 50, jobs: jobs) {
        $0
      } finish: { i, draft in
        i + draft
      } report: { i, value in
        told.add(i, value)
        return i < 30
      }
      #expect(told.indices == Array(0...30))
    }
  }

  @Test("no more threads compute at a time than there are jobs") func keepsToJobs() {
    for jobs in [1, 3] {
      let now = Atomic(0)
      let most = Atomic(0)
      OrderedWork.run(count: 60, jobs: jobs) { _ in
        let running = now.add(1, ordering: .sequentiallyConsistent).newValue
        _ = most.max(running, ordering: .sequentiallyConsistent)
        usleep(200)
        now.subtract(1, ordering: .sequentiallyConsistent)
      } finish: { _, _ in
        usleep(200)
      } report: { _, _ in
        true
      }
      #expect(1...jobs ~= most.load(ordering: .sequentiallyConsistent))
    }
  }

  private final class Told: @unchecked Sendable {
    var indices: [Int] = []
    func add(_ i: Int, _ value: Int) {
      #expect(value == 2 * i)
      indices.append(i)
    }
  }
}
