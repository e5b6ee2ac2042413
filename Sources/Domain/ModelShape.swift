/// The numbers of a model that scheduling and planning need: no tensors, no names.
package struct ModelShape: Hashable, Sendable {
    package var layerCount: Int
    package var vocabularySize: Int
    /// The most tokens (prompt and generated) one sequence may have.
    package var maxModelLength: TokenCount

    package init(layerCount: Int, vocabularySize: Int, maxModelLength: TokenCount) {
        self.layerCount = layerCount
        self.vocabularySize = vocabularySize
        self.maxModelLength = maxModelLength
    }
}
