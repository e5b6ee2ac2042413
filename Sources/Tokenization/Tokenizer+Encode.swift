package import Domain

extension Tokenizer {
    /// The tokens of a text, with those that the post-processor puts around it unless
    /// `addSpecialTokens` is false. Added tokens inside the text are recognised in any case.
    /// Complexity: O(n log n) in the length of the text at worst, linear for text in words.
    package func encode(_ text: String, addSpecialTokens: Bool = true) -> [TokenID] {
        let bytes = Array(text.utf8)
        var ids: [UInt32] = []
        ids.reserveCapacity(bytes.count / 3 + 8)
        var scratch = BytePairScratch(textLength: bytes.count)
        for segment in parts.added.splitRaw(bytes) {
            if let id = segment.id {
                ids.append(id)
            } else {
                let isAll = segment.range.count == bytes.count
                let part = isAll ? bytes : Array(bytes[segment.range])
                let isFirst = segment.range.lowerBound == 0
                encode(WorkingText(bytes: part, startsAtOrigin: isFirst), &ids, &scratch)
            }
        }
        return parts.postProcessor.apply(to: ids, addSpecialTokens: addSpecialTokens)
            .map { TokenID($0) }
    }

    private func encode(
        _ raw: WorkingText, _ ids: inout [UInt32], _ scratch: inout BytePairScratch
    ) {
        var text = raw
        parts.normalizer?.apply(to: &text)
        for segment in parts.added.splitNormalized(text.bytes) {
            if let id = segment.id {
                ids.append(id)
            } else if segment.range.count == text.bytes.count {
                encodePlain(text, &ids, &scratch)
            } else {
                let isFirst = segment.range.lowerBound == 0 && text.startsAtOrigin
                let part = Array(text.bytes[segment.range])
                encodePlain(WorkingText(bytes: part, startsAtOrigin: isFirst), &ids, &scratch)
            }
        }
    }

    /// Encodes normalized text without added tokens.
    private func encodePlain(
        _ text: WorkingText, _ ids: inout [UInt32], _ scratch: inout BytePairScratch
    ) {
        var pieces = PieceText(text)
        for step in parts.preTokenizer { step.apply(to: &pieces) }
        for piece in pieces.pieces {
            parts.model.encode(piece, of: pieces.bytes, into: &ids, using: &scratch)
        }
    }
}
