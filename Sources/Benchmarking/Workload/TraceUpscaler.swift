/// Makes a trace denser or thinner without changing the shape of its bursts: every arrival is
/// repeated ⌈s⌉ times and each copy is kept with probability s/⌈s⌉ (TraceUpscaler, EuroSys 2024,
/// in the form that the KunServe evaluation uses). Compressing time instead would shorten the
/// bursts against the time that a request takes.
package struct TraceUpscaler: Hashable, Sendable {
    /// Copies per arrival in the mean; above zero.
    package var scale: Double
    package var seed: UInt64

    package init(scale: Double, seed: UInt64) {
        self.scale = scale
        self.seed = seed
    }

    /// The kept copies in order, each with the number of the copy, from 0. A copy keeps the
    /// lengths of its row, so that long requests stay where they were. Complexity: O(rows · s).
    package func rows(from rows: [TraceRow]) -> [(row: TraceRow, copy: Int)] {
        guard scale != 1 else { return rows.map { ($0, 0) } }
        var stream = RandomStream(seed: seed, for: .thinning)
        let trials = max(1, Int(scale.rounded(.up)))
        let probability = scale / Double(trials)
        var kept: [(TraceRow, Int)] = []
        kept.reserveCapacity(Int(Double(rows.count) * scale) + 64)
        for row in rows {
            for copy in 0..<trials where stream.uniform() < probability {
                kept.append((row, copy))
            }
        }
        return kept
    }
}
