internal import Domain

/// What a scenario says of times and speeds, where it differs from what the machine says.
package struct CostChanges: Hashable, Sendable {
    /// One change of an instance's memory map.
    package var memoryChange: Duration?
    /// What the API adds before a client sees the first token.
    package var requestOverhead: Duration?
    /// What the engine adds to every step of a stage.
    package var stepOverhead: Duration?
    /// Bulk transfers are cut into pieces of about this.
    package var chunk: Duration?
    /// From the order of an instance to the beginning of its load.
    package var instanceStart: Duration?
    package var intraNode: LinkSpeed?
    package var interNode: LinkSpeed?
    package var host: LinkSpeed?
    package var disk: LinkSpeed?

    package init() {}

    package func apply(to costs: inout ClusterCosts) {
        costs.memoryChange = memoryChange ?? costs.memoryChange
        costs.instanceStart = instanceStart ?? costs.instanceStart
        costs.requestOverhead = requestOverhead ?? costs.requestOverhead
        costs.links.chunkTime = chunk ?? costs.links.chunkTime
        costs.links.intraNode = intraNode ?? costs.links.intraNode
        costs.links.interNode = interNode ?? costs.links.interNode
        costs.links.host = host ?? costs.links.host
        costs.links.disk = disk ?? costs.links.disk
        guard let stepOverhead else { return }
        switch costs.compute {
        case .fitted(var fitted):
            fitted.stepOverhead = stepOverhead
            costs.compute = .fitted(fitted)
        case .device(var device):
            device.cpuPerStep = stepOverhead.seconds
            costs.compute = .device(device)
        }
    }
}

// MARK: - Reading

extension CostChanges {
    private static let names = [
        "memory-change-ms", "request-overhead-ms", "step-overhead-ms", "chunk-ms", "intra-node",
        "inter-node", "host", "disk", "instance-start-s",
    ]

    init(_ json: JSON, at path: String) throws(ScenarioError) {
        let fields = try ScenarioFields(json, at: path, names: Self.names)
        func milliseconds(_ name: String) throws(ScenarioError) -> Duration? {
            try fields.duration(name, unit: .milliseconds(1), in: 0...100_000)
        }
        memoryChange = try milliseconds("memory-change-ms")
        requestOverhead = try milliseconds("request-overhead-ms")
        stepOverhead = try milliseconds("step-overhead-ms")
        chunk = try milliseconds("chunk-ms")
        instanceStart = try fields.duration("instance-start-s", unit: .seconds(1), in: 0...86_400)
        intraNode = try Self.speed("intra-node", of: fields)
        interNode = try Self.speed("inter-node", of: fields)
        host = try Self.speed("host", of: fields)
        disk = try Self.speed("disk", of: fields)
    }

    private static func speed(
        _ name: String, of fields: ScenarioFields
    ) throws(ScenarioError) -> LinkSpeed? {
        let names = ["gigabytes-per-second", "latency-us"]
        guard let link = try fields.object(name, names: names) else { return nil }
        guard let speed = try link.positive("gigabytes-per-second", upTo: 1e6) else {
            throw link.error("gigabytes-per-second", expected: "a number above 0")
        }
        let latency = try link.duration("latency-us", unit: .microseconds(1), in: 0...1e7)
        return LinkSpeed(latency: latency ?? .zero, bytesPerSecond: speed * 1e9)
    }
}
