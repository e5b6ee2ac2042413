internal import Domain

extension APIError {
    /// The answer to a request that the cell turned away.
    ///
    /// - Parameters:
    ///   - param: the field that carried the prompt.
    ///   - running: generations in execution, to estimate when asking again makes sense.
    init(_ reason: RejectReason, param: String, running: Int) {
        switch reason {
        case .overloaded(let queued, let limit):
            self = .unavailable(
                "The server is overloaded: \(queued) requests are queued, the limit is \(limit).",
                code: "server_overloaded",
                retryAfter: Self.retryAfter(queued: queued, running: running))
        case .draining:
            self = .draining
        case .contextLengthExceeded(let prompt, let limit):
            self = .contextLengthExceeded(
                limit: limit, prompt: prompt, completion: 0, param: param)
        case .exceedsMemory(let needed, let available):
            self = .invalid(
                "The request needs \(needed) KV blocks and this server has \(available).",
                param: param, code: "exceeds_memory")
        case .emptyPrompt:
            self = .invalid("The prompt holds no tokens.", param: param)
        case .unknownToken(let token):
            self = .invalid("Token \(token) is outside the vocabulary.", param: param)
        }
    }

    /// Seconds to wait when `queued` requests stand in line: one for each time the running batch
    /// would have to turn over, from 1 to 60. A coarse guess is enough; it spreads the retries.
    static func retryAfter(queued: Int, running: Int) -> Int {
        let batch = max(running, 1)
        return min(max((queued + batch - 1) / batch, 1), 60)
    }
}
