internal import Domain

extension DropPlanner {
    /// Pages of an instance's units, added up so that what a range takes costs no loop over layers.
    struct UnitLayout: Hashable, Sendable {
        private let pageSize: ByteCount
        private let embeddingPages: Int
        private let headPages: Int
        private let sharesEmbedding: Bool
        /// By layer: pages of the layers before it; one more entry for all.
        private let pagesBefore: [Int]

        /// Complexity: O(layers).
        init(_ shape: InstanceMemoryShape) {
            pageSize = shape.pageSize
            embeddingPages = shape.embeddingPages
            headPages = shape.headPages
            sharesEmbedding = shape.sharesEmbedding
            var pagesBefore = [0]
            for pages in shape.layerPages { pagesBefore.append((pagesBefore.last ?? 0) + pages) }
            self.pagesBefore = pagesBefore
        }

        /// Weight bytes that `InstanceMemoryShape.units(for:)` takes. Complexity: O(1).
        func bytes(for range: StageRange) -> ByteCount {
            let layers = range.layers
            let embedding = range.hasEmbedding || (range.hasHead && sharesEmbedding)
            return pageSize
                * (pagesBefore[layers.upperBound] - pagesBefore[layers.lowerBound]
                    + (embedding ? embeddingPages : 0) + (range.hasHead ? headPages : 0))
        }

        /// Weight bytes of a group of two or more stages, wherever its cuts are. Complexity: O(1).
        var bytesOfPipeline: ByteCount {
            bytes(for: .whole(layerCount: pagesBefore.count - 1))
                + pageSize * (sharesEmbedding ? embeddingPages : 0)
        }
    }
}
