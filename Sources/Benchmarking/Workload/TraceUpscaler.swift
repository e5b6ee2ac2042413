/// Makes a trace denser or thinner without changing the shape of its bursts. Compressing time
/// instead would shorten the bursts against the time that a request takes.
package struct TraceUpscaler: Hashable, Sendable {
    /// Copies per arrival in the mean; above zero.
    package var scale: Double
    package var seed: UInt64
    package var mode = Mode.thinning

    /// How many copies an arrival has. The mean is the same; the count varies less by replication.
    package enum Mode: Hashable, Sendable {
        /// It is repeated ⌈s⌉ times, and each copy is kept with probability s/⌈s⌉ (the form that
        /// the KunServe evaluation uses).
        case thinning
        /// It is repeated ⌊s⌋ times, and once more with the probability of the rest (TraceUpscaler,
        /// EuroSys 2024).
        case replication
    }

    /// Copies of one arrival spread over so many seconds, so that they are not simultaneous.
    static let jitterSeconds = 0.005

    package init(scale: Double, seed: UInt64, mode: Mode = .thinning) {
        self.scale = scale
        self.seed = seed
        self.mode = mode
    }

    /// The kept copies in order, each with the number of the copy, from 0. A copy keeps the
    /// lengths of its row, so that long requests stay where they were. Complexity: O(rows · s).
    package func rows(from rows: [TraceRow]) -> [(row: TraceRow, copy: Int)] {
        guard scale != 1 else { return rows.map { ($0, 0) } }
        var stream = RandomStream(seed: seed, for: .thinning)
        var kept: [(TraceRow, Int)] = []
        kept.reserveCapacity(Int(Double(rows.count) * scale) + 64)
        switch mode {
        case .thinning:
            let trials = max(1, Int(scale.rounded(.up)))
            let probability = scale / Double(trials)
            for row in rows {
                for copy in 0..<trials where stream.uniform() < probability {
                    kept.append((row, copy))
                }
            }
        case .replication:
            let whole = Int(scale)
            for row in rows {
                let copies = whole + (stream.uniform() < scale - Double(whole) ? 1 : 0)
                for copy in 0..<copies { kept.append((row, copy)) }
            }
        }
        return kept
    }

    /// The kept copies at times of their own: the first copy of an arrival comes at the arrival's
    /// time. In the order of `rows`, not in that of time.
    func spread(_ rows: [TraceRow]) -> [TraceRow] {
        var jitter = RandomStream(seed: seed, for: .jitter)
        return self.rows(from: rows).map { row, copy in
            var row = row
            if copy > 0 { row.arrivalSeconds += jitter.uniform() * Self.jitterSeconds }
            return row
        }
    }
}

extension [TraceRow] {
    /// Rows of equal time keep their order.
    var sortedByTime: [TraceRow] {
        let isSorted = zip(self, dropFirst()).allSatisfy { $0.arrivalSeconds <= $1.arrivalSeconds }
        guard !isSorted else { return self }
        return enumerated().sorted {
            ($0.element.arrivalSeconds, $0.offset) < ($1.element.arrivalSeconds, $1.offset)
        }.map(\.element)
    }
}
