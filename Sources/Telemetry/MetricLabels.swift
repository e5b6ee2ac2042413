/// Names and values that tell the series of one metric apart, in the order they are shown.
package struct MetricLabels: Hashable, Sendable {
    package var pairs: [Pair]

    package struct Pair: Hashable, Sendable {
        package var name: String
        package var value: String
    }

    package init(_ pairs: KeyValuePairs<String, String>) {
        self.pairs = pairs.map { Pair(name: $0.key, value: $0.value) }
    }

    package static func + (left: Self, right: Self) -> Self {
        var sum = left
        sum.pairs += right.pairs
        return sum
    }
}

extension MetricLabels: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, String)...) {
        pairs = elements.map { Pair(name: $0.0, value: $0.1) }
    }
}
