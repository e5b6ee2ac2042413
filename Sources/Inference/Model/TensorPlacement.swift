/// One stored tensor that a unit needs: its name, the shape it must have, and where it goes.
struct TensorPlacement: Hashable {
    enum Form: Hashable {
        /// Packed into panels of the compute type.
        case panels
        /// Floats, then zeros up to `padded`.
        case vector(padded: Int)
    }

    var name: String
    var shape: [Int]
    /// Bytes from the start of the unit.
    var offset: Int
    var form: Form
}
