package import Domain
internal import Planning

/// An experiment as a small file says it: a cluster, what comes to it, the policies to compare, and
/// what may go wrong. Files that it names are seen from its own folder.
package struct Scenario: Hashable, Sendable {
    package var name: String
    /// For people.
    package var summary: String
    package var cluster: ScenarioCluster
    /// What comes, all at the same time; at least one.
    package var streams: [ScenarioWorkload]
    /// At least one; names differ.
    package var policies: [ScenarioPolicy]
    /// At least one.
    package var seeds: [UInt64]
    /// What the workload's rate is multiplied with; at least one.
    package var rates: [Double]
    package var faults: [Fault]
    /// Further faults, which each seed chooses.
    package var randomFaults: RandomFaults?
    package var objectives: Objectives
    package var sampleInterval: Duration
    /// Parts of the report; all where it is empty.
    package var plots: [Plot]

    /// What counts as slow.
    package struct Objectives: Hashable, Sendable {
        /// A request may take so many times the base: 5 for chats, 10 for summaries (KunServe §10).
        package var factor = 5
        /// Policies whose best median is the base; all where it is empty.
        package var baselines: [String] = []
        /// Bases that are given, in milliseconds.
        package var baseTTFT: Double?
        package var baseTPOT: Double?
    }

    /// A part of the report.
    package enum Plot: String, Hashable, Sendable, CaseIterable {
        case tables, latency, time, memory, events
    }
}

// MARK: - Reading

extension Scenario {
    private static let names = [
        "name", "description", "cluster", "workload", "policies", "seeds", "rates", "faults",
        "random-faults", "slo", "sample-interval", "plots",
    ]

    /// Reads the text of a file.
    ///
    /// - Parameter name: of the scenario, where the file does not give one.
    package init(parsing text: [UInt8], name: String) throws(ScenarioError) {
        let json: JSON
        do {
            json = try JSON.parse(text)
        } catch {
            throw ScenarioError("", "is \(error)")
        }
        try self.init(json, name: name)
    }

    package init(_ json: JSON, name: String) throws(ScenarioError) {
        let fields = try ScenarioFields(json, at: "", names: Self.names)
        self.name = try fields.text("name") ?? name
        summary = try fields.text("description") ?? ""
        guard let cluster = fields.json("cluster") else {
            throw fields.error("cluster", expected: "an object with a preset")
        }
        guard let workload = fields.json("workload") else {
            throw fields.error("workload", expected: "an object with arrivals and lengths")
        }
        self.cluster = try ScenarioCluster(cluster, at: "cluster")
        streams = try ScenarioWorkload.streams(workload, at: "workload")
        policies = try Self.policies(fields, over: self.cluster.flags)
        seeds = try Self.seeds(fields)
        rates = try fields.positives("rates", upTo: 1e4, atMost: 1000) ?? [1]
        faults = try Self.faults(fields)
        randomFaults = try fields.json("random-faults").map { json throws(ScenarioError) in
            try RandomFaults(json, at: "random-faults")
        }
        objectives = try Self.objectives(fields, policies.map(\.name))
        let seconds = try fields.positive("sample-interval", upTo: 86_400) ?? 1
        sampleInterval = max(.milliseconds(1), .seconds(seconds))
        plots = try Self.plots(fields)
    }

    private static func policies(
        _ fields: ScenarioFields, over flags: EngineFlags
    ) throws(ScenarioError) -> [ScenarioPolicy] {
        guard let elements = try fields.list("policies", atMost: 100) else {
            return [ScenarioPolicy(flags.overloadPolicy ?? .drop, over: flags)]
        }
        var policies: [ScenarioPolicy] = []
        for element in elements {
            let policy = try ScenarioPolicy(element.json, at: element.path, over: flags)
            guard !policies.contains(where: { $0.name == policy.name }) else {
                throw ScenarioError(element.path, "is the second with the name \(policy.name)")
            }
            policies.append(policy)
        }
        return policies
    }

    private static func seeds(_ fields: ScenarioFields) throws(ScenarioError) -> [UInt64] {
        var seeds: [UInt64] = []
        for element in try fields.list("seeds", atMost: 100_000) ?? [] {
            guard let seed = element.json.intValue, seed >= 0 else {
                throw ScenarioError(
                    element.path, "is \(element.json.text.prefix(40)), expected a whole number")
            }
            seeds.append(UInt64(seed))
        }
        return seeds.isEmpty ? [0] : seeds
    }

    private static func objectives(
        _ fields: ScenarioFields, _ policies: [String]
    ) throws(ScenarioError) -> Objectives {
        var objectives = Objectives()
        let names = ["factor", "baselines", "base-ttft-ms", "base-tpot-ms"]
        guard let slo = try fields.object("slo", names: names) else { return objectives }
        objectives.factor = try slo.integer("factor", in: 1...10) ?? objectives.factor
        objectives.baselines = try slo.texts("baselines", atMost: 100) ?? []
        if let stranger = objectives.baselines.first(where: { !policies.contains($0) }) {
            let meant = NearestWord.of(stranger, among: policies).map { "; did you mean \($0)?" }
            throw slo.error(
                "baselines", expected: "names of policies, not \(stranger)" + (meant ?? ""))
        }
        objectives.baseTTFT = try slo.positive("base-ttft-ms", upTo: 1e9)
        objectives.baseTPOT = try slo.positive("base-tpot-ms", upTo: 1e9)
        guard (objectives.baseTTFT == nil) == (objectives.baseTPOT == nil) else {
            throw ScenarioError("slo", "has one of base-ttft-ms and base-tpot-ms, expected both")
        }
        return objectives
    }

    private static func plots(_ fields: ScenarioFields) throws(ScenarioError) -> [Plot] {
        var plots: [Plot] = []
        for element in try fields.list("plots", atMost: 100) ?? [] {
            guard let plot = element.json.stringValue.flatMap(Plot.init(rawValue:)) else {
                let words = Plot.allCases.map(\.rawValue).joined(separator: ", ")
                throw ScenarioError(
                    element.path, "is \(element.json.text.prefix(40)), expected \(words)")
            }
            plots.append(plot)
        }
        return plots
    }
}
