import Domain
import TestSupport
import Testing

/// An instance without arithmetic, but with memory: pages that hold units or KV columns of layers,
/// and KV slots that hold a digest of all tokens up to their position. A step that reads a slot
/// with anything else in it (reused too early, moved wrongly, unmapped), or executes a layer whose
/// parameters are not in place, is caught; the tokens of a request are a pure function of its
/// prompt.
struct SymbolicInstance {
    let shape: InstanceMemoryShape
    let blockSize: TokenCount
    /// By layer: which columns have pages.
    private(set) var columns: [[Bool]]
    /// By layer: (block, slot).
    private var slots: [[UInt64?]]
    private(set) var loaded: Set<ParameterUnit>
    private(set) var mapped: Set<ParameterUnit> = []
    private var unsettled: [Self] = []

    init(_ shape: InstanceMemoryShape, blockSize: TokenCount) {
        self.shape = shape
        self.blockSize = blockSize
        columns = Array(
            repeating: Array(repeating: true, count: shape.kvPagesPerLayer),
            count: shape.layerCount)
        slots = Array(repeating: [], count: shape.layerCount)
        loaded = Set(shape.units(for: .whole(layerCount: shape.layerCount)))
        for layer in slots.indices { fit(layer) }
    }

    private var slotsPerColumn: Int { shape.pageSize.bytes / shape.blockBytes.bytes * blockSize }

    private mutating func fit(_ layer: Int) {
        let wanted = columns[layer].count * slotsPerColumn
        slots[layer] += Array(repeating: nil, count: max(0, wanted - slots[layer].count))
        slots[layer].removeLast(slots[layer].count - wanted)
    }

    private var pages: Int {
        (loaded.union(mapped)).reduce(0) { $0 + shape.pages(of: $1) }
            + columns.reduce(0) { $0 + $1.count { $0 } } + shape.workspacePages
    }

    // MARK: Memory

    mutating func apply(_ change: MemoryChange) {
        var old = self
        old.unsettled = []
        unsettled = [old]
        for layer in change.movedLayers {
            for move in change.moves {
                for slot in 0..<blockSize {
                    set(layer, move.target, slot, get(layer, move.source, slot))
                }
            }
        }
        for unit in change.dropped {
            #expect(loaded.remove(unit) != nil || mapped.remove(unit) != nil)
        }
        for vacated in change.vacated {
            for layer in vacated.layers { vacate(layer, vacated.columns) }
        }
        for unit in change.mapped {
            #expect(!loaded.contains(unit) && mapped.insert(unit).inserted)
        }
        for grown in change.grown {
            for layer in grown.layers {
                columns[layer] += Array(repeating: true, count: grown.pages)
                fit(layer)
            }
        }
        #expect(pages <= shape.pageCount, "more pages than the budget")
    }

    private mutating func vacate(_ layer: Int, _ ranges: [Range<Int>]) {
        for column in ranges.joined() {
            #expect(columns[layer][column], "column \(column) is bare already")
            columns[layer][column] = false
            let first = column * slotsPerColumn
            for slot in first..<(first + slotsPerColumn) { slots[layer][slot] = nil }
        }
        while columns[layer].last == false { columns[layer].removeLast() }
        fit(layer)
    }

    mutating func undo() {
        guard let old = unsettled.popLast() else {
            Issue.record("nothing to undo")
            return
        }
        self = old
    }

    mutating func settle() { unsettled = [] }

    mutating func load(_ units: [ParameterUnit]) {
        for unit in units {
            #expect(mapped.remove(unit) != nil, "\(unit) has no pages")
            loaded.insert(unit)
        }
    }

    func holds(_ unit: ParameterUnit) -> Bool { loaded.contains(unit) }

    // MARK: KV

    func get(_ layer: Int, _ block: BlockID, _ slot: Int) -> UInt64? {
        let place = block.index * blockSize + slot
        guard place < slots[layer].count, columns[layer][place / slotsPerColumn] else {
            Issue.record("layer \(layer) has no block \(block)")
            return nil
        }
        return slots[layer][place]
    }

    mutating func set(_ layer: Int, _ block: BlockID, _ slot: Int, _ value: UInt64?) {
        let place = block.index * blockSize + slot
        guard place < slots[layer].count, columns[layer][place / slotsPerColumn] else {
            Issue.record("layer \(layer) has no block \(block)")
            return
        }
        slots[layer][place] = value
    }

    /// Runs one stage of a step. `truth` knows all tokens of a sequence.
    mutating func run(
        _ step: Step, stage: Int, range: StageRange, truth: (SequenceID) -> [TokenID]
    ) {
        for unit in shape.units(for: range) { #expect(holds(unit), "\(unit) is not in place") }
        let table = Array(step.tables(stage: stage))
        for entry in step.entries {
            let known = truth(entry.sequence)
            let blocks = Array(table[entry.blocks])
            var digest = SymbolicModel.start
            for position in 0..<(entry.firstPosition + entry.tokens.count) {
                let token = known[position]
                digest = SymbolicModel.extend(digest, by: token)
                let offset = position - entry.firstPosition
                if offset >= 0, step.tokens[entry.tokens.lowerBound + offset] != token {
                    Issue.record("wrong token at \(position)")
                }
                let (block, slot) = (blocks[position / blockSize], position % blockSize)
                for layer in range.layers {
                    let value = digest &+ UInt64(layer)
                    // No macro where everything is as it should be: this is the inner loop.
                    if offset >= 0 {
                        set(layer, block, slot, value)
                    } else if get(layer, block, slot) != value {
                        Issue.record("wrong KV: layer \(layer), position \(position)")
                    }
                }
            }
        }
    }
}

/// The function from tokens to the next token.
struct SymbolicModel {
    let vocabularySize: UInt64
    static let start: UInt64 = 0x5EED

    static func extend(_ digest: UInt64, by token: TokenID) -> UInt64 {
        var random = SplitMix64(seed: digest ^ UInt64(token.rawValue) << 32)
        return random.next()
    }

    func token(after tokens: ArraySlice<TokenID>) -> TokenID {
        let digest = tokens.reduce(Self.start) { Self.extend($0, by: $1) }
        return TokenID(UInt32(digest % vocabularySize))
    }

    /// What a quiet run generates after a prompt.
    func continuation(of prompt: [TokenID], count: Int) -> [TokenID] {
        var digest = prompt.reduce(Self.start) { Self.extend($0, by: $1) }
        return (0..<count).map { _ in
            let token = TokenID(UInt32(digest % vocabularySize))
            digest = Self.extend(digest, by: token)
            return token
        }
    }
}
