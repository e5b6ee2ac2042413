import Cluster
import Domain
import Planning
import Scheduling
import Simulation
import TestSupport

/// One simulation by seed: any policy, any cluster, any load, faults as they come, for a minute of
/// virtual time and until everything has ended.
struct Swarm {
    let name: String
    let policy: OverloadPolicy
    private(set) var cluster: VirtualCluster
    /// What went wrong, if anything did.
    private(set) var problem: String?
    /// Effects by kind, and faults.
    private(set) var events = 0
    private var random: SplitMix64
    private var arrivals: [(time: Duration, request: GenerationRequest)] = []
    private var others: [(time: Duration, input: Input)] = []
    private(set) var notes: Set<String> = []

    /// The one with the most that can go wrong more often.
    private static let policies: [OverloadPolicy] = [
        .drop, .recompute, .drop, .swap, .drop, .migrate, .drop, .staticPipeline,
    ]
    static let horizon = Duration.seconds(60)

    /// - Parameter isThorough: All books are compared after every event, and not now and then.
    init(seed: UInt64, allowsDeath: Bool = false, isThorough: Bool = true) {
        random = SplitMix64(seed: seed)
        policy = Self.policies[Int(seed % UInt64(Self.policies.count))]
        name = "seed \(seed)\(allowsDeath ? " with deaths" : ""), \(policy)"
        let instances = Int.random(in: 2...5, using: &random)
        let cell = Cell(configuration: Self.configuration(policy, instances, &random))
        var wanted = RandomFaults(horizon: Self.horizon)
        wanted.allowsDeath = allowsDeath
        let faults = FaultPlan(drawing: wanted, seed: seed, instances: instances)
        cluster = VirtualCluster(cell, at: .zero, costs: Self.costs(&random), faults: faults)
        cluster.checker = CellChecker(cell, level: isThorough ? .everyEvent : .everySample)
        drawArrivals()
        drawOthers(instances)
    }

    private static func configuration(
        _ policy: OverloadPolicy, _ instances: Int, _ random: inout SplitMix64
    ) -> CellConfiguration {
        var scheduler = SchedulerConfiguration(maxModelLength: 96)
        scheduler.blockSize = 4
        scheduler.maxBatchedTokens = Int.random(in: 16...80, using: &random)
        scheduler.maxRunning = Int.random(in: 4...16, using: &random)
        scheduler.isPrefixCaching = .random(using: &random)
        scheduler.order = .random(using: &random) ? .priority : .firstComeFirstServed
        scheduler.watermark = .random(using: &random) ? 0 : 0.05
        scheduler.maxStepsInFlight = Int.random(in: 1...2, using: &random)
        if .random(using: &random) {
            scheduler.lookahead = Lookahead(
                costs: batch, minTokens: 8, maxTokens: scheduler.maxBatchedTokens)
        }
        let shape = InstanceMemoryShape(
            pageSize: ByteCount(32), blockBytes: ByteCount(.random(in: 12...20, using: &random)),
            embeddingPages: 1,
            layerPages: Array(repeating: .random(in: 4...24, using: &random), count: 4),
            headPages: 2, kvPagesPerLayer: .random(in: 16...28, using: &random), sparePages: 1,
            workspacePages: 1, sharesEmbedding: .random(using: &random))
        var configuration = CellConfiguration(
            scheduler: scheduler, vocabularySize: 1000,
            instances: Array(repeating: shape, count: instances))
        configuration.overloadPolicy = policy
        configuration.hostBlocks = policy == .swap ? .random(in: 0...80, using: &random) : 0
        configuration.overload.sampleInterval = .milliseconds(500)
        configuration.overload.restoreHold = .seconds(1)
        configuration.overload.minimumDropped = .seconds(2)
        configuration.overload.horizon = .seconds(Int.random(in: 0...8, using: &random))
        configuration.overload.restoreBelow = .random(in: 0.3...1, using: &random)
        configuration.overload.maxStages = Int.random(in: 2...4, using: &random)
        configuration.relocation.maxConcurrent = Int.random(in: 1...4, using: &random)
        configuration.relocation.maxConcurrentLive = Int.random(in: 1...8, using: &random)
        configuration.relocation.exchangeShare = .random(in: 0...1, using: &random)
        let relocations = RelocationPolicy.allCases
        configuration.relocationPolicy = relocations.randomElement(using: &random) ?? .llumnix
        configuration.dispatch = DispatchPolicy.allCases.randomElement(using: &random) ?? .freeness
        configuration.packingPolicy = PackingPolicy.allCases.randomElement(using: &random) ?? .mell
        configuration.packing.epoch = .seconds(1)
        let ways = TransferPolicy.allCases
        configuration.packing.transferPolicy = ways.randomElement(using: &random) ?? .hybrid
        configuration.packing.transfers = TransferProfile(
            nearBytesPerSecond: .random(in: 0...4000, using: &random),
            farBytesPerSecond: .random(in: 0...4000, using: &random),
            computation: ComputationBoundary([
                .init(batch: 0, tokens: 60), .init(batch: 3, tokens: 20),
            ]))
        let modes = RelocationMode.allCases
        configuration.relocation.mode = modes.randomElement(using: &random) ?? .live
        configuration.migration.outBelow = .random(in: -2...4, using: &random)
        configuration.migration.inAbove = .random(in: 0...6, using: &random)
        if Int.random(in: 0..<4, using: &random) == 0 {
            scale(&configuration, &random)
        }
        return configuration
    }

    /// Instances and batch sizes follow objectives.
    private static func scale(
        _ configuration: inout CellConfiguration, _ random: inout SplitMix64
    ) {
        configuration.hostBlocks = .random(in: 0...80, using: &random)
        let most = configuration.instances.count
        configuration.startInstances = .random(in: 1...most, using: &random)
        configuration.autoscaling.policy = .chiron
        configuration.autoscaling.parts = ChironParts.allCases.randomElement(using: &random) ?? .all
        configuration.autoscaling.maximumInstances = most
        configuration.autoscaling.initialBatchSize = .random(in: 1...8, using: &random)
        configuration.autoscaling.lentShare = .random(in: 0.3...1, using: &random)
        configuration.autoscaling.assumedLoadTime = .seconds(2)
        configuration.autoscaling.minimumLinger = .seconds(5)
        configuration.autoscaling.deadlineMargin = .seconds(1)
        configuration.autoscaling.deadlineTolerance = .seconds(5)
    }

    private static let batch = BatchCostModel(
        perPair: 1e-5, perToken: 2e-3, perChunk: 1e-2, shared: 5e-3,
        decode: .init(perStep: 0.1, perSequence: 1e-2, perContextToken: 1e-4))

    private static func costs(_ random: inout SplitMix64) -> ClusterCosts {
        var costs = ClusterCosts(
            batch: batch, layerCount: 4,
            copyBytesPerSecond: [2e3, 2e4, 1e6].randomElement(using: &random) ?? 1)
        costs.links.activationBytesPerToken = Int.random(in: 0...20, using: &random)
        costs.links.interNode.latency = .microseconds(Int.random(in: 0...2000, using: &random))
        costs.links.instancesPerNode = Int.random(in: 1...3, using: &random)
        return costs
    }

    /// A quiet stream, and bursts.
    private mutating func drawArrivals() {
        var time = Duration.zero
        while time < Self.horizon {
            let isBurst = Int.random(in: 0..<12, using: &random) == 0
            for _ in 0..<(isBurst ? Int.random(in: 5...20, using: &random) : 1) {
                arrivals.append((time, request()))
                if isBurst { time += .milliseconds(Int.random(in: 0...60, using: &random)) }
            }
            time += .milliseconds(Int.random(in: 1...2500, using: &random))
        }
    }

    private mutating func request() -> GenerationRequest {
        let number = UInt64(arrivals.count)
        let count = Int.random(in: 1...60, using: &random)
        // A few common beginnings, for the prefix cache.
        let family = UInt64.random(in: 0..<4, using: &random)
        let prompt = (0..<count).map { position in
            let row = position < 20 ? family : number + 10
            return TokenID(UInt32((row * 131 + UInt64(position) * 7) % 1000))
        }
        return GenerationRequest(
            id: RequestID(number), prompt: prompt, sampling: SamplingParameters(),
            stop: StopConditions(maxTokens: .random(in: 1...24, using: &random)),
            priority: .random(in: 0...2, using: &random), objective: objective(number))
    }

    /// Of every third request, which is a batch request, and of some others.
    private func objective(_ number: UInt64) -> ServiceLevelObjective? {
        switch number % 6 {
        case 0, 3:
            ServiceLevelObjective(.batch, timeToFirstToken: .seconds(Int(number % 7) * 10))
        case 1: ServiceLevelObjective(.interactive, interTokenLatency: .milliseconds(5))
        default: nil
        }
    }

    /// Clients that leave and operators that interfere.
    private mutating func drawOthers(_ instances: Int) {
        for _ in 0..<Int.random(in: 0...12, using: &random) {
            let time = Self.horizon * Double.random(in: 0..<1, using: &random)
            let id = RequestID(UInt64.random(in: 0..<UInt64(arrivals.count), using: &random))
            var input = Input.cancelled(id, .aborted)
            switch Int.random(in: 0..<10, using: &random) {
            case 0, 1: input = .command(.drop(freeing: nil))
            case 2, 3: input = .command(.restore)
            case 4 where Int.random(in: 0..<3, using: &random) == 0:
                let instance = InstanceID(index: .random(in: 0..<instances, using: &random))
                input = .command(.drain(instance))
            default: break
            }
            others.append((time, input))
        }
        others.sort { $0.time < $1.time }
    }
}

// MARK: - Running

extension Swarm {
    /// Runs to the end.
    mutating func run() {
        var inputs = (arrivals.map { ($0.time, Input.submitted($0.request)) } + others)
            .enumerated().sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }
            .map(\.element)[...]
        while problem == nil {
            let next = cluster.nextTime
            if let (time, input) = inputs.first, next.map({ .zero + time <= $0 }) ?? true {
                inputs.removeFirst()
                cluster.send(input, at: .zero + time)
            } else if next != nil {
                cluster.advance()
            } else {
                break
            }
            events += 1
            if events % 32 == 0 { cluster.check() }
            look()
        }
        if problem == nil { lookAtEnd() }
    }

    private mutating func look() {
        for effect in cluster.effects {
            guard case .note(let note) = effect else { continue }
            notes.insert(String(String(describing: note).prefix { $0 != "(" }))
        }
        if let failure = cluster.checker?.failures.first {
            problem = "\(failure) at \(cluster.now - .zero)"
        } else if cluster.now - .zero > .seconds(3600) || events > 300_000 {
            problem = "does not come to an end: \(events) events, \(predicament)"
        }
    }

    private mutating func lookAtEnd() {
        cluster.check()
        let open = cluster.checker?.openCount ?? 0
        let used = cluster.cell.groups.sum { $0.pool.usedCount }
        if let failure = cluster.checker?.failures.first {
            problem = "\(failure) at the end"
        } else if open > 0 || !cluster.cell.isIdle {
            problem = "\(open) requests are left: \(predicament)"
        } else if used > 0 {
            problem = "\(used) blocks are left"
        } else if !cluster.isQuiet {
            problem = "something is still under way"
        }
    }

    private var predicament: String {
        let groups = cluster.cell.groups.map {
            "group \($0.group) of \($0.stages.count): \($0.running.count) running, "
                + "\($0.waitingCount) waiting, \($0.pool.freeCount(cluster.cell.stores)) free, "
                + "\($0.stepsInFlight) steps, accepting \($0.isAccepting), "
                + "running \($0.isRunning), aside \($0.setAside)"
        }
        return groups.joined(separator: "; ")
    }
}
