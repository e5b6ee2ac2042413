internal import CKernels

/// What this machine can do at most, measured: the yardsticks for throughput.
package struct MachineLimits: Sendable {
    package var threads: Int
    /// Bytes per second that all threads together read from memory.
    package var readBandwidth: Double
    /// Floating-point operations per second of all threads on the best tier.
    package var flops: Double

    /// Measures for about a second; takes `bytes` of memory meanwhile, which should be far more
    /// than the caches hold.
    package static func measure(
        threads: Int? = nil, bytes: Int = 512 << 20, rounds: Int = 3
    ) -> MachineLimits {
        let pool = KernelPool(threadCount: threads ?? Platform.processorCount)
        pool.smallestShare = 0
        return MachineLimits(
            threads: pool.threadCount,
            readBandwidth: measureReads(pool, bytes: bytes, rounds: rounds),
            flops: measureFlops(pool, rounds: rounds))
    }

    private static func measureReads(_ pool: KernelPool, bytes: Int, rounds: Int) -> Double {
        let chunk = 1 << 18
        let chunks = max(1, bytes / chunk / MemoryLayout<Float>.stride)
        let data = UnsafeMutablePointer<Float>.allocate(capacity: chunks * chunk)
        defer { data.deallocate() }
        data.initialize(repeating: 1, count: chunks * chunk)
        let work = ReadProbe(data: data, chunk: chunk)
        let read = Double(chunks * chunk * MemoryLayout<Float>.stride)
        return best(rounds) {
            pool.run(work, count: chunks, cost: chunk)
            return read
        }
    }

    private static func measureFlops(_ pool: KernelPool, rounds: Int) -> Double {
        let iterations = 1_000_000
        let done = UnsafeMutablePointer<Double>.allocate(capacity: pool.threadCount * 4)
        defer { done.deallocate() }
        done.initialize(repeating: 0, count: pool.threadCount * 4)
        let work = MultiplyProbe(iterations: iterations, done: done)
        return best(rounds) {
            pool.run(work, count: pool.threadCount * 4, cost: iterations)
            return (0..<pool.threadCount * 4).reduce(0) { $0 + done[$1] }
        }
    }

    /// The highest rate of several rounds: what disturbs a round only slows it.
    private static func best(_ rounds: Int, _ body: () -> Double) -> Double {
        var best = 0.0
        for _ in 0..<max(1, rounds) {
            let start = ContinuousClock.now
            let amount = body()
            let elapsed = start.duration(to: .now) / .seconds(1)
            best = max(best, amount / max(elapsed, 1e-9))
        }
        return best
    }
}

/// Reads memory; one item is one chunk of floats.
private struct ReadProbe: PoolWork {
    let data: UnsafePointer<Float>
    let chunk: Int

    func run(_ items: Range<Int>, thread: Int) {
        for item in items { _ = ck_probe_read(data + item * chunk, chunk) }
    }
}

/// Multiplies and adds; every item does the same.
private struct MultiplyProbe: PoolWork {
    let iterations: Int
    /// Flops done, per item.
    let done: UnsafeMutablePointer<Double>

    func run(_ items: Range<Int>, thread: Int) {
        var sink: Float = 0
        for item in items { done[item] = ck_probe_fma(iterations, &sink) }
    }
}
