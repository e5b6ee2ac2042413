internal import ArgumentParser
internal import Benchmarking
internal import Domain

/// What is measured and where it goes.
struct BenchOutputOptions: ParsableArguments {
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Limits in milliseconds that good requests keep, such as ttft:500 tpot:50 e2el:9000.",
            valueName: "limit"))
    var goodput: [String] = []

    @Option(help: "Latencies to report.")
    var percentileMetrics = "ttft,tpot,itl,e2el"

    @Option(help: "Percentiles to report.")
    var metricPercentiles = "50,90,99,99.9"

    @Option(help: "Base TTFT of the violation curve: the median of the best baseline.")
    var sloFactorBaseTtftMs: Double?

    @Option(help: "Base TPOT of the violation curve.")
    var sloFactorBaseTpotMs: Double?

    @Option(help: "Name of the run in files and reports, such as the policy under test.")
    var label: String?

    @Flag(help: "Save the result as JSON.")
    var saveResult = false

    @Flag(help: "Save the generated texts too.")
    var saveDetailed = false

    @Option(help: "Directory for the result.")
    var resultDir: String?

    @Option(help: "File name of the result (default: from label, rate, model and time).")
    var resultFilename: String?

    @Option(help: "Write a CSV with one line per second to this file.")
    var timeline: String?

    @Option(help: "Write a page with charts to this file.")
    var report: String?

    @Flag(name: .customLong("disable-tqdm"), help: "Show no progress.")
    var disableProgress = false

    func validate() throws {
        guard (sloFactorBaseTtftMs == nil) == (sloFactorBaseTpotMs == nil) else {
            throw ValidationError(
                "--slo-factor-base-ttft-ms and --slo-factor-base-tpot-ms go together")
        }
        try BenchRange.check(
            "--slo-factor-base-ttft-ms", sloFactorBaseTtftMs ?? 1, above: 0, upTo: 1e9)
        try BenchRange.check(
            "--slo-factor-base-tpot-ms", sloFactorBaseTpotMs ?? 1, above: 0, upTo: 1e9)
        _ = try limits
        _ = try metrics
        _ = try percentiles
    }

    var limits: Goodput {
        get throws {
            guard let limits = Goodput(parsing: goodput) else {
                throw ValidationError(
                    "--goodput is \(goodput.joined(separator: " ")), expected pairs such as "
                        + "ttft:500 of ttft, tpot or e2el and milliseconds")
            }
            return limits
        }
    }

    var metrics: [LatencyMetric] {
        get throws {
            try percentileMetrics.split(separator: ",").map { name in
                guard let metric = LatencyMetric(rawValue: String(name)) else {
                    throw ValidationError(
                        "--percentile-metrics names \(name), expected ttft, tpot, itl or e2el")
                }
                return metric
            }
        }
    }

    var percentiles: [Double] {
        get throws {
            try metricPercentiles.split(separator: ",").map { text in
                guard let percent = Double(text), (0...100).contains(percent) else {
                    throw ValidationError("--metric-percentiles has \(text), expected 0 to 100")
                }
                return percent
            }
        }
    }

    var violations: ViolationCurve? {
        guard let sloFactorBaseTtftMs, let sloFactorBaseTpotMs else { return nil }
        return ViolationCurve(baseTTFT: sloFactorBaseTtftMs, baseTPOT: sloFactorBaseTpotMs)
    }

    /// Prints the table and writes the files that were asked for.
    func publish(_ result: BenchmarkResult) throws {
        print(result.table)
        if saveResult || saveDetailed || resultFilename != nil {
            let name = resultFilename ?? result.description.fileName
            let path = resultDir.map { "\($0)/\(name)" } ?? name
            try SystemFile.write(result.json.bytes, to: path)
            print("result: \(path)")
        }
        if let timeline {
            try SystemFile.write(Array(Timeline(result.run).csv.utf8), to: timeline)
            print("timeline: \(timeline)")
        }
        if let report {
            let name = label ?? result.description.model
            let run = try ReportRun(name: name, json: result.json, file: report)
            try SystemFile.write(
                Array(ReportWriter([run], base: violations).html.utf8), to: report)
            print("report: \(report)")
        }
    }
}
