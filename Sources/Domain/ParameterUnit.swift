/// The smallest droppable piece of parameters.
package enum ParameterUnit: Hashable, Sendable {
    /// The token embedding table.
    case embedding
    /// One transformer layer, counted from the input.
    case layer(Int)
    /// The final norm and the LM head.
    case head
}

/// A contiguous range of transformer layers.
package typealias LayerRange = Range<Int>

/// The units one instance executes for its group: a contiguous layer range, the embedding on the
/// first stage and the head on the last.
package struct StageRange: Hashable, Sendable {
    package var layers: LayerRange
    package var hasEmbedding: Bool
    package var hasHead: Bool

    package init(layers: LayerRange, hasEmbedding: Bool, hasHead: Bool) {
        self.layers = layers
        self.hasEmbedding = hasEmbedding
        self.hasHead = hasHead
    }

    /// The whole model on one instance.
    package static func whole(layerCount: Int) -> StageRange {
        StageRange(layers: 0..<layerCount, hasEmbedding: true, hasHead: true)
    }

    /// Its units in execution order.
    package var units: [ParameterUnit] {
        (hasEmbedding ? [.embedding] : []) + layers.map { .layer($0) } + (hasHead ? [.head] : [])
    }
}
