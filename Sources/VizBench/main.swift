internal import VizImage
internal import VizKernels

let clock = ContinuousClock()

func time(_ name: String, _ body: () throws -> Void) rethrows {
  if CommandLine.arguments.count > 1, !name.contains(CommandLine.arguments[1]) { return }
  var best: [Double] = []
  for _ in 0..<15 {
    let d = try clock.measure { try body() }
    best.append(Double(d.components.attoseconds) / 1e15 + Double(d.components.seconds) * 1e3)
  }
  best.sort()
  print(name, best[best.count / 2], "ms")
}

let (w, h) = (1920, 1080)
var state: UInt64 = 1
let bytes = (0..<w * h).map { _ -> UInt8 in
  state = state &* 6_364_136_223_846_793_005 &+ 1
  return UInt8(truncatingIfNeeded: state >> 33)
}
let plane = Plane(width: w, height: h, samples: bytes)
let real = plane.converted(to: .float)
for jobs in [1, 2] {
  let e = Execution(jobs: jobs)
  try time("sobel-x u8->s16 j\(jobs)") {
    _ = try plane.filtered(with: KernelBank(.sobelX()), edge: .extend, output: .int16, execution: e)
  }
  try time("sobel-x u8->u8 j\(jobs)") {
    _ = try plane.filtered(with: KernelBank(.sobelX()), edge: .extend, output: .uint8, execution: e)
  }
  try time("sobel mag u8->u8 j\(jobs)") {
    _ = try plane.filtered(
      with: .magnitude(.sobelX(), .sobelY()), edge: .extend, output: .uint8, execution: e)
  }
  try time("3x3 f32 j\(jobs)") {
    _ = try real.filtered(
      with: KernelBank(Kernel.gaussian(sigma: 0.4)), edge: .extend, output: .float, execution: e)
  }
  try time("9x9 f32 j\(jobs)") {
    _ = try real.filtered(
      with: KernelBank(Kernel.gaussian(sigma: 1.4)), edge: .extend, output: .float, execution: e)
  }
  try time("box9 u8 j\(jobs)") {
    _ = try plane.filtered(
      with: KernelBank(Kernel.box(size: 9)), edge: .extend, output: .uint8, execution: e)
  }
  try time("gauss1.5 u8 j\(jobs)") {
    _ = try plane.filtered(
      with: KernelBank(Kernel.gaussian(sigma: 1.5)), edge: .extend, output: .uint8, execution: e)
  }
  try time("median3 u8 j\(jobs)") { _ = try plane.median(size: 3, jobs: jobs) }
  try time("median5 u8 j\(jobs)") { _ = try plane.median(size: 5, jobs: jobs) }
}
try time("canny") { _ = try plane.cannyEdges(low: 100, high: 200, highest: 255) }
print(
  ConvolutionPlan(for: .magnitude(.sobelX(), .sobelY()), source: .uint8, output: .uint8).reasons)
print(
  ConvolutionPlan(for: KernelBank(Kernel.gaussian(sigma: 1.5)), source: .uint8, output: .uint8)
    .reasons)
