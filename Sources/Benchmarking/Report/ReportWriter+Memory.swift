internal import Domain

extension ReportWriter {
    private typealias Instance = ClusterSample.Instance

    /// One use of memory, with its colour.
    private struct Part {
        var name: String
        var style: String
        var size: @Sendable (Instance) -> ByteCount
    }

    /// From the bottom of the picture to its top.
    private static let parts = [
        Part(name: "weights", style: "m-weights") { $0.weights },
        Part(name: "workspace and spare", style: "m-other") { $0.other },
        Part(name: "KV of requests", style: "m-used") { $0.used },
        Part(name: "KV cached", style: "m-cached") { $0.cached },
        Part(name: "KV free", style: "m-free") { $0.free },
    ]

    /// What every instance used its memory for, run by run.
    var memorySections: String {
        runs.filter { !$0.samples.isEmpty }.map { run in
            let ids = Set(run.samples.flatMap { $0.instances.map(\.id) }).sorted()
            let shown = ids.prefix(max(4, Self.maxPictures / runs.count))
            let cards = shown.compactMap { memoryCard(run, instance: $0) }
            guard !cards.isEmpty else { return "" }
            let names = Self.parts.map { ($0.name, $0.style, false) }
            let some = shown.count < ids.count ? ", \(shown.count) of \(ids.count) instances" : ""
            let name = (runs.count > 1 ? "Memory: \(run.name)" : "Memory") + some
            let events = run.events.isEmpty ? "" : eventLegend
            return "<section><h2>\(name.escapedForHTML)</h2>\(legend(names))\(events)"
                + "<div class=\"cards small\">\(cards.joined())</div></section>"
        }.joined()
    }

    /// Pictures of memory on a page; each takes some tens of kilobytes.
    private static let maxPictures = 64

    private var eventLegend: String {
        let names = ["drop", "exchange", "restore", "other"].map { ($0, "rule e-\($0)", false) }
        return legend(names)
    }

    private func memoryCard(_ run: ReportRun, instance id: Int) -> String? {
        let seen = run.samples.compactMap { sample in
            sample.instances.first { $0.id == id }.map { (sample.time.seconds, $0) }
        }
        let stride = max(1, seen.count / 400)
        let shown = seen.enumerated().filter { $0.offset % stride == 0 }.map(\.element)
        guard shown.count > 1, let last = shown.last else { return nil }
        let budget = shown.map { Self.total($0.1) }.max() ?? 0
        // An instance that was never there has no memory to show.
        guard budget > 0 else { return nil }
        let unit = Self.unit(of: budget)
        var plot = Plot(
            label: "Memory of instance \(id)",
            xAxis: .linear(exactly: 0, to: max(last.0, Double(run.seconds.count)), tickCount: 4),
            yAxis: .linear(exactly: 0, to: budget / unit.size, tickCount: 4),
            xName: "seconds since the start")
        plot.width = 330
        plot.height = 200
        plot.isStacked = true
        plot.series = Self.parts.map { part in
            let points = shown.map { time, instance in
                Plot.Point(x: time, y: Double(part.size(instance).bytes) / unit.size)
            }
            return Plot.Series(name: part.name, style: part.style, strokes: [points])
        }
        plot.markers = markers(run)
        plot.hints = hints(shown)
        return card("Instance \(id)", unit.name, plot, legend: "")
    }

    private func hints(_ samples: [(time: Double, instance: Instance)]) -> [Plot.Hint] {
        let width = max(1, (samples.count + Self.maxHints - 1) / Self.maxHints)
        let columns = stride(from: 0, to: samples.count, by: width).map { samples[$0] }
        return zip(columns, columns.dropFirst()).map { sample, next in
            let instance = sample.instance
            let sizes = Self.parts.map { "\($0.name): \($0.size(instance))" }
            let layers = "layers \(instance.layers.lowerBound)–\(instance.layers.upperBound)"
            let head = "\(NumberText.fixed(sample.time, 1)) s, \(instance.phase), \(layers)"
            return Plot.Hint(
                low: sample.time, high: next.time,
                title: ([head] + sizes.reversed()).joined(separator: "\n"))
        }
    }

    /// All parts of an instance, in bytes.
    private static func total(_ instance: Instance) -> Double {
        parts.reduce(0) { $0 + Double($1.size(instance).bytes) }
    }

    private static func unit(of bytes: Double) -> (name: String, size: Double) {
        for (name, size) in [("GiB", 0x1p30), ("MiB", 0x1p20)] where bytes >= 2 * size {
            return (name, size)
        }
        return ("KiB", 0x1p10)
    }
}
