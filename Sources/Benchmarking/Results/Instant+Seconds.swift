internal import Domain

extension Instant {
    /// Seconds since the origin.
    var seconds: Double { Double(nanoseconds) * 1e-9 }

    /// Clamped to what fits.
    init(seconds: Double) {
        let clamped = seconds.isNaN ? 0 : min(max(seconds, -1e9), 1e9)
        self.init(nanoseconds: Int64((clamped * 1e9).rounded()))
    }
}

extension Duration {
    /// For people and for the `_ms` keys of result files.
    var milliseconds: Double {
        Double(components.seconds) * 1000 + Double(components.attoseconds) / 1e15
    }
}
