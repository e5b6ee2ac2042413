internal import Cluster
internal import Domain

/// One sequence as its owner sees it.
struct WatchedSequence: Sendable {
    let request: RequestID
    let firstToken: TokenID
    let promptCount: TokenCount
    let maxTokens: TokenCount
    var emitted: TokenCount = 0
    var hasStarted = false
    var isFinished = false

    /// Tokens that are known.
    var length: TokenCount { promptCount + emitted }
}

/// Requests, their ids and their tokens.
extension CellChecker {
    mutating func submit(_ request: GenerationRequest) {
        let isNew = requests.updateValue(request, forKey: request.id) == nil
        if !isNew { fail(.requests, "request \(request.id) comes twice") }
    }

    mutating func accept(_ id: RequestID, as sequence: SequenceID) {
        guard let request = requests.removeValue(forKey: id) else {
            fail(.requests, "request \(id) is accepted and not waiting for an answer")
            return
        }
        while sequences.count <= sequence.index { sequences.append(nil) }
        if let owner = sequences[sequence.index] {
            fail(.identifiers, "sequence \(sequence) of request \(owner.request) is given again")
        } else {
            sequenceCount += 1
        }
        sequences[sequence.index] = WatchedSequence(
            request: id, firstToken: request.prompt.first ?? 0, promptCount: request.prompt.count,
            maxTokens: request.stop.maxTokens)
    }

    mutating func reject(_ id: RequestID) {
        if requests.removeValue(forKey: id) == nil {
            fail(.requests, "request \(id) is rejected and not waiting for an answer")
        }
    }

    mutating func start(_ sequence: SequenceID) {
        change(sequence) { state in
            defer { state.hasStarted = true }
            return state.hasStarted ? (.tokens, "starts twice") : nil
        }
    }

    mutating func emit(_ sequence: SequenceID) {
        change(sequence) { state in
            state.emitted += 1
            if !state.hasStarted { return (.tokens, "gets a token before its start") }
            if state.emitted > state.maxTokens { return (.tokens, "gets too many tokens") }
            return state.isFinished ? (.tokens, "gets a token after its end") : nil
        }
    }

    mutating func finish(
        _ sequence: SequenceID, _ reason: FinishReason, _ usage: GenerationUsage
    ) {
        let limit = limits.maxModelLength
        change(sequence) { state in
            defer { state.isFinished = true }
            if state.isFinished { return (.requests, "ends twice") }
            if usage.generatedTokens != state.emitted || usage.promptTokens != state.promptCount {
                return (.tokens, "ends with tokens that are not counted right")
            }
            let isComplete = state.emitted == state.maxTokens || state.length >= limit
            return reason == .length && !isComplete ? (.tokens, "ends too early") : nil
        }
    }

    mutating func release(_ sequence: SequenceID) {
        change(sequence) { state in
            state.isFinished ? nil : (.requests, "is released before its end")
        }
        guard sequence.index < sequences.count, sequences[sequence.index] != nil else { return }
        sequences[sequence.index] = nil
        sequenceCount -= 1
    }

    /// Changes a sequence's record; what is wrong with that is said of the sequence.
    private mutating func change(
        _ id: SequenceID,
        _ body: (inout WatchedSequence) -> (CheckFailure.Rule, String)?
    ) {
        guard id.index < sequences.count, var state = sequences[id.index] else {
            fail(.identifiers, "sequence \(id) has been released")
            return
        }
        let wrong = body(&state)
        sequences[id.index] = state
        if let (rule, text) = wrong { fail(rule, "sequence \(id) \(text)") }
    }
}
