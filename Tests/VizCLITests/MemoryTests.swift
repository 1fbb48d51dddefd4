import Foundation
import Testing
import VizCNN

/// A folder of pictures is worked through one by one.
@Suite("Memory over many pictures")
struct MemoryTests {
  /// The most memory that a run of the binary held at a time, in bytes, and how it ended.
  private func peak(_ words: [String], in folder: String) throws -> (bytes: Int, status: Int32) {
    var process = pid_t()
    // The shell becomes the binary, in the folder.
    let line = ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", folder, Command.path] + words
    let arguments = line.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    try #require(posix_spawn(&process, "/bin/sh", &actions, nil, arguments, environ) == 0)
    var status: Int32 = 0
    var usage = rusage()
    while wait4(process, &status, 0, &usage) < 0 { try #require(errno == EINTR) }
    return (usage.ru_maxrss << 10, status)
  }

  @Test(
    "sixteen times as many pictures take no more memory", arguments: ["activations", "predict"])
  func staysFlat(_ verb: String) throws {
    let place = try Workplace()
    // 8 and 16 maps of 192×192, and what lies between: 5 MB for each picture.
    try place.make(
      "edges.net",
      """
      Input(1, 192, 192)
      Conv2d(1, 8, 3, padding=1, kernels=[sobel-x, sobel-y, laplacian, high-pass, sobel-x, sobel-y, laplacian, high-pass])
      ReLU()
      cat(0, 1)
      AdaptiveAvgPool2d(1)
      Flatten()
      """)
    for (folder, count) in [("few", 4), ("many", 64)] {
      try place.makeFolder(folder)
      for i in 0..<count {
        try place.picture("\(folder)/\(i).png", width: 64, height: 48, seed: i)
      }
    }
    let few = try peak([verb, "edges.net", "few", "-q"] + output(verb, "a"), in: place.path)
    let many = try peak([verb, "edges.net", "many", "-q"] + output(verb, "b"), in: place.path)
    #expect(few.status == 0 && many.status == 0)
    let activations = (8 + 8 + 16) * 192 * 192 * 4
    #expect(many.bytes < few.bytes * 3 / 2, "\(few.bytes) and \(many.bytes) bytes")
    #expect(many.bytes - few.bytes < 12 * activations, "\(few.bytes) and \(many.bytes) bytes")
  }

  private func output(_ verb: String, _ folder: String) -> [String] {
    verb == "activations" ? ["-o", folder + "/"] : []
  }
}
