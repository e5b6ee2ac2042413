import Cluster
import Domain
import Planning
import Scheduling
import Simulation
import Testing

/// A small cluster under a burst that two instances cannot hold, with faults, watched closely.
struct FaultyCluster {
    var cluster: VirtualCluster
    private(set) var notes: [(time: Duration, note: Note)] = []
    private(set) var ended: [RequestID: FinishReason] = [:]
    private(set) var emitted: [Duration] = []
    private var advances = 0
    private var owners: [SequenceID: RequestID] = [:]

    /// Slow enough for what moves to meet what computes.
    static let costs: ClusterCosts = {
        var costs = Fixtures.costs
        costs.links = LinkCosts(bytesPerSecond: 2e4)
        costs.links.activationBytesPerToken = 4
        costs.links.intraNode.latency = .microseconds(200)
        return costs
    }()

    init(
        _ policy: OverloadPolicy = .drop, instances: Int = 2, faults: [Fault] = [],
        costs: ClusterCosts = costs, _ change: (inout CellConfiguration) -> Void = { _ in }
    ) {
        let cell = Fixtures.cell(policy, instances: instances, change)
        cluster = VirtualCluster(cell, at: .zero, costs: costs, faults: FaultPlan(faults))
        cluster.checker = CellChecker(cell, level: .everySample)
    }

    /// So many requests, one after the other; then everything that follows.
    mutating func run(_ count: Int = 40, every interval: Duration = .milliseconds(10)) {
        for number in 0..<count {
            let time = Instant.zero + interval * number
            while let next = cluster.nextTime, next < time { advance() }
            let request = Fixtures.request(UInt64(number), prompt: 10 + number % 30, maxTokens: 20)
            cluster.send(.submitted(request), at: time)
            note()
        }
        runToEnd()
    }

    mutating func runToEnd() {
        var events = 0
        while cluster.nextTime != nil, events < 200_000 {
            advance()
            events += 1
        }
        cluster.check()
        #expect(events < 200_000, "it does not come to an end")
    }

    mutating func advance() {
        cluster.advance()
        advances += 1
        // After every event it would take ten times as long.
        if advances % 16 == 0 { cluster.check() }
        note()
    }

    private mutating func note() {
        let time = cluster.now - .zero
        for effect in cluster.effects {
            switch effect {
            case .accepted(let request, let sequence): owners[sequence] = request
            case .emit: emitted.append(time)
            case .finished(let sequence, let reason, _):
                if let request = owners[sequence] { ended[request] = reason }
            case .note(let note): notes.append((time, note))
            default: break
            }
        }
    }

    /// Everybody has been served, and nothing was wrong on the way.
    func expectAllServed(_ count: Int = 40, sourceLocation: SourceLocation = #_sourceLocation) {
        let failures = cluster.checker?.failures ?? []
        #expect(failures.isEmpty, sourceLocation: sourceLocation)
        #expect(ended.count == count, sourceLocation: sourceLocation)
        #expect(ended.values.allSatisfy { $0 == .length }, sourceLocation: sourceLocation)
        #expect(cluster.cell.isIdle, sourceLocation: sourceLocation)
        #expect(cluster.isQuiet, sourceLocation: sourceLocation)
        let used = cluster.cell.groups.sum { $0.pool.usedCount }
        #expect(used == 0, sourceLocation: sourceLocation)
    }

    func time(of isMeant: (Note) -> Bool) -> Duration? { notes.first { isMeant($0.note) }?.time }

    var dropStarted: Duration? {
        time { if case .dropStarted = $0 { true } else { false } }
    }
    var dropFinished: Duration? {
        time { if case .dropFinished = $0 { true } else { false } }
    }
    var dropFailed: Duration? { time { if case .dropFailed = $0 { true } else { false } } }
    var restoreStarted: Duration? {
        time { if case .restoreStarted = $0 { true } else { false } }
    }
    var restoreFinished: Duration? {
        time { if case .restoreFinished = $0 { true } else { false } }
    }
}
