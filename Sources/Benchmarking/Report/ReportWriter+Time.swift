internal import Domain

extension ReportWriter {
    /// One quantity that changes during a run.
    private struct Quantity {
        var name: String
        var value: (ReportRun.Second) -> Double?
        /// How values of several seconds become one.
        var merge: ([Double]) -> Double = { $0.reduce(0, +) / Double($0.count) }
    }

    private static var groups: [(title: String, note: String, quantities: [Quantity])] {
        [
            (
                "Time to first token", "of the requests that arrived at that time",
                [
                    Quantity(name: "mean") { $0.meanTTFT },
                    Quantity(name: "P99", value: { $0.p99TTFT }, merge: { $0.max() ?? 0 }),
                ]
            ),
            (
                "Requests in the server", "as it counts them",
                [
                    Quantity(name: "running") { $0.running },
                    Quantity(name: "waiting") { $0.waiting },
                ]
            ),
            (
                "Requests in flight", "as the load generator counts them",
                [Quantity(name: "in flight") { $0.inFlight }]
            ),
            (
                "Output tokens", "per second",
                [Quantity(name: "tokens") { $0.outputTokens }]
            ),
            (
                "Requests", "per second",
                [
                    Quantity(name: "arrived") { $0.arrived },
                    Quantity(name: "completed") { $0.completed },
                    Quantity(name: "rejected") { $0.rejected },
                ]
            ),
        ]
    }

    /// For one run the quantities of a group share a picture; for several runs each quantity has
    /// one, with a line per run.
    var timeCards: [String] {
        guard runs.contains(where: { !$0.seconds.isEmpty }) else { return [] }
        return Self.groups.flatMap { title, note, quantities -> [String] in
            guard runs.count > 1 else {
                let series = quantities.enumerated().map { place, quantity in
                    (quantity.name, Self.style(place), points(runs[0], quantity))
                }
                return [timeCard(title, note, series)].compactMap { $0 }
            }
            return quantities.compactMap { quantity in
                let series = runs.enumerated().map { place, run in
                    (run.name, Self.style(place), points(run, quantity))
                }
                let name = quantities.count > 1 ? "\(title): \(quantity.name)" : title
                return timeCard(name, note, series)
            }
        }
    }

    private typealias Trail = (name: String, style: String, points: [Plot.Point?])

    private func timeCard(_ title: String, _ note: String, _ trails: [Trail]) -> String? {
        let values = trails.flatMap { $0.points.compactMap { $0?.y } }
        guard values.contains(where: { $0 > 0 }) else { return nil }
        let isTime = title.hasPrefix("Time")
        var plot = Plot(
            label: title, xAxis: .linear(exactly: 0, to: Double(length)),
            yAxis: isTime ? .fitting(values) : .linear(to: values.max() ?? 1),
            xName: "seconds since the start")
        if isTime { plot.yText = NumberText.milliseconds }
        plot.series = trails.map { trail in
            let pieces = trail.points.split(separator: nil).map { $0.compactMap { $0 } }
            return Plot.Series(name: trail.name, style: trail.style, strokes: pieces)
        }
        plot.markers = runs.enumerated().flatMap { place, run in
            runs.count == 1 ? markers(run) : ticks(run, style: Self.style(place))
        }
        plot.hints = hints(trails, isTime: isTime)
        return card(title, note, plot)
    }

    private func hints(_ trails: [Trail], isTime: Bool) -> [Plot.Hint] {
        let count = trails.map(\.points.count).max() ?? 0
        let width = max(1, (count + Self.maxHints - 1) / Self.maxHints)
        return stride(from: 0, to: count, by: width).map { bucket in
            let lines = trails.compactMap { trail -> String? in
                guard bucket < trail.points.count, let point = trail.points[bucket] else {
                    return nil
                }
                let text =
                    isTime ? NumberText.milliseconds(point.y) : NumberText.compact(point.y)
                return "\(trail.name): \(text)"
            }
            let start = bucket * bucketSeconds
            return Plot.Hint(
                low: Double(start), high: Double(start + bucketSeconds * width),
                title: (["second \(start)"] + lines).joined(separator: "\n"))
        }
    }

    /// Columns of a picture that answer to the pointer.
    static let maxHints = 140

    /// Seconds of the longest run.
    private var length: Int { runs.map(\.seconds.count).max() ?? 0 }

    /// Seconds per point, so that a picture has at most 280.
    private var bucketSeconds: Int { max(1, (length + 279) / 280) }

    private func points(_ run: ReportRun, _ quantity: Quantity) -> [Plot.Point?] {
        stride(from: 0, to: run.seconds.count, by: bucketSeconds).map { start in
            let end = min(start + bucketSeconds, run.seconds.count)
            let values = run.seconds[start..<end].compactMap(quantity.value)
            guard !values.isEmpty else { return nil }
            return Plot.Point(
                x: Double(start) + Double(end - start) / 2, y: quantity.merge(values))
        }
    }
}

// MARK: - Events

extension ReportWriter {
    private static let maxMarkers = 200

    /// Lines across a picture of one run.
    func markers(_ run: ReportRun) -> [Plot.Marker] {
        run.events.prefix(Self.maxMarkers).map { event in
            Plot.Marker(
                x: event.time.seconds, style: Self.style(ofEvent: event.kind),
                title: Self.title(event))
        }
    }

    /// Small marks in the colour of the run, where runs share a picture.
    private func ticks(_ run: ReportRun, style: String) -> [Plot.Marker] {
        run.events.filter { $0.kind.hasSuffix("started") }.prefix(Self.maxMarkers).map { event in
            Plot.Marker(
                x: event.time.seconds, style: style, title: "\(run.name): \(Self.title(event))",
                isTick: true)
        }
    }

    private static func title(_ event: LoggedEvent) -> String {
        "\(NumberText.fixed(event.time.seconds, 2)) s: \(event.kind)\n\(event.message)"
    }

    static func style(ofEvent kind: String) -> String {
        for name in ["drop", "exchange", "restore"] where kind.hasPrefix(name) {
            return "e-\(name)"
        }
        return "e-other"
    }
}
