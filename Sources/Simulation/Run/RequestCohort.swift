/// What requests that are looked at together have in common.
package struct RequestCohort: Hashable, Sendable {
    /// Lower values are served first where the queue is ordered by priority.
    package var priority = 0
    /// `nil` for a request of which nothing was promised.
    package var serviceClass: ServicePromise?

    package init(priority: Int = 0, _ serviceClass: ServicePromise? = nil) {
        self.priority = priority
        self.serviceClass = serviceClass
    }

    /// For people, such as `batch, priority 2`.
    package var description: String {
        let words = [serviceClass?.name, priority == 0 ? nil : "priority \(priority)"]
        let text = words.compactMap(\.self).joined(separator: ", ")
        return text.isEmpty ? "normal" : text
    }
}

extension RequestCohort: Comparable, CustomStringConvertible {
    /// By priority, then by the name of the class, those without one first.
    package static func < (left: Self, right: Self) -> Bool {
        (left.priority, left.serviceClass?.name ?? "")
            < (right.priority, right.serviceClass?.name ?? "")
    }
}
