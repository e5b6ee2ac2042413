internal import Domain

extension LinkSpeed {
    /// Without the latency.
    func time(toSend bytes: Int) -> Duration {
        bytes > 0 ? Duration(cost: Double(bytes) / bytesPerSecond) : .zero
    }

    /// What passes in so much time: a byte at least, and everything where that has no limit.
    func bytes(in time: Duration) -> Int {
        guard time > .zero else { return .max }
        let bytes = bytesPerSecond * Double(time.nanoseconds) / 1e9
        guard bytes > 1 else { return 1 }
        return bytes < 0x1p62 ? Int(bytes) : .max
    }
}
