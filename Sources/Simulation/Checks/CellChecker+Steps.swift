internal import Cluster
internal import Domain

/// A step that runs.
struct WatchedStep: Sendable {
    let step: Step
    /// Of its group, when it was planned.
    let stages: [GroupStage]
    /// A member of its group is lost: nobody waits for it.
    var isAbandoned = false
}

/// Steps and copies: what they compute, and which blocks they touch.
extension CellChecker {
    mutating func begin(_ step: Step) {
        guard step.group.index < groups.count, let stages = groups[step.group.index],
            stages.count == step.stageCount
        else {
            fail(.steps, "a step of group \(step.group), which is not there")
            return
        }
        if steps.contains(where: { $0.step.id == step.id }) {
            fail(.answers, "step \(step.id) is given twice")
        }
        steps.append(WatchedStep(step: step, stages: stages))
        checkStages(stages, of: step.group)
        for entry in step.entries { check(entry) }
        checkMemory(under: step, stages)
        visit(step, stages) { use, kind, block, layers, user in
            use.begin(kind, block, in: layers, for: user)
        }
    }

    mutating func end(_ step: StepID) {
        guard let place = steps.firstIndex(where: { $0.step.id == step }) else {
            fail(.answers, "step \(step) ends and does not run")
            return
        }
        let watched = steps.remove(at: place)
        if !watched.isAbandoned { leaveBlocks(of: watched) }
    }

    private mutating func leaveBlocks(of watched: WatchedStep) {
        visit(watched.step, watched.stages) { use, kind, block, layers, _ in
            use.end(kind, block, in: layers)
            return nil
        }
    }

    /// An instance is lost: steps that pass it may or may not end, and leave their blocks now.
    mutating func abandonSteps(through instance: InstanceID) {
        for place in steps.indices where !steps[place].isAbandoned {
            guard steps[place].stages.contains(where: { $0.instance == instance }) else { continue }
            steps[place].isAbandoned = true
            leaveBlocks(of: steps[place])
        }
    }

    /// Every layer has one owner, who has its parameters.
    private mutating func checkStages(_ stages: [GroupStage], of group: GroupID) {
        var next = 0
        for (place, stage) in stages.enumerated() {
            let range = stage.range
            let isLast = place == stages.count - 1
            if range.layers.lowerBound != next || range.layers.isEmpty
                || range.hasEmbedding != (place == 0) || range.hasHead != isLast
            {
                fail(.steps, "the stages of group \(group) are not the model, once")
            }
            next = range.layers.upperBound
            let memory = instances[stage.instance.index].memory
            let missing = range.units.first { memory.state(of: $0) != .loaded }
            if let missing {
                fail(.steps, "instance \(stage.instance) executes \(missing) without having it")
            }
        }
        if next != limits.layerCount {
            fail(.steps, "group \(group) ends with layer \(next - 1)")
        }
    }

    private mutating func check(_ entry: StepEntry) {
        let id = entry.sequence
        guard id.index < sequences.count, let state = sequences[id.index] else {
            fail(.identifiers, "a step computes sequence \(id), which has been released")
            return
        }
        let end = entry.firstPosition + entry.tokens.count
        if !state.hasStarted || state.isFinished {
            fail(.steps, "a step computes sequence \(id) before its start or after its end")
        }
        if end > state.length || entry.tokens.isEmpty {
            fail(.steps, "a step computes sequence \(id) beyond what is known of it")
        }
        if entry.output.sample != (end == state.length) {
            fail(.steps, "a step samples sequence \(id) elsewhere than at its end")
        }
        if entry.blocks.count != blocksNeeded(for: end, blockSize: limits.blockSize) {
            fail(.steps, "a step has \(entry.blocks.count) blocks for \(end) tokens")
        }
    }

    /// Every block of a step has memory in every layer that its instance executes.
    private mutating func checkMemory(under step: Step, _ stages: [GroupStage]) {
        for (place, stage) in stages.enumerated() {
            let memory = instances[stage.instance.index].memory
            let blockCount = memory.blockCount(of: stage.range.layers)
            let bare = step.tables(stage: place).first { $0.index >= blockCount }
            guard let bare else { continue }
            fail(.blocks, "block \(bare) of instance \(stage.instance) has no memory")
        }
    }

    /// Calls `body` for every block that a step reads or writes on any instance.
    private mutating func visit(
        _ step: Step, _ stages: [GroupStage],
        _ body: (inout BlockUse, BlockUse.Kind, BlockID, LayerRange, BlockUse.User) -> String?
    ) {
        for (place, stage) in stages.enumerated() {
            let table = step.tables(stage: place)
            for entry in step.entries {
                let user = user(entry.sequence)
                let firstWritten = entry.firstPosition / limits.blockSize
                for (turn, index) in entry.blocks.enumerated() {
                    let block = table[table.startIndex + index]
                    touch(.instance(stage.instance), block) {
                        body(
                            &$0, turn < firstWritten ? .reading : .writing, block,
                            stage.range.layers, user)
                    }
                }
            }
        }
    }
}

// MARK: - Copies

extension CellChecker {
    mutating func begin(_ transfer: Transfer) {
        if transfers.updateValue(transfer, forKey: transfer.id) != nil {
            fail(.answers, "transfer \(transfer.id) is asked for twice")
        }
        let user = user(transfer.sequence)
        visit(transfer) { use, kind, block, layers in
            use.begin(kind, block, in: layers, for: user)
        }
    }

    mutating func endTransfer(_ id: TransferID, _ failure: String?) {
        guard let transfer = transfers.removeValue(forKey: id) else {
            fail(.answers, "transfer \(id) ends and is not under way")
            return
        }
        visit(transfer) { use, kind, block, layers in
            use.end(kind, block, in: layers, isFilled: failure == nil)
            return nil
        }
    }

    /// Calls `body` for every block that a transfer reads or writes.
    private mutating func visit(
        _ transfer: Transfer,
        _ body: (inout BlockUse, BlockUse.Kind, BlockID, LayerRange) -> String?
    ) {
        for copy in transfer.copies {
            for block in copy.sources {
                touch(copy.from, block) { body(&$0, .copyingFrom, block, copy.layers) }
            }
            for block in copy.targets {
                touch(copy.to, block) { body(&$0, .copyingTo, block, copy.layers) }
            }
        }
    }

    private func user(_ sequence: SequenceID) -> BlockUse.User {
        let known = sequence.index < sequences.count ? sequences[sequence.index] : nil
        return BlockUse.User(sequence: sequence, firstToken: known?.firstToken ?? 0)
    }

    private mutating func touch(
        _ place: KVPlace, _ block: BlockID, _ body: (inout BlockUse) -> String?
    ) {
        switch place {
        case .instance(let instance):
            if let wrong = body(&instances[instance.index].use) {
                fail(.blocks, "block \(block) of instance \(instance) \(wrong)")
            }
        case .host:
            if let wrong = body(&host) { fail(.blocks, "block \(block) of the host \(wrong)") }
        }
    }
}
