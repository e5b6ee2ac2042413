package import Domain

/// Where the classes of size begin, in blocks.
package struct SizeClasses: Hashable, Sendable {
    /// The most blocks of each class below `large`.
    package let mostFragment: BlockCount
    package let mostTiny: BlockCount
    package let mostSmall: BlockCount
    package let mostMedium: BlockCount

    /// For groups of `capacity` blocks.
    package init(capacity: BlockCount, configuration: PackingConfiguration) {
        mostFragment = configuration.tinyAbove.of(capacity)
        mostTiny = configuration.smallAbove.of(capacity)
        mostSmall = configuration.mediumAbove.of(capacity)
        mostMedium = configuration.largeAbove.of(capacity)
        let cuts = [mostFragment, mostTiny, mostSmall, mostMedium, capacity]
        precondition(zip(cuts, cuts.dropFirst()).allSatisfy(<=), "classes out of order")
        precondition(2 * mostFragment <= mostTiny, "two fragments make more than a bundle")
    }

    package func of(_ size: BlockCount) -> SizeClass {
        if size <= mostFragment { return .fragment }
        if size <= mostTiny { return .tiny }
        if size <= mostSmall { return .small }
        return size <= mostMedium ? .medium : .large
    }
}
