/// A sequence's size relative to the memory of a group (Mell §VI-A).
package enum SizeClass: Int, Hashable, Comparable, Sendable, CaseIterable {
    /// Too small to count alone: part of a bundle, which is treated as tiny.
    case fragment
    /// T in the paper: goes where others leave room.
    case tiny
    /// S: three fill a group.
    case small
    /// M: two fill a group.
    case medium
    /// L: one fills more than half of a group.
    case large

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
