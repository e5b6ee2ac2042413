extension Duration {
    /// No single thing takes longer, in seconds, so that no profile makes the clock overflow.
    private static let longest = 1e4

    /// What a cost model says, in seconds, rounded up to the nanosecond; what is not above 0 takes
    /// no time.
    init(cost seconds: Double) { self = .nanoseconds(Self.nanoseconds(ofCost: seconds)) }

    /// The same in nanoseconds.
    static func nanoseconds(ofCost seconds: Double) -> Int64 {
        let bounded = seconds > 0 ? min(seconds, longest) : 0
        return Int64((bounded * 1e9).rounded(.up))
    }
}
