internal import CKernels
internal import Domain

extension Sampler {
    /// `token` with its logprob and rank and the `top` most likely tokens.
    mutating func report(
        _ logits: UnsafeBufferPointer<Float>, _ token: TokenID, top: Int
    ) -> SampledToken {
        let normaliser = tier.table.pointee.log_sum_exp(logits.baseAddress, logits.count)
        guard token.index < vocabularySize else { return SampledToken(token: token) }
        let own = logits[token.index]
        var rank = 1
        for logit in logits where logit > own { rank += 1 }
        var best: [TokenLogprob] = []
        if top > 0 {
            best.reserveCapacity(min(top, vocabularySize))
            let largest = tier.table.pointee.argmax(logits.baseAddress, logits.count)
            descending.start(logits, largest: logits[min(largest, vocabularySize - 1)])
            while best.count < top, let element = descending.next(logits) {
                let id = TokenID(UInt32(element.token))
                best.append(TokenLogprob(token: id, logprob: element.logit - normaliser))
            }
        }
        return SampledToken(token: token, logprob: own - normaliser, rank: rank, top: best)
    }
}
