import Testing
import VizRender

@Suite("ShortNumber") struct ShortNumberTests {
  @Test(
    "numbers are short and exact where they can be",
    arguments: [
      (0, "0"), (-0.0, "0"), (1020, "1020"), (-2, "−2"), (65_535, "65535"), (0.5, "0.5"),
      (1.0 / 3, "0.333"), (-1.0 / 16, "−0.0625"), (0.001_234, "0.00123"), (9.996, "10"),
      (0.099_99, "0.1"), (123.456, "123"), (1234.5, "1235"), (2.5e-7, "2.5e−7"), (1e6, "1e6"),
      (-3.25e20, "−3.25e20"), (.infinity, "∞"), (-.infinity, "−∞"), (.nan, "NaN"),
      (.leastNonzeroMagnitude, "4.94e−324"),
    ] as [(Double, String)])
  func isShort(_ value: Double, _ text: String) {
    #expect(ShortNumber.text(value) == text)
  }
}
