internal import Domain

/// Who passes next.
extension VirtualNetwork {
    mutating func enqueueUrgent(_ slot: Int, at now: Instant) {
        guard !conditions.isLost(jobs[slot].route) else {
            if conditions.isGone(jobs[slot].route) {
                _ = deliver(slot)
            } else {
                parked.append(slot)
            }
            return
        }
        let pair = jobs[slot].ports
        pair.forEach { ports[$0].urgent.append(slot) }
        serve(pair, at: now)
    }

    /// Takes what cannot pass any more out of the way of the rest.
    mutating func parkUrgent(at now: Instant) {
        for port in ports.indices where !ports[port].urgent.isEmpty {
            let lost = ports[port].urgent.removeAll { [jobs, conditions] slot in
                conditions.isLost(jobs[slot].route)
            }
            parked += lost.filter { jobs[$0].ports.main == port }
        }
        for port in ports.indices { serve(PortPair(main: port, other: nil), at: now) }
    }

    mutating func enqueueBulk(_ slot: Int, at now: Instant) {
        turns += 1
        jobs[slot].turn = turns
        jobs[slot].passedBy = 0
        let pair = jobs[slot].ports
        let known = ports[pair.main].flows.first { flows[$0].ports == pair }
        flows[known ?? addFlow(pair)].waiting.append(slot)
        serve(pair, at: now)
    }

    private mutating func addFlow(_ pair: PortPair) -> Int {
        let flow = flows.insert(Flow(ports: pair))
        pair.forEach { ports[$0].flows.append(flow) }
        return flow
    }

    /// Lets two ports begin with what is next, where they are free and the other ends too.
    mutating func serve(_ pair: PortPair, at now: Instant) {
        if ports[pair.main].isBulkDue { startBulk(at: pair, now) }
        pair.forEach { startUrgent(at: $0, now) }
        startBulk(at: pair, now)
    }

    /// Begins with the urgent parcel that is the first at both of its ports, if both are free.
    private mutating func startUrgent(at port: Int, _ now: Instant) {
        guard let slot = ports[port].urgent.first else { return }
        let pair = jobs[slot].ports
        guard pair.allSatisfy({ !ports[$0].isBusy && ports[$0].urgent.first == slot }) else {
            return
        }
        pair.forEach { _ = ports[$0].urgent.popFirst() }
        transmit(slot, jobs[slot].left, now)
    }
}

// MARK: - Bulk

extension VirtualNetwork {
    private mutating func startBulk(at pair: PortPair, _ now: Instant) {
        var failed: [PortPair] = []
        var pair = pair
        while true {
            while let flow = nextFlow(at: pair) {
                let slot = takeFirst(of: flow)
                if conditions.isLost(jobs[slot].route) {
                    jobs[slot].hasFailed = true
                    events.push(.over(slot), at: now + Self.timeToNotice)
                    failed.append(jobs[slot].ports)
                } else {
                    startPiece(of: slot, now)
                }
            }
            // What has failed may have kept its ports from others.
            guard let next = failed.popLast() else { return }
            pair = next
        }
    }

    private mutating func startPiece(of slot: Int, _ now: Instant) {
        let speed = speed(of: jobs[slot].route)
        let piece = max(speed.bytes(in: links.chunkTime), jobs[slot].leastPiece)
        transmit(slot, min(piece, jobs[slot].left), now)
        jobs[slot].ports.forEach { notePassing(of: slot, at: $0) }
    }

    /// What waits at two ports and may begin, the longest waiting; by its flow.
    private func nextFlow(at pair: PortPair) -> Int? {
        var best: (flow: Int, turn: UInt64)?
        pair.forEach { port in
            guard ports[port].mayCarryBulk else { return }
            for flow in ports[port].flows {
                guard let slot = flows[flow].waiting.first, mayBegin(slot) else { continue }
                let turn = jobs[slot].turn
                if best.map({ turn < $0.turn }) ?? true { best = (flow, turn) }
            }
        }
        return best?.flow
    }

    private func mayBegin(_ slot: Int) -> Bool {
        jobs[slot].ports.allSatisfy { port in
            guard ports[port].mayCarryBulk else { return false }
            return ports[port].claim.map { jobs[slot].turn <= jobs[$0].turn } ?? true
        }
    }

    private mutating func takeFirst(of flow: Int) -> Int {
        guard let slot = flows[flow].waiting.popFirst() else {
            preconditionFailure("a flow without anything that waits")
        }
        if flows[flow].waiting.isEmpty {
            flows.remove(flow).ports.forEach { port in
                ports[port].flows.removeAll { $0 == flow }
            }
        }
        jobs[slot].ports.forEach { port in
            if ports[port].claim == slot { findClaim(at: port) }
        }
        return slot
    }

    /// A piece goes ahead of others that have waited longer at one of its ports.
    private mutating func notePassing(of slot: Int, at port: Int) {
        for flow in ports[port].flows {
            guard let other = flows[flow].waiting.first, jobs[other].turn < jobs[slot].turn
            else { continue }
            jobs[other].passedBy += 1
            guard jobs[other].passedBy == Self.patience else { continue }
            jobs[other].ports.forEach { findClaim(at: $0) }
        }
    }

    /// The longest waiting of what has been passed over too often.
    private mutating func findClaim(at port: Int) {
        ports[port].claim = nil
        for flow in ports[port].flows {
            guard let slot = flows[flow].waiting.first, jobs[slot].passedBy >= Self.patience
            else { continue }
            let isFirst = ports[port].claim.map { jobs[slot].turn < jobs[$0].turn } ?? true
            if isFirst { ports[port].claim = slot }
        }
    }
}

// MARK: - Pieces

extension VirtualNetwork {
    private func speed(of route: Route) -> LinkSpeed {
        var speed =
            switch route {
            case .network(let sender, let receiver): links.speed(from: sender, to: receiver)
            case .toHost, .fromHost: links.host
            case .fromFile: links.disk
            }
        let slowness = conditions.slowness(route)
        if slowness > 1 { speed.bytesPerSecond /= slowness }
        return speed
    }

    private mutating func transmit(_ slot: Int, _ piece: Int, _ now: Instant) {
        jobs[slot].piece = piece
        jobs[slot].ports.forEach { port in
            ports[port].isBusy = true
            ports[port].isBulkDue = false
        }
        let time = speed(of: jobs[slot].route).time(toSend: piece)
        events.push(.left(slot), at: now + time)
    }

    /// A piece has left: its ports are free, and the rest of it waits for its next turn.
    mutating func finishPiece(_ slot: Int, at now: Instant) -> Delivery? {
        let (pair, isUrgent) = (jobs[slot].ports, jobs[slot].isUrgent)
        jobs[slot].left -= jobs[slot].piece
        pair.forEach { port in
            ports[port].isBusy = false
            ports[port].isBulkDue = isUrgent
        }
        var delivery: Delivery?
        if jobs[slot].left > 0 {
            enqueueBulk(slot, at: now)
        } else {
            delivery = depart(slot, now)
            serve(pair, at: now)
        }
        // Whoever did not begin at once has to wait for its turn again.
        pair.forEach { ports[$0].isBulkDue = false }
        return delivery
    }

    /// Everything has left; it arrives after the latency of the link.
    private mutating func depart(_ slot: Int, _ now: Instant) -> Delivery? {
        let latency = speed(of: jobs[slot].route).latency
        guard latency > .zero else { return deliver(slot) }
        events.push(.over(slot), at: now + latency)
        return nil
    }
}
