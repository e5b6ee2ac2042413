/// What a step writes besides KV, in device memory. Shapes are (rows, width) with the strides of
/// the layout.
struct Workspace {
    let layout: WorkspaceLayout
    /// The residual stream.
    let hidden: UnsafeMutablePointer<Float>
    /// Normed rows before they become the input of a matmul.
    let normed: UnsafeMutablePointer<Float>
    /// The input of a matmul in the form the tier wants.
    let input: UnsafeMutableRawPointer
    let cosine: UnsafeMutablePointer<Float>
    let sine: UnsafeMutablePointer<Float>
    private let scratch: UnsafeMutablePointer<Float>
    let queryKeyValue: UnsafeMutablePointer<Float>
    let attention: UnsafeMutablePointer<Float>
    let gateUp: UnsafeMutablePointer<Float>
    let activated: UnsafeMutablePointer<Float>
    let activatedInput: UnsafeMutableRawPointer
    let logits: UnsafeMutablePointer<Float>

    init(_ layout: WorkspaceLayout, at base: UnsafeMutableRawPointer) {
        func floats(_ offset: Int) -> UnsafeMutablePointer<Float> {
            (base + offset).assumingMemoryBound(to: Float.self)
        }
        self.layout = layout
        let offsets = layout.offsets
        hidden = floats(offsets.hidden)
        normed = floats(offsets.normed)
        input = base + offsets.input
        cosine = floats(offsets.cosine)
        sine = floats(offsets.sine)
        scratch = floats(offsets.scratch)
        queryKeyValue = floats(offsets.queryKeyValue)
        attention = floats(offsets.attention)
        gateUp = floats(offsets.gateUp)
        activated = floats(offsets.activated)
        activatedInput = base + offsets.activatedInput
        logits = floats(offsets.logits)
    }

    func scratch(thread: Int) -> UnsafeMutablePointer<Float> {
        scratch + thread * layout.scratch
    }
}
