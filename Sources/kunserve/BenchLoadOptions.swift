internal import ArgumentParser
internal import Benchmarking

/// How the load arrives.
struct BenchLoadOptions: ParsableArguments {
    @Option(help: "Requests per second; inf sends all at once. Traces have their own times.")
    var requestRate: Double?

    @Option(help: "Shape of the Gamma distribution of the gaps; 1 is Poisson, less is burstier.")
    var burstiness = 1.0

    @Option(
        help: ArgumentHelp(
            "The most requests in flight (default: no limit). Latencies then count from the moment "
                + "that the limit lets a request pass."))
    var maxConcurrency: Int?

    @Option(help: "Requests sent before the run and not counted.")
    var numWarmups = 0

    @Option(help: "Seconds that one request may take.")
    var timeout = 600.0

    @Option(help: "Seconds that the run may take (default: as long as it needs).")
    var maxDuration: Double?

    @Option(help: "Seconds to go on watching the server after the last answer.")
    var linger = 0.0

    @Option(help: "Seed of everything random in the workload.")
    var seed: UInt64 = 0

    func validate() throws {
        try BenchRange.check("--request-rate", requestRate ?? .infinity, above: 0, upTo: .infinity)
        try BenchRange.check("--burstiness", burstiness, above: 0, upTo: .infinity)
        try BenchRange.check("--timeout", timeout, above: 0, upTo: 1e6)
        try BenchRange.check("--max-duration", maxDuration ?? 1, above: 0, upTo: 1e6)
        guard (0...1e6).contains(linger), (0...100_000).contains(numWarmups) else {
            throw ValidationError("--linger and --num-warmups must not be negative")
        }
        if let maxConcurrency, maxConcurrency < 1 {
            throw ValidationError("--max-concurrency is \(maxConcurrency), expected 1 or more")
        }
    }

    var arrivals: ArrivalProcess {
        let rate = requestRate.flatMap { $0.isFinite ? $0 : nil }
        return ArrivalProcess(requestsPerSecond: rate, burstiness: burstiness)
    }
}
