package import Domain

extension CPUStageExecutor {
    package func apply(_ change: MemoryChange) throws(DeviceMemoryError) {
        kv.checkMoves(of: change)
        let before = weights.states
        try memory.apply(weights.pages(of: change) + kv.pages(of: change))
        // Old mappings still show what moves, and new ones show it to nobody.
        kv.move(change, pool: pool)
        weights.note(change)
        kv.countColumns()
        statesBeforeChange = change.moves.isEmpty ? before : nil
        checkAccounts()
    }

    package func undoChange() {
        guard let states = statesBeforeChange else {
            preconditionFailure("no change that can be taken back")
        }
        statesBeforeChange = nil
        memory.undo()
        weights.note(states: states)
        kv.countColumns()
        checkAccounts()
    }

    package func settle(pages: Int) -> Bool {
        statesBeforeChange = nil
        return memory.settle(pages: pages)
    }

    package func load(_ units: [ParameterUnit], from checkpoint: Checkpoint) throws {
        statesBeforeChange = nil
        try weights.load(units, from: checkpoint, pool: pool)
    }

    package func unitsFilled(_ units: [ParameterUnit]) {
        statesBeforeChange = nil
        for unit in units { weights.noteFilled(unit) }
    }

    /// Weights, KV, workspace and spare pages are the budget. Complexity: O(units + layers).
    private func checkAccounts() {
        let used = weights.pageCount + kv.pageCount + workspaceRange.mappedCount
        precondition(used + memory.freePageCount == memory.pageCount, "pages were lost")
        precondition(workspaceRange.mappedCount == workspaceRange.capacity)
        weights.checkInvariants()
    }

    /// The same, page by page. Complexity: O(pages).
    package func checkInvariants() {
        checkAccounts()
        memory.checkInvariants()
    }
}
