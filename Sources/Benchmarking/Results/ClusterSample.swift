package import Domain

/// The server's view of itself at one moment, as `GET /v1/cluster` gives it.
package struct ClusterSample: Hashable, Sendable {
    /// When the answer arrived, from the start of the run.
    package var time: Instant
    /// The server's own clock in seconds.
    package var serverSeconds: Double
    package var policy: String
    package var running: Int
    package var waiting: Int
    package var instances: [Instance]
    package var groups: [Group]

    /// The memory of one instance.
    package struct Instance: Hashable, Sendable {
        package var id: Int
        package var phase: String
        package var layers: Range<Int>
        package var budget: ByteCount
        package var weights: ByteCount
        package var used: ByteCount
        package var cached: ByteCount
        package var free: ByteCount
        /// Workspace and pages that belong to nothing.
        package var other: ByteCount
    }

    /// One group and its requests.
    package struct Group: Hashable, Sendable {
        package var id: Int
        package var members: [Int]
        package var running: Int
        package var waiting: Int
        package var stalled: Int

        package init(id: Int, members: [Int], running: Int, waiting: Int, stalled: Int) {
            self.id = id
            self.members = members
            self.running = running
            self.waiting = waiting
            self.stalled = stalled
        }
    }
}

extension ClusterSample {
    /// Reads what `/v1/cluster` answers; `nil` when it is something else. Missing numbers are zero.
    init?(_ json: JSON, at time: Instant) {
        guard let instances = json["instances"]?.arrayValue, instances.count <= 4096 else {
            return nil
        }
        self.time = time
        serverSeconds = json["time"]?.doubleValue ?? 0
        policy = json["policy"]?.stringValue ?? ""
        running = json["running"]?.intValue ?? 0
        waiting = json["waiting"]?.intValue ?? 0
        self.instances = instances.map(Instance.init)
        groups = (json["groups"]?.arrayValue ?? []).prefix(4096).map(Group.init)
    }
}

extension ClusterSample.Instance {
    init(_ json: JSON) {
        let memory = json["memory"]
        func bytes(_ name: String) -> ByteCount {
            ByteCount(max(0, min(memory?[name]?.intValue ?? 0, 1 << 50)))
        }
        let layers = (json["layers"]?.arrayValue ?? []).compactMap(\.intValue)
        let isRange = layers.count == 2 && layers[0] >= 0 && layers[0] <= layers[1]
        id = json["id"]?.intValue ?? 0
        phase = json["phase"]?.stringValue ?? ""
        self.layers = isRange ? layers[0]..<layers[1] : 0..<0
        budget = bytes("budget")
        weights = bytes("weights")
        used = bytes("kv_used")
        cached = bytes("kv_cached")
        free = bytes("kv_free")
        other = bytes("workspace") + bytes("spare")
    }

    /// Like the server's own object.
    var json: JSON {
        [
            "id": .int(id), "phase": .string(phase),
            "layers": [.int(layers.lowerBound), .int(layers.upperBound)],
            "memory": [
                "budget": .int(budget.bytes), "weights": .int(weights.bytes),
                "kv_used": .int(used.bytes), "kv_cached": .int(cached.bytes),
                "kv_free": .int(free.bytes), "workspace": .int(other.bytes),
            ],
        ]
    }
}

extension ClusterSample.Group {
    init(_ json: JSON) {
        id = json["id"]?.intValue ?? 0
        members = (json["stages"]?.arrayValue ?? []).prefix(4096).compactMap {
            $0["instance"]?.intValue
        }
        running = json["running"]?.intValue ?? 0
        waiting = json["waiting"]?.intValue ?? 0
        stalled = json["stalled"]?.intValue ?? 0
    }

    var json: JSON {
        [
            "id": .int(id), "stages": .array(members.map { ["instance": .int($0)] }),
            "running": .int(running), "waiting": .int(waiting), "stalled": .int(stalled),
        ]
    }
}

extension ClusterSample {
    /// For result files: the server's object with the run's time as `run_time`.
    var json: JSON {
        [
            "run_time": .double(time.seconds), "time": .double(serverSeconds),
            "policy": .string(policy), "running": .int(running), "waiting": .int(waiting),
            "instances": .array(instances.map(\.json)), "groups": .array(groups.map(\.json)),
        ]
    }

    /// Reads what `json` wrote.
    init?(saved json: JSON) {
        guard let seconds = json["run_time"]?.doubleValue else { return nil }
        self.init(json, at: Instant(seconds: seconds))
    }
}
