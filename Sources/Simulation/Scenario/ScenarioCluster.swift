internal import Domain

/// The instances of a scenario.
package struct ScenarioCluster: Hashable, Sendable {
    package var machine: Machine
    /// `nil` for as many as the preset has, or one.
    package var instances: Int?
    package var instancesPerNode: Int?
    package var flags: EngineFlags
    package var costs = CostChanges()

    /// What computes.
    package enum Machine: Hashable, Sendable {
        /// A `ClusterPreset` by its name.
        case preset(String)
        /// This project's own engine on a processor.
        case processor(Processor)
    }

    /// An engine on a processor, as `kunserve profile` has measured it.
    package struct Processor: Hashable, Sendable {
        /// File that `kunserve profile` wrote; like all files, seen from the scenario's folder.
        package var profile: String
        /// Directory of the model; `nil` is the demo model.
        package var model: String?
        package var threadsPerInstance: Int?
    }
}

// MARK: - Reading

extension ScenarioCluster {
    private static let names =
        ["preset", "profile", "model", "threads-per-instance", "data-parallel-size"]
        + ["instances-per-node", "costs"] + EngineFlags.names

    init(_ json: JSON, at path: String) throws(ScenarioError) {
        let fields = try ScenarioFields(json, at: path, names: Self.names)
        machine = try Self.machine(fields)
        instances = try fields.integer("data-parallel-size", in: 1...4096)
        instancesPerNode = try fields.integer("instances-per-node", in: 1...4096)
        flags = try EngineFlags(fields)
        if let json = fields.json("costs") {
            costs = try CostChanges(json, at: fields.place("costs"))
        }
    }

    private static func machine(_ fields: ScenarioFields) throws(ScenarioError) -> Machine {
        guard let preset = try fields.text("preset") else {
            throw fields.error(
                "preset", expected: "cpu or the name of a preset, such as \(example)")
        }
        guard preset == "cpu" else {
            let names = ClusterPreset.all.map(\.name) + ["cpu"]
            guard names.contains(preset) else {
                let meant = NearestWord.of(preset, among: names).map { "; did you mean \($0)?" }
                throw fields.error(
                    "preset", expected: names.joined(separator: ", ") + (meant ?? ""))
            }
            let misplaced = ["profile", "model", "threads-per-instance"].first(
                where: fields.contains)
            if let misplaced {
                throw ScenarioError(
                    fields.place(misplaced), "is of the preset cpu, and the preset is \(preset)")
            }
            return .preset(preset)
        }
        guard let profile = try fields.text("profile") else {
            throw fields.error("profile", expected: "the file that kunserve profile wrote")
        }
        return .processor(
            Processor(
                profile: profile, model: try fields.text("model"),
                threadsPerInstance: try fields.integer("threads-per-instance", in: 1...1024)))
    }

    private static var example: String { ClusterPreset.all.first?.name ?? "cpu" }
}
