import Synchronization
import Testing
import VizKernels

@Suite("Values made ahead")
struct PrefetcherTests {
  @Test("are those that are asked for, whatever the number of workers")
  func values() {
    for workers in 0...5 {
      let squares = Prefetcher(0..<200, workers: workers, ahead: 3) { index, _ in index * index }
      for index in 0..<200 {
        let value = squares.value(at: index)
        #expect(value == index * index, "\(workers) workers")
      }
    }
  }

  @Test("no more of them than there is room for, and none behind the end")
  func bound() {
    let begun = Atomic(0)
    let values = Prefetcher(0..<50, workers: 3, ahead: 4) { index, _ in
      begun.wrappingAdd(1, ordering: .relaxed)
      return index
    }
    for index in 0..<50 {
      let value = values.value(at: index)
      #expect(value == index)
      // Those that were taken, and four behind the last of them.
      let count = begun.load(ordering: .relaxed)
      #expect(count <= min(index + 5, 50))
    }
  }

  @Test("several can take them, also the same ones")
  func shared() {
    let values = Prefetcher(0..<400, workers: 2, ahead: 2) { index, _ in 3 * index }
    let sum = Atomic(0)
    ThreadPool.runOnThreads(3) {
      for index in 0..<400 { sum.wrappingAdd(values.value(at: index), ordering: .relaxed) }
    }
    let total = sum.load(ordering: .relaxed)
    #expect(total == 3 * 3 * 399 * 400 / 2)
  }

  @Test("workers end with the object, and give up what they are at")
  func end() {
    let isRunning = Atomic(false)
    let isGivenUp = Atomic(false)
    do {
      let endless = Prefetcher(0..<2, workers: 1, ahead: 1) { index, isWanted -> Int? in
        isRunning.store(true, ordering: .releasing)
        while isWanted() {}
        isGivenUp.store(true, ordering: .releasing)
        return nil
      }
      while !isRunning.load(ordering: .acquiring) {}
      withExtendedLifetime(endless) {}
    }
    let isOver = isGivenUp.load(ordering: .acquiring)
    #expect(isOver)
  }
}
