package import Domain

/// The links of a cluster in virtual time.
///
///     port out of a ---\                 one thing at a time passes through a port, and it
///     port out of b -----> port into c   takes the sender's and the receiver's at once
///
/// *Urgent* parcels (what stages hand on) pass whole, in the order in which they were sent, and a
/// port for which one waits begins no other piece. *Bulk* (KV, parameters) goes in pieces of about
/// `LinkCosts.chunkTime`. Of what waits at a port and finds its other end free, the longest waiting
/// goes first, so all take turns; what has been passed over too often keeps its ports free until it
/// can go. An urgent parcel hence waits for one piece at most, besides urgent ones ahead of it.
/// After each urgent parcel one piece may go, so bulk comes on even where urgent parcels never end.
///
/// A value without clock or chance. A piece costs O(log pieces under way), and a look at the other
/// ends of what waits at its two ports, never at everything that waits.
package struct VirtualNetwork<Parcel: Sendable>: Sendable {
    package let links: LinkCosts
    var conditions = LinkConditions()
    var ports: [Port]
    var flows = SlotTable<Flow>()
    var jobs = SlotTable<Job>()
    /// By slot of `jobs`.
    private var parcels: [Parcel?] = []
    var events = EventQueue<Event>()
    /// Pieces that have been queued so far.
    var turns: UInt64 = 0
    /// Urgent parcels whose link is lost, in order; they go on when it is back.
    var parked: [Int] = []

    /// One movement.
    struct Job: Hashable, Sendable {
        let route: Route
        let ports: PortPair
        let isUrgent: Bool
        /// What has not left yet.
        var left: Int
        /// Of that, what the present piece carries.
        var piece = 0
        /// No piece is smaller, unless it is the last.
        let leastPiece: Int
        /// Its place among those that wait.
        var turn: UInt64 = 0
        /// Pieces that came later and passed one of its ports before it.
        var passedBy = 0
        var hasFailed = false
    }

    /// Bulk that waits for the same two ports.
    struct Flow: Sendable {
        let ports: PortPair
        /// By slot, the longest waiting first.
        var waiting = Queue<Int>()
    }

    struct Port: Sendable {
        var isBusy = false
        /// An urgent parcel has just passed: one piece of bulk may go before the next one.
        var isBulkDue = false
        /// By slot, in the order in which they were sent.
        var urgent = Queue<Int>()
        /// By slot.
        var flows: [Int] = []
        /// The bulk, by slot, before which no younger one may pass.
        var claim: Int?

        var mayCarryBulk: Bool { !isBusy && (urgent.isEmpty || isBulkDue) }
    }

    enum Event: Hashable, Sendable {
        /// The last byte of a piece has left.
        case left(Int)
        /// Everything is there, or will never be.
        case over(Int)
    }

    /// What has come of a parcel.
    package struct Delivery: Sendable {
        package let parcel: Parcel
        package let failure: String?
    }

    package init(instances: Int, links: LinkCosts) {
        self.links = links
        ports = Array(repeating: Port(), count: instances * PortPair.portsPerInstance)
    }

    /// When something happens next.
    package var nextTime: Instant? { events.nextTime }
    /// Nothing is on its way.
    package var isEmpty: Bool { jobs.count == 0 }

    /// Takes a parcel; `advance` delivers it.
    package mutating func send(
        _ parcel: Parcel, _ bytes: ByteCount, over route: Route, isUrgent: Bool, at now: Instant
    ) {
        let bytes = max(0, bytes.bytes)
        let slot = jobs.insert(
            Job(
                route: route, ports: PortPair(route), isUrgent: isUrgent, left: bytes,
                leastPiece: bytes / Self.mostPieces + 1))
        if slot == parcels.count { parcels.append(nil) }
        parcels[slot] = parcel
        if isUrgent { enqueueUrgent(slot, at: now) } else { enqueueBulk(slot, at: now) }
    }

    /// Lets the next thing happen, which is at `nextTime`; tells what has arrived by it, if
    /// anything has.
    package mutating func advance() -> Delivery? {
        guard let (now, event) = events.pop() else { return nil }
        switch event {
        case .left(let slot): return finishPiece(slot, at: now)
        case .over(let slot): return deliver(slot)
        }
    }

    /// However slow a link or short a piece, the events that one movement takes are bounded.
    private static var mostPieces: Int { 1 << 14 }
    /// Before a movement over a lost link is given up.
    static var timeToNotice: Duration { .milliseconds(10) }
    /// Bulk that has been passed over so often keeps its ports free.
    static var patience: Int { 4 }

    /// The job is over.
    mutating func deliver(_ slot: Int) -> Delivery? {
        let hasFailed = jobs.remove(slot).hasFailed
        return parcels[slot].take().map {
            Delivery(parcel: $0, failure: hasFailed ? "the link is lost" : nil)
        }
    }
}

// MARK: - Trouble

extension VirtualNetwork {
    /// From now on, for pieces that begin: bulk fails on a lost link, urgent parcels wait for it
    /// to come back.
    package mutating func begin(
        _ trouble: LinkTrouble, on ends: LinkEnds, number: Int, at now: Instant
    ) {
        conditions.begin(trouble, on: ends, number: number)
        if trouble == .lost { parkUrgent(at: now) }
    }

    /// The trouble with this number is over.
    package mutating func end(number: Int, at now: Instant) {
        conditions.end(number: number)
        unpark(at: now)
    }

    /// Nothing reaches this instance or comes from it any more: bulk fails, and urgent parcels are
    /// gone.
    package mutating func cutOff(_ instance: InstanceID, at now: Instant) {
        conditions.cutOff(instance)
        parkUrgent(at: now)
        unpark(at: now)
    }

    private mutating func unpark(at now: Instant) {
        let waiting = parked
        parked.removeAll(keepingCapacity: true)
        for slot in waiting { enqueueUrgent(slot, at: now) }
    }
}
