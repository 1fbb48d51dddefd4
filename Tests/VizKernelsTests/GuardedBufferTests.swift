import Glibc
import Testing
import VizKernels
import VizTestSupport

@Suite("Guarded memory")
struct GuardedBufferTests {
  @Test("holds what it is given, at both ends", arguments: GuardedBuffer.Side.allCases)
  func holds(side: GuardedBuffer.Side) {
    for count in [0, 1, 63, 4095, 4096, 4097, 20_000] {
      let source = SampleBuffer((0..<count).map { UInt8(truncatingIfNeeded: $0) })
      let guarded = GuardedBuffer.copy(of: source, byteCount: count, flushWith: side)
      #expect(
        guarded.elements(of: UInt8.self, count: count)
          == source.elements(of: UInt8.self, count: count))
    }
  }

  @Test("a read past the end ends the process")
  func readPastEnd() async {
    await #expect(processExitsWith: .signal(SIGSEGV)) {
      let buffer = GuardedBuffer.make(byteCount: 100, flushWith: .end)
      let byte = buffer.bytes.load(fromByteOffset: 100, as: UInt8.self)
      print(byte)
    }
  }

  @Test("a read before the start ends the process")
  func readBeforeStart() async {
    await #expect(processExitsWith: .signal(SIGSEGV)) {
      let buffer = GuardedBuffer.make(byteCount: 100, flushWith: .start)
      let byte = buffer.bytes.load(fromByteOffset: -1, as: UInt8.self)
      print(byte)
    }
  }

  @Test("a write past the end ends the process")
  func writePastEnd() async {
    await #expect(processExitsWith: .signal(SIGSEGV)) {
      let buffer = GuardedBuffer.make(byteCount: 100, flushWith: .end)
      buffer.bytes.storeBytes(of: 1, toByteOffset: 100, as: UInt8.self)
    }
  }

  @Test("a kernel that is told of one column too many ends the process")
  func kernelPastEnd() async {
    await #expect(processExitsWith: .signal(SIGSEGV)) {
      let source = GuardedBuffer.make(byteCount: 65, flushWith: .end)
      let out = SampleBuffer(byteCount: 1000)
      KernelTable.best.deinterleaveRow(1, source.bytes, 1, 0, 66, out.bytes)
      print(out.bytes.load(as: UInt8.self))
    }
  }
}
