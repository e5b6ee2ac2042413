package import Domain

/// How fast bytes go from one memory to another when nothing else is on the way.
package struct LinkSpeed: Hashable, Sendable {
    /// Before the first byte.
    package var latency: Duration
    package var bytesPerSecond: Double

    package init(latency: Duration = .zero, bytesPerSecond: Double) {
        self.latency = latency
        self.bytesPerSecond = bytesPerSecond
    }

    /// One message; nothing takes no time.
    package func time(of bytes: ByteCount) -> Duration {
        guard bytes > .zero else { return .zero }
        return latency + Duration(cost: Double(bytes.bytes) / bytesPerSecond)
    }
}

/// What connects the instances, and what they load from.
package struct LinkCosts: Hashable, Sendable {
    /// Between two instances of one node.
    package var intraNode: LinkSpeed
    package var interNode: LinkSpeed
    /// Between an instance and the memory of its host.
    package var host: LinkSpeed
    /// From the model's files.
    package var disk: LinkSpeed
    /// Within the memory of an instance: every byte is read and written.
    package var local: LinkSpeed
    /// Instances are on nodes in the order of their ids.
    package var instancesPerNode: Int
    /// What a stage hands on to the next. At 0 it is part of a step's costs.
    package var activationBytesPerToken: Int
    /// Bulk transfers are cut into chunks of about this, so that an activation waits for one chunk
    /// at most.
    package var chunkTime = Duration.milliseconds(5)

    package init(
        intraNode: LinkSpeed, interNode: LinkSpeed, host: LinkSpeed, disk: LinkSpeed,
        local: LinkSpeed, instancesPerNode: Int, activationBytesPerToken: Int
    ) {
        precondition(instancesPerNode > 0)
        self.intraNode = intraNode
        self.interNode = interNode
        self.host = host
        self.disk = disk
        self.local = local
        self.instancesPerNode = instancesPerNode
        self.activationBytesPerToken = activationBytesPerToken
    }

    /// One speed for every copy, on one node: the processes or threads of one machine, which hand
    /// activations on by reference.
    package init(bytesPerSecond: Double) {
        let speed = LinkSpeed(bytesPerSecond: bytesPerSecond)
        self.init(
            intraNode: speed, interNode: speed, host: speed, disk: speed, local: speed,
            instancesPerNode: .max, activationBytesPerToken: 0)
    }

    /// Complexity: O(1).
    package func speed(from sender: InstanceID, to receiver: InstanceID) -> LinkSpeed {
        if sender == receiver { return local }
        return sender.index / instancesPerNode == receiver.index / instancesPerNode
            ? intraNode : interNode
    }
}
