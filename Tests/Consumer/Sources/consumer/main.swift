import VizCNN

let samples: [UInt8] = [
  1, 2, 3,
  4, 5, 6,
  7, 8, 9,
]
let plane = Plane(width: 3, height: 3, samples: samples)
print("plane[1, 1] = \(plane[1, 1])")
