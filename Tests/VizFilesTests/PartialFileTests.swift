import Foundation
import Testing
import VizFiles

@Suite("Files that come in parts")
struct PartialFileTests {
  let folder = ScratchFolder()

  @Test("a part gets the name, and a file that has it stays")
  func names() throws {
    let partial = PartialFile(folder["f"])
    try partial.prepare()
    folder.make("f.part", "new")
    try partial.commit()
    #expect(folder.names == ["f"] && folder.text("f") == "new")
    folder.make("f.part", "newer")
    #expect(throws: FileError.wouldOverwrite(path: folder["f"])) { try partial.commit() }
    #expect(folder.names == ["f", "f.part"] && folder.text("f") == "new")
  }

  @Test("a file of that name that is made in the same moment is never replaced")
  func race() async throws {
    for n in 0..<300 {
      let (name, path) = ("f\(n)", folder["f\(n)"])
      folder.make("\(name).part", "part")
      async let made = {
        (try? Data("other".utf8).write(to: URL(filePath: path), options: .withoutOverwriting))
          != nil
      }()
      let isCommitted = (try? PartialFile(path).commit()) != nil
      let isMade = await made
      #expect(isCommitted != isMade && folder.text(name) == (isMade ? "other" : "part"))
    }
  }
}
