internal import MallocCounter

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Counts what the core allocates while it decodes, and fails when that is more than it may be.
/// Counts are the same on every machine, unlike times.
@main
struct CoreAllocations {
    private struct Case {
        let name: String
        let stages: Int
        /// In all steps that are measured.
        let threshold: UInt64
    }

    /// Allocations that are allowed: a change that needs more of them says here why.
    private static let cases = [
        Case(name: "64 sequences on one instance", stages: 1, threshold: 0),
        Case(name: "64 sequences on a pipeline of two", stages: 2, threshold: 0),
    ]

    /// Sequences grow as they decode, and with them a few arrays, each of which doubles now and
    /// then: when, depends on what the system's allocator had at hand. So the steps are measured in
    /// several stretches, and the least counts. In each every sequence fills half a dozen blocks
    /// and the cell looks at its load twenty times, so whatever belongs to steps or looks occurs
    /// in all.
    private static let stretches = 3
    private static func warmUpSteps(stages: Int) -> Int { 100 * stages }
    private static func measuredSteps(stages: Int) -> Int { 100 * stages }

    static func main() {
        guard malloc_counter_works() else {
            print("allocations cannot be counted on this platform")
            return
        }
        var isExceeded = false
        for one in cases {
            let steps = measuredSteps(stages: one.stages)
            let count = allocations(stages: one.stages, steps: steps)
            let isTooMuch = count > one.threshold
            isExceeded = isExceeded || isTooMuch
            print(
                "\(one.name): \(count) allocations in \(steps) steps, \(one.threshold) allowed"
                    + (isTooMuch ? ": TOO MANY" : ""))
        }
        if isExceeded { exit(1) }
    }

    private static func allocations(stages: Int, steps: Int) -> UInt64 {
        var loop = DecodeLoop(stages: stages)
        for _ in 0..<warmUpSteps(stages: stages) { loop.step() }
        var least = UInt64.max
        for _ in 0..<stretches {
            let before = malloc_counter_total()
            for _ in 0..<steps { loop.step() }
            least = min(least, malloc_counter_total() - before)
        }
        return least
    }
}
