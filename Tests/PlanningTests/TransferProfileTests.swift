import Domain
import Planning
import Testing

/// Links and what they carry (Mell §V-A).
struct TransferProfileTests {
    private let profile = TransferProfile(
        nearBytesPerSecond: 4000, farBytesPerSecond: 1000, computation: ComputationBoundary([]))

    private func links(_ sender: Int, _ receiver: Int, isNear: Bool) -> [LinkID] {
        TransferProfile.links(
            from: InstanceID(index: sender), to: InstanceID(index: receiver), isNear: isNear)
    }

    /// Each instance has a link of its own each way, near and far.
    @Test func linksAreSharedByWhoUsesTheSameEnd() {
        let (first, second) = (links(0, 1, isNear: true), links(0, 2, isNear: true))
        #expect(first[0] == second[0] && first[1] != second[1])
        #expect(links(2, 1, isNear: true)[1] == first[1])
        #expect(links(1, 0, isNear: true).allSatisfy { !first.contains($0) })
        #expect(links(0, 1, isNear: false).allSatisfy { !first.contains($0) })
    }

    @Test func boundsAreWhatTheTimeAllows() {
        let bounds = profile.linkBounds(instances: 3, in: .milliseconds(500))
        #expect(bounds.count == 12)
        #expect(
            links(2, 1, isNear: true).map { bounds[$0.index] } == [
                ByteCount(2000), ByteCount(2000),
            ])
        #expect(
            links(1, 2, isNear: false).map { bounds[$0.index] } == [ByteCount(500), ByteCount(500)])
        #expect(profile.linkBounds(instances: 1, in: .zero).allSatisfy { $0 == .zero })
    }

    /// A link without a limit is one that no sum fills.
    @Test func fastLinksDoNotOverflow() {
        let fast = TransferProfile(
            nearBytesPerSecond: .infinity, farBytesPerSecond: 1e300,
            computation: ComputationBoundary([]))
        let bounds = fast.linkBounds(instances: 2, in: .seconds(3600))
        #expect(bounds.allSatisfy { $0 + $0 > $0 })
    }
}
