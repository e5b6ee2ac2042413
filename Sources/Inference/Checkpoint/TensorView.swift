/// A stored tensor: row-major, not necessarily aligned, owned by its file.
package struct TensorView {
    package var type: ElementType
    package var shape: [Int]
    package var bytes: UnsafeRawBufferPointer
}
