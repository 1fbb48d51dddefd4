import Testing
import VizNN
import VizReference

@Suite("Layers against the scalar reference")
struct ReferenceLayerTests {
  @Test(
    "a layer gives what its definition says, on every instruction set",
    arguments: LayerRegistry.all.map(\.name))
  func equalsDefinition(_ type: String) throws {
    let cases = ReferenceCase.all.filter { $0.type == type }
    #expect(!cases.isEmpty, "a layer has no scalar reference in ReferenceCase.all")
    for example in cases {
      let layer = try example.layer()
      let parameters = example.parameters(of: layer)
      let expected = example.judge(
        example.inputs.map(ReferenceArray.init), parameters.mapValues(ReferenceArray.init))
      let shapes = try layer.outputShapes(example.inputs.map(\.shape)).map(\.dimensions)
      #expect(shapes == expected.map(\.shape), "\(example.testDescription)")
      guard shapes == expected.map(\.shape) else { continue }
      for context in ForwardContext.usable {
        let outputs = layer.run(example.inputs, parameters, context: context)
        for (output, expected) in zip(outputs, expected) {
          // What Float32 cannot hold is infinite in it.
          let numbers = expected.values.map { Double(Float($0)) }
          let difference = firstDifference(output.values, numbers) { i in
            example.share * max(abs(numbers[i]), example.magnitude)
          }
          #expect(
            difference == nil,
            "\(example.testDescription), \(context.name): \(difference ?? "")")
        }
      }
    }
  }
}
