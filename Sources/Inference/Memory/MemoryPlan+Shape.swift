internal import Domain

extension MemoryPlan {
    /// The plan as planning sees it. Units that the stage does not hold take no pages.
    func shape(of model: ModelConfiguration, maxBlocks: BlockCount?) -> InstanceMemoryShape {
        func pages(_ unit: ParameterUnit) -> Int {
            units.first { $0.unit == unit }?.pages ?? 0
        }
        let layers = units.count {
            if case .layer = $0.unit { true } else { false }
        }
        let used = weightPages + workspacePages + kvPagesPerLayer * layers
        return InstanceMemoryShape(
            pageSize: pageSize, blockBytes: blockBytes, embeddingPages: pages(.embedding),
            layerPages: (0..<model.layerCount).map { pages(.layer($0)) },
            headPages: pages(.head), kvPagesPerLayer: kvPagesPerLayer,
            sparePages: pageCount - used, workspacePages: workspacePages,
            sharesEmbedding: model.tiedEmbeddings, maxBlocks: maxBlocks ?? Int(UInt32.max))
    }
}
