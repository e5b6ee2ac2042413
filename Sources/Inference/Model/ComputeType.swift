package import CKernels

/// In what type weights and KV lie in memory; activations are f32 between kernels either way.
package enum ComputeType: String, Hashable, Sendable, CaseIterable {
    case bf16
    case f32

    package var elementSize: Int { self == .bf16 ? 2 : 4 }

    package var kernelType: ck_dtype { self == .bf16 ? CK_BF16 : CK_F32 }
}
