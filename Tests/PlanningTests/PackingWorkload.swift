import Domain
import Foundation
import Planning
import TestSupport

/// A synthetic load with the lengths and the unrest of a conversation service, from a seed.
///
/// Prompts and answers are log-normal with the means and medians that Azure's trace of
/// conversations has (prompt 1155 and 1020 tokens, answer 211 and 129), times `lengthFactor`.
/// Arrivals are a Poisson process whose rate swings slowly and is 1.6 times as high in bursts of
/// random length. Sequences decode 30 tokens in each epoch of a second.
struct PackingWorkload {
    var hosts = 24
    var capacity: BlockCount = 8192
    var lengthFactor = 1.0
    var arrivalsPerEpoch = 200.0
    var epochs = 400
    /// Not measured: the cell fills.
    var warmUp = 60
    var seed: UInt64 = 1
    /// Plans after every arrival, departure and change of class too, not only at the end of the
    /// epoch.
    var plansAtOnce = false

    static let tokensPerBlock = 16
    static let tokensPerEpoch = 30

    struct Request {
        var prompt: TokenCount
        var answer: TokenCount
    }

    /// Averages over the measured epochs.
    struct Outcome {
        var hosts = 0.0
        var mostHosts = 0
        /// Hosts that the memory in use would fill to the brim.
        var ideal = 0.0
        var utilisation = 0.0
        /// Per second.
        var moves = 0.0
        var movedBlocks = 0.0
        /// Sequences that had to start again since their host was full, in all.
        var preemptions = 0
        /// Arrivals that found no room, in all.
        var refusals = 0
        var classes: [Int] = Array(repeating: 0, count: SizeClass.allCases.count)
    }

    /// Arrivals by epoch.
    func arrivals() -> [[Request]] {
        var random = SplitMix64(seed: seed)
        var isBurst = false
        var all: [[Request]] = []
        for epoch in 0..<epochs {
            if Double.random(in: 0..<1, using: &random) < (isBurst ? 0.05 : 0.02) {
                isBurst.toggle()
            }
            let wave = 1 + 0.4 * sin(2 * Double.pi * Double(epoch) / 300)
            let rate = arrivalsPerEpoch * wave * (isBurst ? 1.6 : 1)
            var requests: [Request] = []
            var time = exponential(&random) / rate
            while time < 1 {
                requests.append(request(&random))
                time += exponential(&random) / rate
            }
            all.append(requests)
        }
        return all
    }

    private func request(_ random: inout SplitMix64) -> Request {
        let longest = Double(capacity * Self.tokensPerBlock) * 0.6
        let prompt = min(longest, 1020 * lengthFactor * exp(0.5 * normal(&random)))
        let answer = min(longest / 2, 129 * lengthFactor * exp(normal(&random)))
        return Request(prompt: max(1, Int(prompt)), answer: max(1, Int(answer)))
    }

    private func exponential(_ random: inout SplitMix64) -> Double {
        -log(1 - Double.random(in: 0..<1, using: &random))
    }

    private func normal(_ random: inout SplitMix64) -> Double {
        (2 * exponential(&random)).squareRoot()
            * cos(2 * Double.pi * Double.random(in: 0..<1, using: &random))
    }

    /// Serves the load with one policy.
    func run(
        _ policy: PackingPolicy, _ configuration: PackingConfiguration = PackingConfiguration()
    ) -> Outcome {
        var service = Service(self, Packer(policy: policy, configuration: configuration))
        for (epoch, requests) in arrivals().enumerated() {
            service.isMeasured = epoch >= warmUp
            service.run(requests)
        }
        return service.averages()
    }
}

extension PackingWorkload {
    /// The cell as far as packing needs it. Moves are over before the next epoch.
    struct Service {
        let workload: PackingWorkload
        var packer: Packer
        var isMeasured = false
        private var running: [Running] = []
        private var freeIDs: [SequenceID] = []
        private var idCount = 0
        private var outcome = Outcome()
        private var measured = 0

        struct Running {
            var id: SequenceID
            var tokens: TokenCount
            var left: TokenCount
            var size: BlockCount { blocksNeeded(for: tokens, blockSize: tokensPerBlock) }
        }

        init(_ workload: PackingWorkload, _ packer: Packer) {
            self.workload = workload
            self.packer = packer
            for index in 0..<workload.hosts {
                let group = GroupID(index: index)
                self.packer.setHost(
                    PackingHost(group: group, capacity: workload.capacity, machine: index / 4),
                    for: group)
            }
        }

        /// One epoch: arrivals come between the steps of what runs.
        mutating func run(_ requests: [Request]) {
            let before = running
            running = []
            var started = 0
            for (index, each) in before.enumerated() {
                decode(each)
                while (started + 1) * before.count <= (index + 1) * requests.count {
                    start(requests[started])
                    started += 1
                }
            }
            for request in requests[started...] { start(request) }
            preempt()
            move()
            if isMeasured { measure() }
        }

        func averages() -> Outcome {
            var result = outcome
            let count = Double(max(1, measured))
            result.hosts /= count
            result.ideal /= count
            result.utilisation /= count
            result.moves /= count
            result.movedBlocks /= count
            return result
        }

        private mutating func start(_ request: Request) {
            let id = freeIDs.popLast() ?? SequenceID(index: idCount)
            let new = Running(id: id, tokens: request.prompt, left: request.answer)
            guard packer.allocate(id, size: new.size) != nil else {
                if isMeasured { outcome.refusals += 1 }
                if id.index < idCount { freeIDs.append(id) }
                return
            }
            idCount = max(idCount, id.index + 1)
            running.append(new)
            if workload.plansAtOnce { move() }
        }

        private mutating func decode(_ before: Running) {
            var each = before
            each.tokens += min(PackingWorkload.tokensPerEpoch, each.left)
            each.left -= PackingWorkload.tokensPerEpoch
            if each.left > 0 {
                if each.size != before.size { packer.grow(each.id, to: each.size) }
                running.append(each)
            } else {
                packer.depart(each.id)
                freeIDs.append(each.id)
            }
            let isOperation = each.left <= 0 || kind(of: each) != kind(of: before)
            if workload.plansAtOnce, isOperation { move() }
        }

        private func kind(of sequence: Running) -> SizeClass { packer.classes.of(sequence.size) }

        /// The youngest go from hosts that hold more than they have.
        private mutating func preempt() {
            for index in running.indices.reversed() {
                let each = running[index]
                guard let group = packer.group(of: each.id),
                    packer.charged(of: group) > workload.capacity
                else { continue }
                if isMeasured { outcome.preemptions += 1 }
                packer.depart(each.id)
                if packer.allocate(each.id, size: each.size) == nil {
                    freeIDs.append(each.id)
                    running[index].left = 0
                }
            }
            running.removeAll { $0.left <= 0 }
        }

        private mutating func move() {
            for move in packer.plan() {
                packer.arrived(move.sequence)
                guard isMeasured else { continue }
                outcome.moves += 1
                outcome.movedBlocks += Double(move.size)
            }
        }

        private mutating func measure() {
            measured += 1
            let hosts = packer.hostsInUse
            let used = running.reduce(0) { $0 + $1.size }
            let ideal = (used + workload.capacity - 1) / workload.capacity
            outcome.hosts += Double(hosts)
            outcome.mostHosts = max(outcome.mostHosts, hosts)
            outcome.ideal += Double(ideal)
            outcome.utilisation += Double(used) / Double(max(1, hosts * workload.capacity))
            for each in running { outcome.classes[kind(of: each).rawValue] += 1 }
        }
    }
}
