/// The memory of the embedding table.
struct EmbeddingLayout: Hashable {
    let unit: UnitLayout
    /// (vocabulary, hidden): token t is row t.
    let table: MatrixLayout

    init(_ model: ModelConfiguration, type: ComputeType) {
        var unit = UnitLayout(type: type)
        table = unit.addMatrix(
            [("model.embed_tokens", model.vocabularySize)], depth: model.hiddenSize)
        self.unit = unit
    }
}

/// The memory of the final norm and the LM head.
struct HeadLayout: Hashable {
    let unit: UnitLayout
    let norm: Int
    /// (vocabulary, hidden); `nil` where the stage's embedding table is the head.
    let table: MatrixLayout?

    init(_ model: ModelConfiguration, type: ComputeType, sharesEmbedding: Bool) {
        var unit = UnitLayout(type: type)
        norm = unit.addVector("model.norm.weight", count: model.hiddenSize)
        let name = model.tiedEmbeddings ? "model.embed_tokens" : "lm_head"
        table =
            sharesEmbedding
            ? nil : unit.addMatrix([(name, model.vocabularySize)], depth: model.hiddenSize)
        self.unit = unit
    }
}
