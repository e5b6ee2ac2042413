import Domain
import Simulation

/// Parcels by number through a network, and when each arrives. A byte takes a millisecond, a piece
/// of bulk ten.
struct Traffic {
    struct Arrival: Hashable {
        let parcel: Int
        let time: Duration
        let hasFailed: Bool
    }

    var network: VirtualNetwork<Int>
    private(set) var arrivals: [Arrival] = []
    private(set) var now = Instant.zero

    static let piece = Duration.milliseconds(10)

    static func links(
        bytesPerSecond: Double = 1000, latency: Duration = .zero, chunkTime: Duration = piece
    ) -> LinkCosts {
        let near = LinkSpeed(latency: latency, bytesPerSecond: bytesPerSecond)
        let far = LinkSpeed(latency: latency, bytesPerSecond: bytesPerSecond / 10)
        let disk = LinkSpeed(bytesPerSecond: bytesPerSecond / 4)
        var links = LinkCosts(
            intraNode: near, interNode: far, host: near, disk: disk, local: near,
            instancesPerNode: 4, activationBytesPerToken: 1)
        links.chunkTime = chunkTime
        return links
    }

    init(_ links: LinkCosts = Traffic.links(), instances: Int = 4) {
        network = VirtualNetwork(instances: instances, links: links)
    }

    /// Everything that happens up to a time, which then is the present.
    mutating func run(until time: Duration) {
        while let next = network.nextTime, next <= .zero + time { step() }
        now = .zero + time
    }

    mutating func runToEnd() {
        while network.nextTime != nil { step() }
    }

    private mutating func step() {
        now = network.nextTime ?? now
        guard let delivery = network.advance() else { return }
        arrivals.append(
            Arrival(
                parcel: delivery.parcel, time: now - .zero,
                hasFailed: delivery.failure != nil))
    }

    mutating func send(_ parcel: Int, _ bytes: Int, _ route: Route, urgent: Bool = false) {
        network.send(parcel, ByteCount(bytes), over: route, isUrgent: urgent, at: now)
    }

    mutating func send(
        _ parcel: Int, _ bytes: Int, from sender: Int, to receiver: Int, urgent: Bool = false
    ) {
        let route = Route.network(
            from: InstanceID(index: sender), to: InstanceID(index: receiver))
        send(parcel, bytes, route, urgent: urgent)
    }

    mutating func begin(_ trouble: LinkTrouble, on ends: LinkEnds, number: Int = 0) {
        network.begin(trouble, on: ends, number: number, at: now)
    }

    mutating func end(_ number: Int = 0) { network.end(number: number, at: now) }

    /// When a parcel arrived.
    func time(of parcel: Int) -> Duration? { arrivals.first { $0.parcel == parcel }?.time }

    var order: [Int] { arrivals.map(\.parcel) }
}
