package import Domain

/// Text to tokens and back, as a Hugging Face `tokenizer.json` says: added tokens are found
/// first, the rest is normalized, cut into pieces, and each piece becomes byte-pair tokens.
///
/// Values are immutable and cheap to copy; any number of threads may use one at the same time.
package struct Tokenizer: Sendable {
    /// Everything a file defines.
    struct Parts: Sendable {
        var model: BytePairModel
        var added: AddedTokens
        var addedIDs: TokenTable
        var normalizer: Normalizer?
        var preTokenizer: [PreTokenizer]
        var postProcessor: PostProcessor
        var decoder: [DecoderStep]
    }

    private final class Storage: Sendable {
        let parts: Parts
        let specialIDs: Set<UInt32>

        init(_ parts: Parts) {
            self.parts = parts
            specialIDs = Set(parts.added.entries.filter(\.isSpecial).map(\.id))
        }
    }

    private let storage: Storage

    init(_ parts: Parts) {
        storage = Storage(parts)
    }

    var parts: Parts { storage.parts }

    /// The largest id + 1: at least this many columns of logits have a meaning.
    package var vocabularySize: Int {
        max(parts.model.vocabulary.idBound, parts.addedIDs.idBound)
    }

    /// The id of a vocabulary string or added token, compared byte by byte.
    package func tokenID(for token: String) -> TokenID? {
        let bytes = Array(token.utf8)
        return (parts.addedIDs.id(of: bytes) ?? parts.model.vocabulary.id(of: bytes))
            .map { TokenID($0) }
    }

    /// The vocabulary string of an id, such as `Ġthe`; `nil` if no token has it.
    package func token(for id: TokenID) -> String? {
        tokenBytes(id).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether `skipSpecialTokens` leaves the token out.
    package func isSpecial(_ id: TokenID) -> Bool {
        storage.specialIDs.contains(id.rawValue)
    }

    func tokenBytes(_ id: TokenID) -> ArraySlice<UInt8>? {
        parts.addedIDs.bytes(id: id.rawValue) ?? parts.model.vocabulary.bytes(id: id.rawValue)
    }
}
