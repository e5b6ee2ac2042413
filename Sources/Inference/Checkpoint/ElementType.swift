package import CKernels

/// How the elements of a stored tensor are written.
package enum ElementType: String, Hashable, Sendable {
    case f32 = "F32"
    case bf16 = "BF16"
    case f16 = "F16"

    package var size: Int { self == .f32 ? 4 : 2 }

    package var kernelType: ck_dtype {
        switch self {
        case .f32: CK_F32
        case .bf16: CK_BF16
        case .f16: CK_F16
        }
    }

    /// Bytes per element of every type a safetensors file may hold, used or not; `nil` is a type
    /// that this reader does not know.
    static func size(named name: String) -> Int? {
        switch name {
        case "BOOL", "U8", "I8", "F8_E4M3", "F8_E5M2", "F8_E8M0": 1
        case "U16", "I16", "F16", "BF16": 2
        case "U32", "I32", "F32": 4
        case "U64", "I64", "F64", "C64": 8
        default: nil
        }
    }
}
