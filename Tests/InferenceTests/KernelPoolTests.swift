import Synchronization
import TestSupport
import Testing

@testable import Inference

/// Every item runs exactly once, on a thread whose index nobody else uses.
struct KernelPoolTests {
    struct CountingWork: PoolWork {
        let counts: UnsafeMutablePointer<Int>
        /// Marks which threads are inside.
        let inside: UnsafeMutablePointer<Bool>

        func run(_ items: Range<Int>, thread: Int) {
            precondition(!inside[thread])
            inside[thread] = true
            for item in items { counts[item] += 1 }
            inside[thread] = false
        }
    }

    @Test(arguments: 1...4)
    func everyItemRunsOnce(threads: Int) {
        let pool = KernelPool(threadCount: threads)
        pool.smallestShare = 0
        let most = 300
        let counts = UnsafeMutablePointer<Int>.allocate(capacity: most)
        let inside = UnsafeMutablePointer<Bool>.allocate(capacity: threads)
        defer {
            counts.deallocate()
            inside.deallocate()
        }
        inside.initialize(repeating: false, count: threads)
        var random = SplitMix64(seed: UInt64(threads))
        for _ in 0..<150 {
            let count = Int.random(in: 0...most, using: &random)
            counts.initialize(repeating: 0, count: most)
            pool.run(CountingWork(counts: counts, inside: inside), count: count, cost: 1)
            for item in 0..<most where counts[item] != (item < count ? 1 : 0) {
                Issue.record("item \(item) of \(count) ran \(counts[item]) times")
            }
        }
    }

    @Test func anUnusedPoolStops() {
        for threads in 1...4 { _ = KernelPool(threadCount: threads) }
    }

    @Test func limitsAreMeasured() {
        let limits = MachineLimits.measure(threads: 2, bytes: 8 << 20, rounds: 1)
        #expect(limits.readBandwidth > 1e6 && limits.flops > 1e6 && limits.threads == 2)
    }

    @Test func unknownTiersAreNamed() throws {
        let error = #expect(throws: OptionError.self) { try KernelTier(named: "abacus") }
        #expect(error?.description.contains("scalar") == true)
        #expect(try KernelTier(named: "scalar").name == "scalar")
        #expect(KernelTier.available.last?.name == "scalar")
    }
}
