internal import Synchronization

/// Counters of one name, told apart by labels. The callers bound the number of series: labels
/// come from small closed sets, never from request text.
package final class CounterFamily: Sendable {
    private let counters = Mutex(State())

    private struct State {
        var order: [MetricLabels] = []
        var totals: [MetricLabels: UInt64] = [:]
    }

    package init() {}

    /// Adds `amount` to the series with these labels, making it when it is new.
    package func increment(_ labels: MetricLabels, by amount: Int = 1) {
        guard amount >= 0 else { return }
        counters.withLock { state in
            if state.totals[labels] == nil { state.order.append(labels) }
            state.totals[labels, default: 0] += UInt64(amount)
        }
    }

    /// The series in the order they were made.
    package var series: [(labels: MetricLabels, value: UInt64)] {
        counters.withLock { state in state.order.map { ($0, state.totals[$0] ?? 0) } }
    }
}
