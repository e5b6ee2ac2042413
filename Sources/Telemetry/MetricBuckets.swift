/// Histogram bounds, equal to vLLM's so that its dashboards and alerts fit.
package enum MetricBuckets {
    /// Seconds to the first token.
    package static let timeToFirstToken: [Double] = [
        0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20,
        40, 80, 160, 640, 2560,
    ]
    /// Seconds between tokens.
    package static let interToken: [Double] = [
        0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40,
        80,
    ]
    /// Seconds of a whole request and its phases.
    package static let request: [Double] = [
        0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920,
        7680,
    ]
    /// Tokens of one step.
    package static let iterationTokens: [Double] = [
        1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384,
    ]
    /// Choices asked for.
    package static let choices: [Double] = [1, 2, 5, 10, 20]
    /// Times one request was preempted.
    package static let preemptions: [Double] = [0, 1, 2, 3, 5, 10, 20, 50]

    /// 1, 2, 5, 10, 20, 50 … up to and including `limit` when it is one of them.
    package static func tokens(upTo limit: Int) -> [Double] {
        var bounds: [Double] = []
        var scale = 1.0
        while true {
            for mantissa in [1.0, 2.0, 5.0] {
                guard mantissa * scale <= Double(max(limit, 1)) else { return bounds }
                bounds.append(mantissa * scale)
            }
            scale *= 10
        }
    }
}
