extension Duration {
    /// No single thing takes longer, in seconds, so that no profile makes the clock overflow.
    private static let longest = 1e4

    /// What a cost model says, in seconds, rounded up to the nanosecond; what is not above 0 takes
    /// no time.
    init(cost seconds: Double) {
        let bounded = seconds > 0 ? min(seconds, Self.longest) : 0
        self = .nanoseconds(Int64((bounded * 1e9).rounded(.up)))
    }
}
