/// Writes one run, or several side by side, as one page without scripts and without anything from
/// elsewhere.
package struct ReportWriter: Sendable {
    /// In the order given; each has its colour by its place.
    let runs: [ReportRun]
    /// What the violation curves are relative to.
    package let base: ViolationCurve
    /// What the page shows, besides its head and the commands.
    package var sections = Set(Section.allCases)

    /// A part of the page.
    package enum Section: String, Hashable, Sendable, CaseIterable {
        case tables, latency, time, memory, events
    }

    /// - Parameters:
    ///   - runs: at least one.
    ///   - base: `nil`: the lowest medians among the runs named in `baselines`, or among all.
    package init(
        _ runs: [ReportRun], base: ViolationCurve? = nil, baselines: [String] = []
    ) {
        self.runs = runs
        let named = runs.filter { baselines.contains($0.name) }
        let candidates = named.isEmpty ? runs : named
        self.base =
            base ?? ViolationCurve(bestOf: candidates.map(\.ttft), candidates.map(\.tpot))
    }

    /// Class of the colour of a run.
    static func style(_ place: Int) -> String { "s\(place % 8)" }
}

extension ReportWriter {
    package var html: String {
        func part(_ section: Section, _ text: @autoclosure () -> String) -> String {
            sections.contains(section) ? text() : ""
        }
        let body = [
            header, part(.tables, resultTables + cohortTable),
            part(.latency, section("Latency", latencyCards)),
            part(.time, section("Over time", timeCards)), part(.memory, memorySections),
            part(.events, eventTables), commands,
        ].joined(separator: "\n")
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(title.escapedForHTML)</title>
            <style>\(ReportStyle.css)</style>
            </head>
            <body><main>
            \(body)
            </main></body>
            </html>

            """
    }

    private var title: String {
        let what = runs.allSatisfy(\.isSimulated) ? "Simulation" : "Benchmark"
        return runs.count == 1
            ? "\(what): \(runs[0].name)" : "\(what): \(runs.count) runs side by side"
    }

    private var header: String {
        var facts: [String] = []
        for key in ["model_id", "workload", "date"] {
            let values = runs.compactMap { $0.text(key) }
            guard let first = values.first else { continue }
            let isCommon = values.allSatisfy { $0 == first }
            facts.append(isCommon ? first : "\(first) and others")
        }
        return "<header><h1>\(title.escapedForHTML)</h1>"
            + "<p>\(facts.map(\.escapedForHTML).joined(separator: " · "))</p></header>"
    }

    func legend(_ entries: [(name: String, style: String, isDashed: Bool)]) -> String {
        let items = entries.map { name, style, isDashed in
            "<span><i class=\"\(style)\(isDashed ? " dash" : "")\"></i>"
                + "\(name.escapedForHTML)</span>"
        }
        return "<div class=\"legend\">\(items.joined())</div>"
    }

    /// A chart with its title and, where it has several lines, their names.
    func card(_ title: String, _ note: String, _ plot: Plot, legend: String? = nil) -> String {
        let names = plot.series.map { ($0.name, $0.style, $0.isDashed) }
        let isSelfEvident = names.count < 2
        let legend = legend ?? (isSelfEvident ? "" : self.legend(names))
        return "<figure><figcaption><b>\(title.escapedForHTML)</b>"
            + "<span>\(note.escapedForHTML)</span></figcaption>\(legend)\(plot.svg)</figure>"
    }

    func section(_ title: String, _ cards: [String], small: Bool = false) -> String {
        guard !cards.isEmpty else { return "" }
        return "<section><h2>\(title.escapedForHTML)</h2>"
            + "<div class=\"cards\(small ? " small" : "")\">\(cards.joined())</div></section>"
    }

    private var commands: String {
        let blocks = runs.compactMap { run in
            run.command.map {
                (runs.count > 1 ? "<h3>\(run.name.escapedForHTML)</h3>" : "")
                    + "<pre>\($0.escapedForHTML)</pre>"
            }
        }
        guard !blocks.isEmpty else { return "" }
        return "<section><h2>Command</h2>\(blocks.joined())</section>"
    }

    private var eventTables: String {
        let blocks = runs.filter { !$0.events.isEmpty }.map { run in
            let rows = run.events.prefix(1000).map { event in
                "<tr><td class=\"n\">\(NumberText.fixed(event.time.seconds, 2)) s</td>"
                    + "<td><i class=\"dot \(Self.style(ofEvent: event.kind))\"></i>"
                    + "\(event.kind.escapedForHTML)</td>"
                    + "<td>\(event.message.escapedForHTML)</td></tr>"
            }
            return "<details><summary>\(run.name.escapedForHTML): \(run.events.count) events"
                + "</summary><table class=\"events\">\(rows.joined())</table></details>"
        }
        guard !blocks.isEmpty else { return "" }
        return "<section><h2>Events of the server</h2>\(blocks.joined())</section>"
    }
}
