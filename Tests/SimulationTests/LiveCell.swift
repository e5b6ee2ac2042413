import Cluster
import Domain
import TestSupport

/// A cell that serves, and what it has asked for and not heard of: what a shell knows.
struct LiveCell {
    var cell: Cell
    private(set) var now = Instant(nanoseconds: 77_000_000)
    private(set) var outstanding: [Effect] = []
    private(set) var notes: [Note] = []
    private(set) var unfinished: Set<SequenceID> = []
    private var wake: Instant?
    private var random: SplitMix64

    init(_ cell: Cell, seed: Int) {
        self.cell = cell
        random = SplitMix64(seed: seed)
    }

    mutating func send(_ input: Input) {
        var effects: [Effect] = []
        now = now + .milliseconds(1)
        cell.handle(input, at: now, into: &effects)
        for effect in effects {
            switch effect {
            case .runStep, .changeMemory, .loadUnits, .transfer: outstanding.append(effect)
            case .accepted(_, let sequence): unfinished.insert(sequence)
            case .finished(let sequence, _, _): unfinished.remove(sequence)
            case .wakeAt(let time): wake = time
            case .note(let note): notes.append(note)
            default: break
            }
        }
    }

    /// Answers something, by chance; steps of one group in their order.
    mutating func answer() {
        if let time = wake, time <= now || outstanding.isEmpty {
            wake = nil
            now = max(now, time)
            send(.tick)
            return
        }
        guard !outstanding.isEmpty else { return }
        var index = Int.random(in: outstanding.indices, using: &random)
        if case .runStep(let step) = outstanding[index] {
            index =
                outstanding.firstIndex {
                    if case .runStep(let other) = $0 { other.group == step.group } else { false }
                } ?? index
        }
        let effect = outstanding.remove(at: index)
        switch effect {
        case .runStep(let step):
            let sampled = step.entries.filter(\.output.sample).map { _ in TokenID(5) }
            send(.stepFinished(step.id, of: step.group, sampled: sampled))
        case .changeMemory(let instance, _): send(.memoryChanged(instance, failure: nil))
        case .loadUnits(let instance, _, _): send(.unitsLoaded(instance, failure: nil))
        case .transfer(let transfer): send(.transferFinished(transfer.id, failure: nil))
        default: break
        }
    }
}
