internal import Domain
internal import Inference

/// How fast one thread copies KV from the memory of one instance to that of another: what decides
/// how large a piece of a transfer may be.
enum CopyBandwidth {
    /// Bytes per second, the median of several rounds over memory that no cache holds.
    ///
    /// - Parameter piece: bytes copied at a time.
    static func measure(
        piece: ByteCount, size: ByteCount = .mebibytes(128), rounds: Int = 5
    ) throws(DeviceMemoryError) -> Double {
        let pools = (try PagePool(budget: size), try PagePool(budget: size))
        // The pages are gone with their pool, whoever still knows their addresses.
        defer { withExtendedLifetime(pools) {} }
        let source = try pools.0.allocate(size).base
        let target = try pools.1.allocate(size).base
        let bytes = size.bytes / piece.bytes * piece.bytes
        source.initializeMemory(as: UInt8.self, repeating: 1, count: bytes)
        target.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        let times = (0..<rounds).map { _ in
            ContinuousClock().measure {
                for start in stride(from: 0, to: bytes, by: piece.bytes) {
                    (target + start).copyMemory(from: source + start, byteCount: piece.bytes)
                }
            }.seconds
        }
        return Double(bytes) / times.sorted()[rounds / 2]
    }
}
