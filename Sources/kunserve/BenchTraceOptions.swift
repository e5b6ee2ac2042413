internal import ArgumentParser
internal import Benchmarking

/// How a trace becomes a workload.
struct BenchTraceOptions: ParsableArguments {
    @Option(help: "First second of the trace to play.")
    var traceStart = 0.0

    @Option(help: "How many seconds of the trace to play (default: to its end).")
    var traceDuration: Double?

    @Option(help: "Divides the time between arrivals; 2 plays twice as fast.")
    var timeScale = 1.0

    @Option(help: "Requests per arrival of the trace, in the mean; keeps the shape of bursts.")
    var rateScale = 1.0

    @Option(help: "Multiplies prompt lengths.")
    var lengthScaleInput = 1.0

    @Option(help: "Multiplies output lengths.")
    var lengthScaleOutput = 1.0

    @Option(help: "The longest prompt; longer ones are cut.")
    var maxInputLen: Int?

    @Option(help: "The longest output.")
    var maxOutputLen: Int?

    @Option(help: "The most tokens of prompt and output; the prompt is cut first.")
    var maxTotalLen: Int?

    func validate() throws {
        guard (0...1e9).contains(traceStart) else {
            throw ValidationError("--trace-start is \(traceStart), expected 0 or more")
        }
        try BenchRange.check("--trace-duration", traceDuration ?? 1, above: 0, upTo: 1e9)
        try BenchRange.check("--time-scale", timeScale, above: 0, upTo: 1e6)
        try BenchRange.check("--rate-scale", rateScale, above: 0, upTo: 1e4)
        try BenchRange.check("--length-scale-input", lengthScaleInput, above: 0, upTo: 1e4)
        try BenchRange.check("--length-scale-output", lengthScaleOutput, above: 0, upTo: 1e4)
        for (flag, value) in [
            ("--max-input-len", maxInputLen), ("--max-output-len", maxOutputLen),
            ("--max-total-len", maxTotalLen.map { $0 - 1 }),
        ] {
            if let value, value < 1 { throw ValidationError("\(flag) is too small") }
        }
    }

    func workload(path: String, limit: Int?, seed: UInt64) -> TraceWorkload {
        var trace = TraceWorkload(path: path)
        trace.startSeconds = traceStart
        trace.durationSeconds = traceDuration
        trace.timeScale = timeScale
        trace.rateScale = rateScale
        trace.lengths.inputScale = lengthScaleInput
        trace.lengths.outputScale = lengthScaleOutput
        trace.lengths.maxInput = maxInputLen
        trace.lengths.maxOutput = maxOutputLen
        trace.lengths.maxTotal = maxTotalLen
        trace.limit = limit
        trace.seed = seed
        return trace
    }
}
