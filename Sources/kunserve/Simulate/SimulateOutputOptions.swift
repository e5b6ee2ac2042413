internal import ArgumentParser
internal import Domain
internal import Simulation

/// Where the results of simulations go.
struct SimulateOutputOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Directory for results: for each policy a JSON file with the keys of bench serve, a "
                + "CSV of its requests and one of its seconds; and a page that compares them.",
            valueName: "directory"))
    var out: String?

    @Flag(help: "Write traces for Perfetto or chrome://tracing too.")
    var chromeTrace = false

    @Option(help: "The most slices of each such trace.")
    var chromeTraceEvents = 200_000

    @Option(help: ArgumentHelp("The seconds that it shows.", valueName: "from:to"))
    var chromeTraceWindow: String?

    @Flag(name: .customLong("disable-tqdm"), help: "Show no progress.")
    var disableProgress = false

    func validate() throws {
        guard out != nil || !chromeTrace else {
            throw ValidationError("--chrome-trace needs --out")
        }
        guard (1...100_000_000).contains(chromeTraceEvents) else {
            throw ValidationError(
                "--chrome-trace-events is \(chromeTraceEvents), expected 1 to 100000000")
        }
        _ = try window
    }

    private var window: ClosedRange<Instant> {
        get throws {
            guard let chromeTraceWindow else { return .zero...Instant(nanoseconds: .max) }
            let ends = chromeTraceWindow.split(separator: ":").map { Double($0) }
            guard ends.count == 2, let from = ends[0], let to = ends[1], 0 <= from, from <= to,
                to <= 1e9
            else {
                throw ValidationError(
                    "--chrome-trace-window is \(chromeTraceWindow), expected seconds such as 10:20")
            }
            return (.zero + .seconds(from))...(.zero + .seconds(to))
        }
    }

    /// What is to be kept of a run for its trace.
    var activities: ActivityLog? {
        guard chromeTrace, let window = try? window else { return nil }
        return ActivityLog(window: window, limit: chromeTraceEvents)
    }
}
