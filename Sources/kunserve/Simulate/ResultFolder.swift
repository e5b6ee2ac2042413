internal import ArgumentParser
internal import Benchmarking
internal import Domain
internal import Simulation

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A directory for results, made if it is not there: before anything runs, so that a wrong path
/// costs nothing.
struct ResultFolder {
    let path: String

    init(path: String) throws {
        self.path = path
        guard mkdir(path, 0o755) == 0 || errno == EEXIST, access(path, W_OK | X_OK) == 0 else {
            throw ValidationError("--out \(path): \(String(cString: strerror(errno)))")
        }
    }

    /// Everything about each policy, and the page that compares them.
    func write(_ comparison: Comparison, _ options: SimulateOutputOptions) throws {
        var runs: [ReportRun] = []
        for outcome in comparison.outcomes {
            let name = comparison.name(outcome)
            let result = comparison.result(outcome)
            let json = result.json
            try write(json.bytes, to: "\(name).json")
            try write(requests(outcome.result), to: "\(name).requests.csv")
            try write(Array(Timeline(result.run).csv.utf8), to: "\(name).timeline.csv")
            if let activities = outcome.result.activities {
                try write(
                    ChromeTrace.text(of: outcome.result, activities), to: "\(name).trace.json")
                note(activities, name)
            }
            runs.append(try ReportRun(name: name, json: json, file: "\(name).json"))
        }
        var writer = ReportWriter(runs, base: comparison.base)
        let plots = comparison.plan.scenario.plots
        if !plots.isEmpty {
            writer.sections = Set(
                plots.compactMap { ReportWriter.Section(rawValue: $0.rawValue) })
        }
        try write(Array(writer.html.utf8), to: "report.html")
        try write(Array(comparison.text.utf8), to: "summary.txt")
    }

    func write(_ sweep: Sweep) throws {
        try write(Array(sweep.csv.utf8), to: "sweep.csv")
        try write(Array(sweep.cohortsCSV.utf8), to: "sweep.cohorts.csv")
        try write(Array(sweep.markdown.utf8), to: "sweep.md")
    }

    private func requests(_ result: SimulationResult) -> [UInt8] {
        var text = Array(SimulationResult.requestColumns.utf8)
        text.reserveCapacity(result.requests.count * 110)
        result.writeRequests(result.requests.indices, into: &text)
        return text
    }

    private func note(_ activities: ActivityLog, _ name: String) {
        guard activities.forgottenCount > 0 else { return }
        Terminal.writeError(
            "\(name).trace.json shows \(activities.activities.count) slices and lacks "
                + "\(activities.forgottenCount); choose with --chrome-trace-window or raise "
                + "--chrome-trace-events\n")
    }

    private func write(_ bytes: [UInt8], to name: String) throws {
        try SystemFile.write(bytes, to: "\(path)/\(name)")
    }
}
