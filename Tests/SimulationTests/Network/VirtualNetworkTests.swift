import Domain
import Simulation
import TestSupport
import Testing

struct VirtualNetworkTests {
    @Test func aParcelTakesItsBytesAndTheLatency() {
        var traffic = Traffic(Traffic.links(latency: .milliseconds(3)), instances: 8)
        traffic.send(1, 500, from: 0, to: 1)
        traffic.send(2, 500, from: 2, to: 5)
        traffic.send(3, 100, .fromFile(to: InstanceID(0)))
        traffic.send(4, 100, .toHost(from: InstanceID(0)))
        traffic.runToEnd()
        #expect(traffic.time(of: 1) == .milliseconds(503))
        #expect(traffic.time(of: 2) == .milliseconds(5003))
        #expect(traffic.time(of: 3) == .milliseconds(400))
        #expect(traffic.time(of: 4) == .milliseconds(103))
        #expect(traffic.network.isEmpty)
    }

    @Test func whatArrivesAtOnePortSharesIt() {
        var traffic = Traffic()
        traffic.send(1, 500, from: 0, to: 2)
        traffic.send(2, 500, from: 1, to: 2)
        traffic.runToEnd()
        #expect(traffic.arrivals.map(\.time) == [.milliseconds(990), .milliseconds(1000)])
    }

    @Test func whatLeavesOnePortSharesIt() {
        var traffic = Traffic()
        traffic.send(1, 500, from: 0, to: 1)
        traffic.send(2, 500, from: 0, to: 2)
        traffic.runToEnd()
        #expect(traffic.arrivals.map(\.time) == [.milliseconds(990), .milliseconds(1000)])
    }

    @Test func bothDirectionsAndOtherPairsAreFree() {
        var traffic = Traffic()
        for (parcel, pair) in [(0, 1), (1, 0), (2, 3), (3, 2)].enumerated() {
            traffic.send(parcel, 500, from: pair.0, to: pair.1)
        }
        traffic.send(9, 500, .fromHost(to: InstanceID(0)))
        traffic.runToEnd()
        #expect(traffic.arrivals.allSatisfy { $0.time == .milliseconds(500) })
    }

    @Test func jobsTakeTurns() throws {
        var traffic = Traffic()
        traffic.send(1, 300, from: 0, to: 3)
        traffic.send(2, 300, from: 0, to: 3)
        traffic.send(3, 300, from: 1, to: 3)
        traffic.send(4, 30, from: 2, to: 3)
        traffic.runToEnd()
        #expect(traffic.order == [4, 1, 2, 3])
        #expect(try #require(traffic.time(of: 4)) <= .milliseconds(120))
        let rest = traffic.arrivals.dropFirst().map(\.time)
        #expect(rest == [.milliseconds(910), .milliseconds(920), .milliseconds(930)])
    }

    /// What 1 has for 3 goes while 0 is busy elsewhere, and nothing of it waits for ever.
    @Test(arguments: [0, 3])
    func aBusyEndHoldsUpNobodyElse(shift: Int) throws {
        var traffic = Traffic()
        traffic.send(1, 1000, from: 0, to: 2)
        traffic.send(2, 1000, from: 0, to: 3)
        traffic.run(until: .milliseconds(shift))
        traffic.send(3, 500, from: 1, to: 3)
        traffic.runToEnd()
        #expect(try #require(traffic.time(of: 3)) <= .milliseconds(1200))
        #expect(try #require(traffic.time(of: 2)) <= .milliseconds(2200))
        #expect(try #require(traffic.arrivals.last).time <= .milliseconds(2200))
    }

    @Test func pieceTimesDoNotDependOnTheSpeed() {
        var traffic = Traffic()
        traffic.begin(.slow(5), on: .all)
        traffic.send(1, 100, from: 0, to: 1)
        traffic.run(until: .milliseconds(3))
        traffic.send(2, 1, from: 0, to: 1, urgent: true)
        traffic.runToEnd()
        #expect(traffic.time(of: 2) == .milliseconds(15))
        #expect(traffic.time(of: 1) == .milliseconds(505))
    }

    /// However much bulk is under way at both ends, and whatever it shares the links with.
    @Test(arguments: 0..<20)
    func anUrgentParcelWaitsForOnePieceAtMost(seed: Int) throws {
        var random = SplitMix64(seed: seed)
        var traffic = Traffic()
        var sent: [Int: (at: Duration, bytes: Int)] = [:]
        var time = Duration.zero
        for parcel in 0..<60 {
            time += .milliseconds(Int64.random(in: 30...60, using: &random))
            traffic.run(until: time)
            for bulk in 0..<Int.random(in: 0...3, using: &random) {
                let (sender, receiver) = pair(&random)
                let bytes = Int.random(in: 1...300, using: &random)
                traffic.send(1000 + parcel * 10 + bulk, bytes, from: sender, to: receiver)
            }
            let (sender, receiver) = pair(&random)
            let bytes = Int.random(in: 0...9, using: &random)
            sent[parcel] = (time, bytes)
            traffic.send(parcel, bytes, from: sender, to: receiver, urgent: true)
        }
        traffic.runToEnd()
        for (parcel, start) in sent {
            let took = try #require(traffic.time(of: parcel)) - start.at
            let own = Duration.milliseconds(start.bytes)
            #expect(took >= own && took <= own + Traffic.piece)
        }
    }

    private func pair(_ random: inout SplitMix64) -> (Int, Int) {
        let sender = Int.random(in: 0..<4, using: &random)
        return (sender, (sender + Int.random(in: 1..<4, using: &random)) % 4)
    }

    @Test func urgentParcelsKeepTheirOrder() {
        var traffic = Traffic()
        traffic.send(100, 500, from: 0, to: 1)
        for parcel in 0..<10 {
            traffic.send(parcel, 10 - parcel, from: 0, to: 1, urgent: true)
        }
        traffic.runToEnd()
        #expect(traffic.order == Array(0..<10) + [100])
    }

    /// A link that urgent parcels fill lets one piece of bulk pass after each of them.
    @Test func bulkComesOnHoweverMuchIsUrgent() throws {
        var traffic = Traffic()
        for parcel in 0..<100 { traffic.send(parcel, 20, from: 0, to: 1, urgent: true) }
        traffic.send(1000, 100, from: 0, to: 1)
        traffic.runToEnd()
        #expect(try #require(traffic.time(of: 1000)) == .milliseconds(10 * 30))
        #expect(traffic.arrivals.last?.time == .milliseconds(2100))
    }

    @Test func theSameTrafficTakesTheSameTime() {
        #expect(randomTraffic(7).arrivals == randomTraffic(7).arrivals)
    }

    /// Nothing is lost, nothing comes twice, and no port carries more than it can.
    @Test(arguments: 0..<20)
    func everythingArrivesAtThePaceOfThePorts(seed: Int) {
        let traffic = randomTraffic(seed)
        #expect(Set(traffic.order).count == 200 && traffic.order.count == 200)
        #expect(traffic.network.isEmpty)
    }

    private func randomTraffic(_ seed: Int) -> Traffic {
        var random = SplitMix64(seed: seed)
        var traffic = Traffic(Traffic.links(latency: .milliseconds(2)))
        var (into, outOf) = (Array(repeating: 0, count: 4), Array(repeating: 0, count: 4))
        for parcel in 0..<200 {
            traffic.run(
                until: traffic.now - .zero + .milliseconds(Int.random(in: 0...5, using: &random)))
            let (sender, receiver) = pair(&random)
            let bytes = Int.random(in: 0...200, using: &random)
            into[receiver] += bytes
            outOf[sender] += bytes
            traffic.send(
                parcel, bytes, from: sender, to: receiver,
                urgent: Int.random(in: 0..<4, using: &random) == 0)
        }
        traffic.runToEnd()
        let most = (into + outOf).max() ?? 0
        #expect(traffic.now - .zero >= .milliseconds(most))
        return traffic
    }

    @Test(arguments: [0, -1, .nan, .infinity, 1e-300])
    func oddSpeedsComeToAnEnd(bytesPerSecond: Double) {
        let links = Traffic.links(bytesPerSecond: bytesPerSecond, chunkTime: .zero)
        var traffic = Traffic(links)
        traffic.send(1, 1 << 40, from: 0, to: 1)
        traffic.send(2, 1 << 40, from: 0, to: 1, urgent: true)
        traffic.send(3, 0, from: 0, to: 1)
        traffic.runToEnd()
        #expect(Set(traffic.order) == [1, 2, 3])
    }

    @Test func piecesAreNotTooMany() {
        var pieces = Traffic(Traffic.links(chunkTime: .nanoseconds(1)))
        pieces.send(1, 1 << 30, from: 0, to: 1)
        var events = 0
        while pieces.network.nextTime != nil {
            _ = pieces.network.advance()
            events += 1
        }
        #expect(events <= 1 << 14)
    }
}

// MARK: - Trouble

extension VirtualNetworkTests {
    private static let pair = LinkEnds.pair(InstanceID(0), InstanceID(1))

    @Test func aSlowLinkSlowsOnlyItself() {
        var traffic = Traffic()
        traffic.begin(.slow(3), on: Self.pair)
        traffic.send(1, 100, from: 0, to: 1)
        traffic.send(2, 100, from: 1, to: 0)
        traffic.send(3, 100, from: 2, to: 3)
        traffic.run(until: .milliseconds(155))
        traffic.end()
        traffic.runToEnd()
        #expect(traffic.time(of: 3) == .milliseconds(100))
        let time = traffic.time(of: 1) ?? .zero
        #expect(time > .milliseconds(200) && time < .milliseconds(215))
        #expect(traffic.time(of: 2) == traffic.time(of: 1))
    }

    @Test func bulkFailsOnALostLink() {
        var traffic = Traffic()
        traffic.send(1, 100, from: 0, to: 1)
        traffic.send(2, 100, from: 2, to: 1)
        traffic.run(until: .milliseconds(25))
        traffic.begin(.lost, on: Self.pair)
        traffic.send(3, 100, from: 1, to: 0)
        traffic.runToEnd()
        #expect(traffic.arrivals.filter(\.hasFailed).map(\.parcel).sorted() == [1, 3])
        #expect(traffic.time(of: 3) == .milliseconds(35))
        #expect(traffic.arrivals.contains { $0.parcel == 2 && !$0.hasFailed })
    }

    @Test func whatIsUrgentWaitsForALostLinkInOrder() {
        var traffic = Traffic()
        traffic.send(100, 50, from: 0, to: 1)
        traffic.send(1, 5, from: 0, to: 1, urgent: true)
        traffic.begin(.lost, on: Self.pair)
        traffic.send(2, 5, from: 0, to: 1, urgent: true)
        traffic.send(3, 5, from: 0, to: 2, urgent: true)
        traffic.run(until: .milliseconds(200))
        #expect(traffic.order == [3, 100])
        traffic.end()
        traffic.send(4, 5, from: 0, to: 1, urgent: true)
        traffic.runToEnd()
        #expect(traffic.order == [3, 100, 1, 2, 4])
        #expect(traffic.time(of: 1) == .milliseconds(205))
        #expect(traffic.arrivals.allSatisfy { $0.hasFailed == ($0.parcel == 100) })
    }

    @Test func troublesAddUp() {
        var traffic = Traffic()
        traffic.begin(.slow(2), on: .all, number: 1)
        traffic.begin(.slow(3), on: Self.pair, number: 2)
        traffic.begin(.slow(0.1), on: .all, number: 3)
        traffic.send(1, 5, from: 1, to: 0, urgent: true)
        traffic.runToEnd()
        traffic.end(1)
        traffic.end(2)
        traffic.send(2, 5, from: 1, to: 0, urgent: true)
        traffic.runToEnd()
        let times = traffic.arrivals.map { $0.time.seconds }
        #expect(abs(times[0] - 0.03) < 1e-6 && abs(times[1] - 0.035) < 1e-6)
    }

    @Test func whatADeadInstanceWasSentIsGone() {
        var traffic = Traffic()
        traffic.send(1, 500, from: 0, to: 1)
        traffic.send(2, 5, from: 1, to: 2, urgent: true)
        traffic.send(3, 5, from: 1, to: 2, urgent: true)
        traffic.send(4, 500, .toHost(from: InstanceID(1)))
        traffic.network.cutOff(InstanceID(1), at: .zero)
        traffic.send(5, 5, from: 2, to: 1, urgent: true)
        traffic.runToEnd()
        // The first urgent parcel was on the wire.
        #expect(traffic.order.sorted() == [1, 2, 4])
        #expect(traffic.arrivals.filter(\.hasFailed).map(\.parcel).sorted() == [1, 4])
        #expect(traffic.network.isEmpty)
    }
}
