internal import ArgumentParser

/// Checks the numbers that flags give.
enum BenchRange {
    /// Fails with the name of the flag unless `low` < value ≤ `high`.
    static func check(
        _ flag: String, _ value: Double, above low: Double, upTo high: Double
    ) throws {
        guard value > low, value <= high else {
            throw ValidationError(
                "\(flag) is \(value), expected above \(low) and at most \(high)")
        }
    }
}
