internal import ArgumentParser
internal import Benchmarking
internal import Domain

/// `kunserve bench report`: results side by side on one page.
struct BenchReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Compare saved results on one page.",
        discussion: """
            Each result is NAME=FILE, with a file that bench serve --save-result wrote, for \
            example: bench report --out report.html drop=drop.json recompute=recompute.json
            """
    )

    @Option(help: "File of the page.")
    var out: String

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Names of the baselines: the best median among them is the base of the violation "
                + "curves (default: among all).", valueName: "name"))
    var baseline: [String] = []

    @Option(help: "Base TTFT of the violation curves, instead of a median.")
    var sloFactorBaseTtftMs: Double?

    @Option(help: "Base TPOT of the violation curves, instead of a median.")
    var sloFactorBaseTpotMs: Double?

    @Argument(help: ArgumentHelp("Results to compare.", valueName: "name=file"))
    var results: [String]

    func validate() throws {
        guard (sloFactorBaseTtftMs == nil) == (sloFactorBaseTpotMs == nil) else {
            throw ValidationError(
                "--slo-factor-base-ttft-ms and --slo-factor-base-tpot-ms go together")
        }
        try BenchRange.check(
            "--slo-factor-base-ttft-ms", sloFactorBaseTtftMs ?? 1, above: 0, upTo: 1e9)
        try BenchRange.check(
            "--slo-factor-base-tpot-ms", sloFactorBaseTpotMs ?? 1, above: 0, upTo: 1e9)
        guard !results.isEmpty else { throw ValidationError("no results, expected name=file") }
    }

    func run() throws {
        let runs = try results.map(Self.read)
        for name in baseline where !runs.contains(where: { $0.name == name }) {
            throw ValidationError("--baseline \(name) is none of the results")
        }
        var base: ViolationCurve?
        if let sloFactorBaseTtftMs, let sloFactorBaseTpotMs {
            base = ViolationCurve(baseTTFT: sloFactorBaseTtftMs, baseTPOT: sloFactorBaseTpotMs)
        }
        let page = ReportWriter(runs, base: base, baselines: baseline).html
        try SystemFile.write(Array(page.utf8), to: out)
        print("report: \(out)")
    }

    private static func read(_ argument: String) throws -> ReportRun {
        let parts = argument.split(separator: "=", maxSplits: 1)
        let file = parts.count == 2 ? String(parts[1]) : argument
        let name = parts.count == 2 ? String(parts[0]) : argument
        return try ReportRun(name: name, file: file)
    }
}
