package import CKernels

/// One tier of kernels that this processor runs.
package struct KernelTier: @unchecked Sendable, Hashable, CustomStringConvertible {
    // Unchecked: it points to a constant table of the C library.
    package let table: UnsafePointer<ck_tier>

    package var name: String { String(cString: table.pointee.name) }
    package var description: String { name }

    /// All tiers this processor runs, best first; the last one is `scalar`.
    package static var available: [KernelTier] {
        (0..<ck_tier_count()).compactMap { index in ck_tier_at(index).map(KernelTier.init(table:)) }
    }

    /// The best tier, or the one with this name.
    package init(named name: String? = nil) throws(OptionError) {
        let tiers = Self.available
        guard let tier = tiers.first(where: { name == nil || $0.name == name }) else {
            throw .unknownKernelTier(name ?? "", available: tiers.map(\.name))
        }
        self = tier
    }

    private init(table: UnsafePointer<ck_tier>) {
        self.table = table
    }
}
