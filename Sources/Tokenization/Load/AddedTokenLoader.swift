internal import Domain

/// Reads the `added_tokens` of a file.
enum AddedTokenLoader {
    static func load(
        _ node: ConfigNode?, model: BytePairModel, normalizer: Normalizer?
    ) throws(TokenizerError) -> (AddedTokens, TokenTable) {
        let elements = try node?.elements() ?? []
        var table = TokenTable(capacity: elements.count)
        var entries: [AddedTokens.Entry] = []
        var positions: [UInt32: Int] = [:]
        for element in elements {
            let entry = try load(element)
            guard !entry.content.isEmpty else { continue }
            try check(entry, element, model)
            switch table.insert(entry.content.utf8, id: entry.id) {
            case .done:
                positions[entry.id] = entries.count
                entries.append(entry)
            case .repeatedID:
                throw element.error("the id \(entry.id) is given to two added tokens")
            case .repeatedString:
                guard let position = positions[entry.id] else {
                    throw element.error("'\(entry.content)' has two ids")
                }
                entries[position] = merge(entries[position], entry)
            }
        }
        return (AddedTokens(entries, normalizer: normalizer), table)
    }

    private static func load(_ node: ConfigNode) throws(TokenizerError) -> AddedTokens.Entry {
        let isSpecial = try node.bool("special", default: false)
        return AddedTokens.Entry(
            content: try node.string("content"),
            id: try node.member("id").tokenID(),
            isSpecial: isSpecial,
            isSingleWord: try node.bool("single_word", default: false),
            stripsLeft: try node.bool("lstrip", default: false),
            stripsRight: try node.bool("rstrip", default: false),
            isNormalized: try node.bool("normalized", default: !isSpecial))
    }

    /// The file says each added token's id, and the vocabulary may say it again: they must agree.
    private static func check(
        _ entry: AddedTokens.Entry, _ node: ConfigNode, _ model: BytePairModel
    ) throws(TokenizerError) {
        let content = Array(entry.content.utf8)
        if let id = model.vocabulary.id(of: content) {
            guard id != entry.id else { return }
            throw node.error("has the id \(entry.id), but \(id) in the vocabulary")
        }
        if let other = model.vocabulary.bytes(id: entry.id) {
            let name = String(decoding: other, as: UTF8.self)
            throw node.error("the id \(entry.id) belongs to '\(name)' in the vocabulary")
        }
    }

    /// A token that is listed twice has the flags of its last place; special once is special.
    private static func merge(
        _ first: AddedTokens.Entry, _ second: AddedTokens.Entry
    ) -> AddedTokens.Entry {
        var entry = second
        entry.isSpecial = first.isSpecial || second.isSpecial
        return entry
    }
}
