/// What moves in the device memory of one instance, as one transaction: pages that some units and
/// KV columns give up become pages of other units and of KV tails.
///
/// A *column* is one page position in the KV range of a layer: column j covers the bytes
/// j × pageSize ..< (j + 1) × pageSize of the range. Dropping, reclaiming the KV of layers that
/// are no longer executed, and restoring are all changes of this one shape.
package struct MemoryChange: Hashable, Sendable {
    /// Copies inside the instance, before anything is unmapped: in every layer of `movedLayers`,
    /// each source block's bytes go to its target, in this order.
    package var moves: [BlockMove] = []
    package var movedLayers: LayerRange = 0..<0
    /// Units whose pages are given up.
    package var dropped: [ParameterUnit] = []
    /// KV columns given up, the same in every layer of each entry.
    package var vacated: [VacatedColumns] = []
    /// Units that get pages; their bytes are undefined until they are loaded.
    package var mapped: [ParameterUnit] = []
    /// Layers whose KV range gets pages behind its last column.
    package var grown: [GrownLayers] = []

    package init() {}

    package struct BlockMove: Hashable, Sendable {
        package var source: BlockID
        package var target: BlockID

        package init(source: BlockID, target: BlockID) {
            self.source = source
            self.target = target
        }
    }

    package struct VacatedColumns: Hashable, Sendable {
        package var layers: LayerRange
        package var columns: [Range<Int>]

        package init(layers: LayerRange, columns: [Range<Int>]) {
            self.layers = layers
            self.columns = columns
        }
    }

    package struct GrownLayers: Hashable, Sendable {
        package var layers: LayerRange
        /// Pages for each of the layers.
        package var pages: Int

        package init(layers: LayerRange, pages: Int) {
            self.layers = layers
            self.pages = pages
        }
    }
}
