/// A byte-pair model: turns pieces of text into ids by merging neighbours, lowest rank first and
/// leftmost among equals.
struct BytePairModel: Sendable {
    let vocabulary: TokenTable
    let merges: MergeTable
    let symbols: SymbolTable
    let byteTokens: ByteTokens?
    let unknownToken: UInt32?
    /// One unknown token for a run of unknown scalars.
    let fusesUnknown: Bool
    /// Raw byte strings of whole tokens, for models that take a piece as it is when the vocabulary
    /// has it; `nil` for other models.
    let wholePieces: TokenTable?
    let longestToken: Int
    /// `nil` for byte-level models, whose pieces are words already.
    let borders: MergeBorders?

    /// Appends the ids of `piece`, a range of `bytes`.
    func encode(
        _ piece: Range<Int>, of bytes: [UInt8], into output: inout [UInt32],
        using scratch: inout BytePairScratch
    ) {
        if let wholePieces, piece.count <= longestToken,
            let id = wholePieces.id(of: bytes, piece)
        {
            output.append(id)
        } else if let borders, piece.count > Self.shortPiece {
            forEachPart(of: piece, of: bytes, borders) { part in
                encodeWord(part, of: bytes, into: &output, using: &scratch)
            }
        } else {
            encodeWord(piece, of: bytes, into: &output, using: &scratch)
        }
    }

    /// Pieces up to this length are not worth cutting.
    private static let shortPiece = 16

    private func encodeWord(
        _ word: Range<Int>, of bytes: [UInt8], into output: inout [UInt32],
        using scratch: inout BytePairScratch
    ) {
        let start = output.count
        if scratch.cache.append(word, of: bytes, to: &output) { return }
        scratch.symbols.removeAll(keepingCapacity: true)
        appendSymbols(of: word, of: bytes, to: &scratch.symbols)
        scratch.merge(using: merges)
        output.append(contentsOf: scratch.symbols)
        scratch.cache.insert(word, of: bytes, start..<output.count)
    }
}

// MARK: - Symbols

extension BytePairModel {
    private func appendSymbols(
        of word: Range<Int>, of bytes: [UInt8], to output: inout [UInt32]
    ) {
        var pending = false
        switch symbols {
        case .bytes(let table):
            for index in word { append(table[Int(bytes[index])], to: &output, &pending) }
        case .scalars(let ascii):
            var index = word.lowerBound
            while index < word.upperBound {
                if bytes[index] < 0x80 {
                    append(ascii[Int(bytes[index])], to: &output, &pending)
                    index += 1
                } else {
                    let length = bytes.scalar(at: index).length
                    let range = index..<index + length
                    append(symbol(of: range, of: bytes), to: &output, &pending)
                    index += length
                }
            }
        }
        if pending, let unknownToken { output.append(unknownToken) }
    }

    /// Appends one symbol. An unknown token stays `pending` until the next known token, as in the
    /// reference: byte tokens overtake it, and with `fusesUnknown` it absorbs the next ones.
    @inline(__always)
    private func append(_ symbol: Symbol, to output: inout [UInt32], _ pending: inout Bool) {
        switch symbol {
        case .token(let id):
            if pending, let unknownToken { output.append(unknownToken) }
            pending = false
            output.append(id)
        case .bytes(let ids):
            output.append(contentsOf: ids)
        case .unknown:
            if pending, !fusesUnknown, let unknownToken { output.append(unknownToken) }
            pending = true
        }
    }

    private func symbol(of scalar: Range<Int>, of bytes: [UInt8]) -> Symbol {
        Self.symbol(of: bytes, scalar, vocabulary, byteTokens)
    }

    /// The symbol of the scalar in `range`: its token, its bytes or neither.
    static func symbol(
        of bytes: [UInt8], _ range: Range<Int>, _ vocabulary: TokenTable, _ byteTokens: ByteTokens?
    ) -> Symbol {
        if let id = vocabulary.id(of: bytes, range) { return .token(id) }
        guard let byteTokens else { return .unknown }
        let ids = range.compactMap { byteTokens.ids[Int(bytes[$0])] }
        return ids.count == range.count ? .bytes(ids) : .unknown
    }
}

// MARK: - Cutting

extension BytePairModel {
    /// Calls `body` with parts of a long piece that no merge can join, so that a whole document
    /// without pre-tokenizer is encoded word by word. Exact: a cut lies between two scalars that
    /// are tokens themselves and that no merge brings together.
    private func forEachPart(
        of piece: Range<Int>, of bytes: [UInt8], _ borders: MergeBorders,
        _ body: (Range<Int>) -> Void
    ) {
        var start = piece.lowerBound
        var index = piece.lowerBound
        var previous: (value: UInt32, start: Int)?
        while index < piece.upperBound {
            let (value, length) = bytes.scalar(at: index)
            if let previous, !borders.mayJoin(previous.value, value),
                isToken(previous.start..<index, of: bytes),
                isToken(index..<index + length, of: bytes)
            {
                body(start..<index)
                start = index
            }
            previous = (value, index)
            index += length
        }
        body(start..<piece.upperBound)
    }

    private func isToken(_ scalar: Range<Int>, of bytes: [UInt8]) -> Bool {
        if case .token = symbol(of: scalar, of: bytes) { true } else { false }
    }
}
