internal import Cluster
internal import Domain
internal import Scheduling

extension Fingerprint {
    /// An effect and its time. Of a step counts what each entry computes and the last block of
    /// each that it writes to, which is nearly all of a step at a fraction of its size.
    mutating func add(_ effect: Effect, at time: Instant) {
        add(UInt64(bitPattern: time.nanoseconds))
        switch effect {
        case .runStep(let step): add(step)
        case .emit(let sequence, let token): add(2, sequence.rawValue, token.rawValue)
        case .accepted(let request, let sequence):
            add(3, sequence.rawValue)
            add(request.rawValue)
        case .rejected(let request, let reason):
            add(4)
            add(request.rawValue)
            add("\(reason)")
        case .started(let sequence, let cachedTokens):
            add(5, sequence.rawValue)
            add(cachedTokens)
        case .finished(let sequence, let reason, let usage):
            add(6, sequence.rawValue)
            if reason != .length { add("\(reason)") }
            add(usage.generatedTokens)
        case .released(let sequence): add(7, sequence.rawValue)
        case .transfer(let transfer): add(transfer)
        case .wakeAt(let wake):
            add(9)
            add(UInt64(bitPattern: wake.nanoseconds))
        case .note(let note): add(note)
        // Rare, and easily read: their descriptions say all there is to them.
        default: add("\(effect)")
        }
    }

    /// A kind of effect with what it is about.
    private mutating func add(_ kind: UInt64, _ first: UInt32 = 0, _ second: UInt32 = 0) {
        add(kind << 56 ^ UInt64(first) << 24 ^ UInt64(second))
    }

    private mutating func add(_ step: Step) {
        add(1, step.id.rawValue, step.group.rawValue)
        add(step.stageCount)
        for place in 0..<step.entryCount {
            let entry = step.entry(place)
            let tokens = UInt32(truncatingIfNeeded: entry.tokens.count)
            add(entry.output.sample ? 10 : 11, entry.sequence.rawValue, tokens)
            let block = entry.blocks.isEmpty ? 0 : step.block(entry.blocks.upperBound - 1).index
            add(entry.firstPosition << 32 ^ block)
        }
    }

    private mutating func add(_ transfer: Transfer) {
        add(8, transfer.id.rawValue, transfer.sequence.rawValue)
        for copy in transfer.copies {
            add("\(copy.from) \(copy.to)")
            add(copy.layers.lowerBound << 32 ^ copy.layers.upperBound)
            for (source, target) in zip(copy.sources, copy.targets) {
                add(source.index << 32 ^ target.index)
            }
        }
    }

    private mutating func add(_ note: Note) {
        switch note {
        case .preempted(let sequence, let lost):
            add(12, sequence.rawValue)
            add(lost)
        case .swappedOut(let sequence, let blocks):
            add(13, sequence.rawValue)
            add(blocks)
        case .relocated(let sequence, let from, let to, let bytes, let stalled):
            add(14, sequence.rawValue, from.rawValue)
            add(Int(to.rawValue) << 48 ^ bytes.bytes)
            add(UInt64(bitPattern: stalled.nanoseconds))
        default: add("\(note)")
        }
    }
}
