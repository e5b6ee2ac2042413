package import Domain

/// Which groups give sequences to which (Llumnix §4.4.3): the ones with the least freeness to
/// those with the most. A pair stays until one of the two has crossed its threshold, and no group
/// is in two, so that decisions of one moment do not undo each other.
package struct MigrationPairs: Sendable {
    package struct Pair: Hashable, Sendable {
        package let source: GroupID
        package let target: GroupID
    }

    package let configuration: MigrationConfiguration
    package private(set) var pairs: [Pair] = []
    /// Reused between looks.
    private var sources: [GroupLoad] = []
    private var targets: [GroupLoad] = []

    package init(_ configuration: MigrationConfiguration) { self.configuration = configuration }

    /// Looks at all groups that could give or take, ascending by id. Those that are not among them
    /// lose their pairs. Complexity: O(groups), and O(n · log(n)) in those that give or take.
    package mutating func update(_ loads: [GroupLoad]) {
        sources.removeAll(keepingCapacity: true)
        targets.removeAll(keepingCapacity: true)
        for load in loads {
            let freeness = load.freeness
            if freeness < configuration.outBelow { sources.append(load) }
            if freeness > configuration.inAbove { targets.append(load) }
        }
        keepPairs()
        sources.sort { ($0.freeness, $0.group) < ($1.freeness, $1.group) }
        targets.sort { ($1.freeness, $0.group) < ($0.freeness, $1.group) }
        for (source, target) in zip(sources, targets) {
            pairs.append(Pair(source: source.group, target: target.group))
        }
    }

    /// What is left of `sources` and `targets` is in no pair.
    private mutating func keepPairs() {
        pairs.removeAll { pair in
            !sources.contains { $0.group == pair.source }
                || !targets.contains { $0.group == pair.target }
        }
        sources.removeAll { load in pairs.contains { $0.source == load.group } }
        targets.removeAll { load in pairs.contains { $0.target == load.group } }
    }

    /// Whether a sequence of `size` blocks is better off in `target`: the freeness that it finds
    /// there is more than it has, and it does not make a source of it.
    package func isGain(_ size: BlockCount, from source: GroupLoad, to target: GroupLoad) -> Bool {
        let after = target.freeness(after: 1, of: size)
        return after >= configuration.outBelow && after > source.freeness
    }
}
