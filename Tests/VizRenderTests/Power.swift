import Foundation

/// `base^exponent`, so that suites need not import Foundation for it.
func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
