import Domain
import Synchronization
import Testing

@testable import Inference
@testable import Runtime

/// A stage without a model, on real pages. Its arithmetic is a few integers, but what it computes
/// depends on every weight, on every KV slot of the sequence and on the order of the layers, so a
/// byte that is lost, late or in the wrong place changes the tokens.
final class FakeExecutor: StageExecutor {
    static let layerCount = 4
    static let blockSize = 4
    static let vocabularySize = 64
    /// What one stage hands to the next, per row: a number, then position and token as a check.
    static let hiddenSize = 3
    private static let modulus: Float = 4093

    let memoryShape: InstanceMemoryShape
    let memoryView: InstanceMemoryView
    let pool: PagePool
    let kv: KVCache
    let hooks: Hooks
    private let units: [ParameterUnit: AddressRange]
    private var held: Set<ParameterUnit>
    private var heldBefore: Set<ParameterUnit> = []

    /// What a test sees and does; shared with the test's own thread.
    final class Hooks: Sendable {
        enum Deed: Hashable {
            case ran(StepID, GroupID, stage: Int)
            case changed, undone
            case settled(pages: Int)
            case loaded([ParameterUnit]), filled([ParameterUnit])
        }

        let deeds = Mutex<[Deed]>([])
        /// Steps that fail here.
        let failing = Mutex<Set<StepID>>([])
        let isFull = Mutex(false)
        /// Runs before each step, on the instance's thread.
        let beforeStep = Mutex<(@Sendable (Step) -> Void)?>(nil)

        func note(_ deed: Deed) { deeds.withLock { $0.append(deed) } }

        var steps: [StepID] {
            deeds.withLock { $0 }.compactMap {
                if case .ran(let step, _, _) = $0 { step } else { nil }
            }
        }
    }

    struct Failure: Error {}

    /// - Parameter columns: KV pages of each layer.
    init(columns: Int = 2, hooks: Hooks = Hooks()) throws {
        let page = ByteCount.kibibytes(64)
        let all = StageRange.whole(layerCount: Self.layerCount).units
        let blockBytes = ByteCount(Self.blockSize * MemoryLayout<Float>.stride)
        let count = all.count + columns * Self.layerCount
        pool = try PagePool(budget: page * count, pageSize: page)
        let pool = pool
        units = try Dictionary(uniqueKeysWithValues: all.map { ($0, try pool.allocate(page)) })
        kv = try KVCache(
            layers: 0..<Self.layerCount, blockBytes: blockBytes, limit: 1 << 20, memory: pool)
        try kv.fill(columns: columns)
        memoryShape = InstanceMemoryShape(
            pageSize: page, blockBytes: blockBytes, embeddingPages: 1,
            layerPages: Array(repeating: 1, count: Self.layerCount), headPages: 1,
            kvPagesPerLayer: columns, sparePages: 0, workspacePages: 0, sharesEmbedding: false,
            maxBlocks: 1 << 20)
        let views = units.mapValues {
            UnsafeMutableRawBufferPointer(start: $0.base, count: page.bytes)
        }
        memoryView = InstanceMemoryView(layerCount: Self.layerCount, kv: kv, units: views)
        held = Set(all)
        self.hooks = hooks
        for unit in all { fill(unit) }
    }

    func holds(_ unit: ParameterUnit) -> Bool { held.contains(unit) }
    func blockCount(of layers: LayerRange) -> BlockCount { kv.blockCount(of: layers) }

    /// The parameters: one number at the start and one at the end of the unit.
    private func fill(_ unit: ParameterUnit) {
        let bytes = memoryView.unit(unit)
        let value: Float =
            switch unit {
            case .embedding: 3
            case .layer(let layer): Float(5 + 2 * layer)
            case .head: 31
            }
        bytes.storeBytes(of: value, as: Float.self)
        bytes.storeBytes(of: value + 1, toByteOffset: bytes.count - 4, as: Float.self)
    }

    private func weight(_ unit: ParameterUnit) -> Float {
        precondition(held.contains(unit), "\(unit) is not in place")
        let bytes = memoryView.unit(unit)
        return bytes.load(as: Float.self)
            * bytes.load(fromByteOffset: bytes.count - 4, as: Float.self)
    }
}

// MARK: - Steps

extension FakeExecutor {
    func run(
        _ step: Step, stage: Int, range: StageRange, input: UnsafeBufferPointer<Float>?,
        consume: (StageOutput) throws -> Void
    ) throws {
        hooks.beforeStep.withLock { $0 }?(step)
        hooks.note(.ran(step.id, step.group, stage: stage))
        if hooks.failing.withLock({ $0.contains(step.id) }) { throw Failure() }
        var rows = enter(step, range, input)
        let tables = Array(step.tables(stage: stage))
        for layer in range.layers {
            let weight = weight(.layer(layer))
            for entry in step.entries {
                for (offset, row) in entry.tokens.enumerated() {
                    rows[row] = attend(
                        rows[row] * weight, layer, entry.firstPosition + offset, entry, tables)
                }
            }
        }
        guard range.hasHead else { return try leave(step, rows, consume) }
        try runHead(step, rows, consume)
    }

    /// The sum of all slots up to the position, each weighted by its position; all integers.
    private func attend(
        _ value: Float, _ layer: Int, _ position: Int, _ entry: StepEntry, _ tables: [BlockID]
    ) -> Float {
        func slot(_ position: Int) -> UnsafeMutablePointer<Float> {
            let block = tables[entry.blocks.lowerBound + position / Self.blockSize]
            let bytes = memoryView.kv(layer: layer, block: block)
            return bytes.assumingMemoryBound(to: Float.self) + position % Self.blockSize
        }
        slot(position).pointee = Self.reduce(value)
        var sum: Float = 0
        for position in 0...position {
            sum = Self.reduce(sum + slot(position).pointee * Float(position % 7 + 1))
        }
        return sum
    }

    private static func reduce(_ value: Float) -> Float {
        value.truncatingRemainder(dividingBy: modulus)
    }

    private func enter(
        _ step: Step, _ range: StageRange, _ input: UnsafeBufferPointer<Float>?
    ) -> [Float] {
        guard !range.hasEmbedding else {
            let weight = weight(.embedding)
            return step.tokens.map { Self.reduce(Float($0.rawValue + 1) * weight) }
        }
        guard let input else { preconditionFailure("a later stage without input") }
        precondition(input.count == step.tokens.count * Self.hiddenSize, "another step's rows")
        for (row, check) in checks(step).enumerated() {
            let found = [input[row * Self.hiddenSize + 1], input[row * Self.hiddenSize + 2]]
            precondition(found == check, "another step's rows")
        }
        return step.tokens.indices.map { input[$0 * Self.hiddenSize] }
    }

    /// By row: position and token.
    private func checks(_ step: Step) -> [[Float]] {
        step.entries.flatMap { entry in
            entry.tokens.enumerated().map { offset, row in
                [Float(entry.firstPosition + offset), Float(step.tokens[row].rawValue)]
            }
        }
    }

    private func leave(
        _ step: Step, _ rows: [Float], _ consume: (StageOutput) throws -> Void
    ) throws {
        let hidden = zip(rows, checks(step)).flatMap { [$0] + $1 }
        try hidden.withUnsafeBufferPointer { try consume(.hidden($0)) }
    }

    private func runHead(
        _ step: Step, _ rows: [Float], _ consume: (StageOutput) throws -> Void
    ) throws {
        let weight = weight(.head)
        for (index, entry) in step.entries.enumerated() where entry.output.sample {
            let last = entry.tokens.upperBound - 1
            var logits = [Float](repeating: 0, count: Self.vocabularySize)
            let token = Int(Self.reduce(rows[last] * weight)) % Self.vocabularySize
            logits[token] = 1
            let position = entry.firstPosition + entry.tokens.count - 1
            let row = [LogitRows.Row(entry: index, position: position, row: last)]
            try row.withUnsafeBufferPointer { row in
                try logits.withUnsafeMutableBufferPointer { logits in
                    try consume(
                        .logits(
                            LogitRows(
                                rows: row, logits: logits, vocabularySize: Self.vocabularySize)))
                }
            }
        }
    }
}

// MARK: - Memory

extension FakeExecutor {
    func apply(_ change: MemoryChange) throws(DeviceMemoryError) {
        hooks.note(.changed)
        if hooks.isFull.withLock({ $0 }) {
            throw .outOfPages(needed: 1, free: 0, pageSize: pool.pageSize)
        }
        var pages = kv.pages(of: change)
        pages.giving += change.dropped.compactMap { units[$0]?.whole }
        pages.taking += change.mapped.compactMap { units[$0]?.whole }
        try pool.apply(pages)
        for layer in change.movedLayers {
            for move in change.moves {
                memoryView.kv(layer: layer, block: move.target).copyMemory(
                    from: memoryView.kv(layer: layer, block: move.source),
                    byteCount: memoryView.blockBytes)
            }
        }
        heldBefore = held
        held.subtract(change.dropped)
        kv.countColumns()
    }

    func undoChange() {
        hooks.note(.undone)
        pool.undo()
        held = heldBefore
        kv.countColumns()
    }

    func settle(pages: Int) -> Bool {
        hooks.note(.settled(pages: pages))
        return pool.settle(pages: pages)
    }

    func load(_ units: [ParameterUnit], from checkpoint: Checkpoint) throws {
        hooks.note(.loaded(units))
        for unit in units { fill(unit) }
        held.formUnion(units)
    }

    func unitsFilled(_ units: [ParameterUnit]) {
        hooks.note(.filled(units))
        held.formUnion(units)
    }
}
