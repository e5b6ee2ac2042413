extension ReportWriter {
    var latencyCards: [String] {
        let ttft = runs.map(\.ttft)
        let tpot = runs.map(\.tpot)
        return [
            cumulative("Time to first token", ttft), cumulative("Time per output token", tpot),
            violations("TTFT objective missed", base.baseTTFT) { $0.ttft },
            violations("TPOT objective missed", base.baseTPOT) { $0.tpot },
        ].compactMap { $0 }
    }

    /// Share of requests at or below a time, over a logarithmic time axis.
    private func cumulative(_ title: String, _ distributions: [Distribution]) -> String? {
        let lowest = distributions.compactMap { $0.values.first { $0 > 0 } }.min()
        guard let low = lowest, let high = distributions.compactMap(\.values.last).max() else {
            return nil
        }
        var plot = Plot(
            label: title, xAxis: .logarithmic(from: low * 0.9, to: high * 1.1),
            yAxis: .linear(to: 100), xName: "time, logarithmic")
        plot.xText = NumberText.milliseconds
        plot.yText = { NumberText.short($0) + " %" }
        plot.series = distributions.enumerated().map { place, values in
            Plot.Series(
                name: runs[place].name, style: Self.style(place), strokes: [steps(values)])
        }
        plot.hints = quantileHints(distributions, plot.xAxis)
        return card(title, "share of completed requests at or below a time", plot)
    }

    /// At most 240 points: every percentile, and the tail in finer steps.
    private func steps(_ values: Distribution) -> [Plot.Point] {
        guard values.count > 0 else { return [] }
        let shares = (0...200).map { Double($0) / 2 } + (1...20).map { 99.5 + Double($0) / 40 }
        return shares.sorted().map { Plot.Point(x: values.percentile($0), y: $0) }
    }

    /// Columns over the whole picture that name every run's share at that time.
    private func quantileHints(_ distributions: [Distribution], _ axis: Axis) -> [Plot.Hint] {
        let columns = 80
        let ratio = axis.high / axis.low
        return (0..<columns).map { column in
            let low = axis.low * power(ratio, Double(column) / Double(columns))
            let high = axis.low * power(ratio, Double(column + 1) / Double(columns))
            let lines = distributions.enumerated().map { place, values in
                let share = 1 - Double(values.count(above: high)) / Double(max(1, values.count))
                return "\(runs[place].name): \(NumberText.fixed(share * 100, 1)) %"
            }
            let head = "≤ \(NumberText.milliseconds(high))"
            return Plot.Hint(
                low: low, high: high, title: ([head] + lines).joined(separator: "\n"))
        }
    }

    private func violations(
        _ title: String, _ base: Double, _ share: (ViolationCurve.Point) -> Double
    ) -> String? {
        guard runs.contains(where: { !$0.requests.isEmpty }) else { return nil }
        let curves = runs.map { self.base.points(of: $0.violationInputs) }
        let top = curves.joined().map(share).max() ?? 0
        var plot = Plot(
            label: title, xAxis: .linear(exactly: 1, to: 10, tickCount: 9),
            yAxis: .linear(to: max(1, top * 100)), xName: "objective, as a multiple of the base")
        plot.yText = { NumberText.short($0) + " %" }
        plot.xText = { NumberText.short($0) + "×" }
        plot.series = curves.enumerated().map { place, points in
            Plot.Series(
                name: runs[place].name, style: Self.style(place),
                strokes: [points.map { Plot.Point(x: Double($0.factor), y: share($0) * 100) }])
        }
        plot.hints = ViolationCurve.factors.enumerated().map { index, factor in
            let lines = curves.enumerated().map { place, points in
                "\(runs[place].name): \(NumberText.fixed(share(points[index]) * 100, 2)) %"
            }
            let head = "\(factor)× base = \(NumberText.milliseconds(Double(factor) * base))"
            return Plot.Hint(
                low: Double(factor) - 0.5, high: Double(factor) + 0.5,
                title: ([head] + lines).joined(separator: "\n"))
        }
        return card(
            title, "share of sent requests; base \(NumberText.milliseconds(base))", plot)
    }
}
