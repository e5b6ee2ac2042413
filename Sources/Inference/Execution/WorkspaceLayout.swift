internal import CKernels
internal import Domain

/// The sizes of everything a step writes besides KV, fixed when the executor starts. What is
/// never alive at the same time shares its place.
struct WorkspaceLayout {
    /// The most rows of a step.
    let rows: Int
    /// Rows that go through the MLP, or the head, at a time.
    let mlpRows: Int
    let logitRows: Int
    let threads: Int
    /// Elements from row to row.
    let hiddenStride: Int
    let queryKeyValueStride: Int
    let attentionStride: Int
    let gateUpStride: Int
    let activatedStride: Int
    let vocabularySize: Int
    /// Pairs of a head that turn.
    let rotaryPairs: Int
    /// Floats of attention scratch of one thread.
    let scratch: Int
    /// Bytes from the start of the workspace.
    private(set) var offsets = Offsets()
    private(set) var byteCount = 0

    struct Offsets {
        var hidden = 0
        var normed = 0
        var input = 0
        var cosine = 0
        var sine = 0
        var scratch = 0
        var queryKeyValue = 0
        var attention = 0
        var gateUp = 0
        var activated = 0
        var activatedInput = 0
        var logits = 0
    }

    init(
        _ model: ModelConfiguration, layout: StageLayout, options: ExecutorOptions, threads: Int
    ) {
        rows = options.maxBatchedTokens
        mlpRows = min(rows, options.mlpRows)
        self.threads = threads
        vocabularySize = model.vocabularySize
        let rowBytes = vocabularySize * MemoryLayout<Float>.stride
        let fitting = options.logitMemory.bytes / rowBytes
        logitRows = layout.head == nil ? 0 : max(1, min(rows, fitting))
        hiddenStride = Self.stride(model.hiddenSize)
        let layer = layout.layers.first
        queryKeyValueStride = Self.stride(layer?.queryKeyValue.outputs ?? 0)
        attentionStride = Self.stride(model.queryWidth)
        gateUpStride = Self.stride(layer?.gateUp.outputs ?? 0)
        activatedStride = Self.stride(model.intermediateSize)
        rotaryPairs = model.rotary.dimension / 2
        scratch = ck_attention_scratch(
            options.maxModelLength ?? model.maxPositions, model.group, model.headDimension)
        place()
    }

    /// Whole cache lines, and one more: rows a power of two apart would fall on each other in the
    /// cache.
    private static func stride(_ width: Int) -> Int { (width + 15) / 16 * 16 + 16 }

    private mutating func place() {
        var end = 0
        func take(_ floats: Int) -> Int {
            defer { end += (floats * MemoryLayout<Float>.stride + 63) / 64 * 64 }
            return end
        }
        offsets.hidden = take(rows * hiddenStride)
        offsets.normed = take(rows * hiddenStride)
        offsets.input = take(rows * max(hiddenStride, attentionStride))
        offsets.cosine = take(rows * rotaryPairs)
        offsets.sine = take(rows * rotaryPairs)
        offsets.scratch = take(threads * scratch)
        let shared = end
        offsets.queryKeyValue = take(rows * queryKeyValueStride)
        offsets.attention = take(rows * attentionStride)
        byteCount = end
        end = shared
        offsets.gateUp = take(mlpRows * gateUpStride)
        offsets.activated = take(mlpRows * activatedStride)
        offsets.activatedInput = take(mlpRows * activatedStride)
        byteCount = max(byteCount, end)
        end = shared
        offsets.logits = take(logitRows * vocabularySize)
        byteCount = max(byteCount, end)
    }
}
