package import Domain

/// What a run was: everything in a result file that is not measured.
package struct RunDescription: Hashable, Sendable {
    /// `20261121-140509`
    package var date: String
    /// As vLLM names the protocol: `openai` or `openai-chat`.
    package var backend = "openai"
    /// Free name of the run, such as the policy under test.
    package var label: String?
    package var model: String
    package var endpoint: String
    package var workload: String
    /// Of the workload; `nil`: all at once, or given by a trace.
    package var requestRate: Double?
    package var burstiness = 1.0
    package var maxConcurrency: Int?
    package var seed: UInt64 = 0
    /// The exact words of the command, for repeating it.
    package var command: [String] = []
    package var goodput = Goodput()
    package var metrics = LatencyMetric.allCases
    package var percentiles: [Double] = [50, 90, 99, 99.9]
    /// Base of the violation curve.
    package var violations: ViolationCurve?
    /// `real`, or `sim` for a simulation.
    package var engine = "real"
    /// Further members for the end of the result file.
    package var extras = JSONObject()
    /// The arrivals have times to keep: lateness of the generator is worth a warning.
    package var hasSchedule = false

    package init(date: String, model: String, endpoint: String, workload: String) {
        self.date = date
        self.model = model
        self.endpoint = endpoint
        self.workload = workload
    }

    /// vLLM's `{label}-{rate}qps[-concurrency{N}]-{model}-{date}.json`.
    package var fileName: String {
        let rate = requestRate.map { "\($0)" } ?? "inf"
        let concurrency = maxConcurrency.map { "-concurrency\($0)" } ?? ""
        let base = model.split(separator: "/").last.map(String.init) ?? "model"
        let name = "\(label ?? backend)-\(rate)qps\(concurrency)-\(base)-\(date).json"
        return String(name.map { $0 == "/" || $0 == "\0" ? "_" : $0 })
    }
}
