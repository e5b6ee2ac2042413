internal import Domain

/// The memory that the weights of one stage take, unit by unit.
struct StageLayout {
    let embedding: EmbeddingLayout?
    let layers: [LayerLayout]
    let head: HeadLayout?
    let stage: StageRange

    init(_ model: ModelConfiguration, stage: StageRange, type: ComputeType) {
        let shares = model.tiedEmbeddings && stage.hasEmbedding && stage.hasHead
        embedding = stage.hasEmbedding ? EmbeddingLayout(model, type: type) : nil
        layers = stage.layers.map { LayerLayout(model, layer: $0, type: type) }
        head = stage.hasHead ? HeadLayout(model, type: type, sharesEmbedding: shares) : nil
        self.stage = stage
    }

    /// The layout of a unit of this stage.
    func unit(_ unit: ParameterUnit) -> UnitLayout? {
        switch unit {
        case .embedding: embedding?.unit
        case .head: head?.unit
        case .layer(let layer) where stage.layers.contains(layer):
            layers[layer - stage.layers.lowerBound].unit
        case .layer: nil
        }
    }
}
