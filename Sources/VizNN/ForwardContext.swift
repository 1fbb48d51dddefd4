package import VizKernels

/// With what a forward pass runs, and where its tensors come from.
///
/// Results do not depend on the number of threads.
public struct ForwardContext: Sendable {
  package let execution: Execution
  package let memory: TensorMemory

  package init(execution: Execution, memory: TensorMemory = TensorMemory()) {
    self.execution = execution
    self.memory = memory
  }

  /// - Parameter jobs: how many threads may work at a time; nil for one on every core.
  public init(jobs: Int? = nil) {
    self.init(execution: Execution(jobs: jobs ?? ThreadPool.processorCount))
  }

  /// A tensor for a layer to fill.
  package func tensor(_ shape: Shape) -> Tensor {
    Tensor(shape: shape, storage: memory.buffer(byteCount: shape.count * 4))
  }
}
