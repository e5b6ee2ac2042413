package import Domain

/// What moves may load, as measured when the cell starts (Mell §V-A): every instance has a link
/// into and out of the others of its machine, and one into and out of other machines.
package struct TransferProfile: Hashable, Sendable {
    /// Bytes per second of an instance's link to others of its machine.
    package var nearBytesPerSecond: Double
    /// The same to instances of other machines.
    package var farBytesPerSecond: Double
    /// Tokens that an instance computes beside its batch in an epoch.
    package var computation: ComputationBoundary

    package init(
        nearBytesPerSecond: Double, farBytesPerSecond: Double, computation: ComputationBoundary
    ) {
        self.nearBytesPerSecond = nearBytesPerSecond
        self.farBytesPerSecond = farBytesPerSecond
        self.computation = computation
    }
}

extension TransferProfile {
    /// The links that a copy passes: out of the sender and into the receiver.
    package static func links(
        from sender: InstanceID, to receiver: InstanceID, isNear: Bool
    ) -> [LinkID] {
        let first = isNear ? 0 : 2
        return [
            LinkID(index: sender.index * linksPerInstance + first),
            LinkID(index: receiver.index * linksPerInstance + first + 1),
        ]
    }

    /// By link: bytes that it can carry in so long. Complexity: O(instances).
    package func linkBounds(instances: Int, in time: Duration) -> [ByteCount] {
        let bounds = [nearBytesPerSecond, farBytesPerSecond].map { speed in
            // Room for the sum of any two bounds, however fast the link.
            ByteCount(Int(min(speed * (time / .seconds(1)), Double(1 << 60))))
        }
        let ofEach = [bounds[0], bounds[0], bounds[1], bounds[1]]
        return (0..<instances).flatMap { _ in ofEach }
    }

    /// Near and far, out and in.
    private static let linksPerInstance = 4
}
