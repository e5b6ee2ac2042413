/// Writes the Prometheus text format, version 0.0.4.
package struct ExpositionWriter {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    /// Starts a metric: its `HELP` and `TYPE` lines.
    package mutating func header(name: String, help: String, type: String) {
        text("# HELP \(name) ")
        escaped(help, quotes: false)
        text("\n# TYPE \(name) \(type)\n")
    }

    /// One line: name, labels and value.
    package mutating func sample(_ name: String, _ labels: MetricLabels, _ value: Double) {
        series(name, labels, extra: nil)
        text(" \(Self.number(value))\n")
    }

    package mutating func sample(_ name: String, _ labels: MetricLabels, _ value: UInt64) {
        series(name, labels, extra: nil)
        text(" \(value)\n")
    }

    /// All lines of a histogram, which ends with its `+Inf` bucket, sum and count.
    package mutating func histogram(_ name: String, _ labels: MetricLabels, _ source: Histogram) {
        let (cumulative, sum) = source.snapshot
        for (bound, count) in zip(source.bounds + [.infinity], cumulative) {
            let label = MetricLabels.Pair(name: "le", value: Self.number(bound))
            series("\(name)_bucket", labels, extra: label)
            text(" \(count)\n")
        }
        sample("\(name)_sum", labels, sum)
        sample("\(name)_count", labels, cumulative.last ?? 0)
    }

    private mutating func series(
        _ name: String, _ labels: MetricLabels, extra: MetricLabels.Pair?
    ) {
        text(name)
        let pairs = labels.pairs + (extra.map { [$0] } ?? [])
        guard !pairs.isEmpty else { return }
        for (position, pair) in pairs.enumerated() {
            text(position == 0 ? "{" : ",")
            text("\(pair.name)=\"")
            escaped(pair.value, quotes: true)
            text("\"")
        }
        text("}")
    }

    private mutating func text(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func escaped(_ text: String, quotes: Bool) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): bytes.append(contentsOf: #"\\"#.utf8)
            case 0x0A: bytes.append(contentsOf: #"\n"#.utf8)
            case UInt8(ascii: "\"") where quotes: bytes.append(contentsOf: #"\""#.utf8)
            default: bytes.append(byte)
            }
        }
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return String(value)
    }
}
