import Cluster
import Domain
import Simulation

/// Made-up inputs and effects, and what a checker says of them.
struct CheckedTraffic {
    private(set) var cell: Cell
    private(set) var checker: CellChecker
    private(set) var now = Instant.zero

    init(_ cell: Cell = Fixtures.cell()) {
        self.cell = cell
        checker = CellChecker(cell, patience: .seconds(10))
    }

    /// Rules that have been broken.
    var broken: [CheckFailure.Rule] { checker.failures.map(\.rule) }

    /// The checker sees this; the cell does not.
    mutating func see(_ input: Input = .tick, _ effects: Effect...) {
        checker.watch(input, effects[...], of: cell, at: now)
    }

    /// Both see an input; returns what came of it.
    @discardableResult
    mutating func handle(_ input: Input) -> [Effect] {
        var effects: [Effect] = []
        cell.handle(input, at: now, into: &effects)
        checker.watch(input, effects[...], of: cell, at: now)
        return effects
    }

    mutating func pass(_ time: Duration) { now = now + time }

    mutating func check() { checker.check(cell, at: now) }

    // MARK: Made-up things

    static let request = Fixtures.request(1, prompt: 10, maxTokens: 3)
    static let sequence = SequenceID(0)

    /// A request that is accepted and has started.
    mutating func start(_ id: UInt64 = 1, as sequence: SequenceID = sequence) {
        see(.submitted(Fixtures.request(id, prompt: 10, maxTokens: 3)))
        see(
            .tick, .accepted(RequestID(id), sequence), .started(sequence, cachedTokens: 0))
    }

    /// The prompt of a started sequence, in three blocks of one instance.
    static func step(
        _ id: UInt32 = 0, of sequence: SequenceID = sequence, group: GroupID = GroupID(0),
        first: Int = 0, count: Int = 10, samples: Bool = true, blocks: [UInt32] = [0, 1, 2]
    ) -> Step {
        var step = Step(id: StepID(id), group: group)
        step.tokens = Array(repeating: 7, count: count)
        step.blocks = blocks.map { BlockID($0) }
        step.entries = [
            StepEntry(
                sequence: sequence, firstPosition: first, tokens: 0..<count,
                blocks: 0..<blocks.count,
                output: StepOutput(sample: samples, promptLogprobs: false))
        ]
        return step
    }

    static func usage(generated: Int) -> GenerationUsage {
        GenerationUsage(promptTokens: 10, generatedTokens: generated, cachedTokens: 0)
    }

    static func transfer(
        _ id: UInt32, from source: UInt32, to target: UInt32, layers: LayerRange = 0..<4,
        sequence: SequenceID = sequence
    ) -> Transfer {
        Transfer(
            id: TransferID(id), sequence: sequence,
            copies: [
                KVCopy(
                    layers: layers, from: .instance(InstanceID(0)), sources: [BlockID(source)],
                    to: .instance(InstanceID(1)), targets: [BlockID(target)])
            ])
    }
}
