import Foundation
import Simulation
import Testing

/// Whatever happens, every request ends as it should, every block and page is back, and nothing
/// waits for ever.
struct SwarmTests {
    /// `KUNSERVE_SIMULATION_SEEDS=1000..<11000` runs others than a test run has time for, and
    /// looks at everything after every event.
    private static let wanted: Range<UInt64>? = {
        let text = ProcessInfo.processInfo.environment["KUNSERVE_SIMULATION_SEEDS"] ?? ""
        let bounds = text.split(separator: "..<").compactMap { UInt64($0) }
        return bounds.count == 2 && bounds[0] < bounds[1] ? bounds[0]..<bounds[1] : nil
    }()

    /// What must occur among the usual seeds, or they would not say much.
    private static let usual: Set<String> = [
        "preempted", "dropStarted", "dropFinished", "dropFailed", "exchangeFinished", "reclaimed",
        "restoreStarted", "restoreFinished", "restoreFailed", "loadedFromFile", "relocated",
        "relocationAborted", "swappedOut", "swappedIn",
    ]

    @Test func nothingIsLostWhateverFails() async {
        let notes = await run(Self.wanted ?? 0..<200, allowsDeath: false)
        let missing = Self.usual.subtracting(notes)
        #expect(missing.isEmpty || Self.wanted != nil, "\(missing)")
    }

    @Test func nothingIsLostWhenInstancesDie() async {
        let notes = await run(Self.wanted ?? 0..<100, allowsDeath: true)
        #expect(notes.contains("instanceLost") || Self.wanted != nil)
    }

    @Test func theSameSeedIsTheSameRun() {
        var (one, another) = (Swarm(seed: 5, isThorough: false), Swarm(seed: 5, isThorough: false))
        one.run()
        another.run()
        #expect(one.events == another.events && one.cluster.now == another.cluster.now)
        #expect(one.notes == another.notes)
    }

    /// What the runs have come across.
    private func run(_ seeds: Range<UInt64>, allowsDeath: Bool) async -> Set<String> {
        await withTaskGroup { group in
            for first in stride(from: seeds.lowerBound, to: seeds.upperBound, by: 20) {
                group.addTask {
                    var notes: Set<String> = []
                    for seed in first..<min(first + 20, seeds.upperBound) {
                        notes.formUnion(check(seed, allowsDeath))
                    }
                    return notes
                }
            }
            return await group.reduce(into: []) { $0.formUnion($1) }
        }
    }

    private func check(_ seed: UInt64, _ allowsDeath: Bool) -> Set<String> {
        // To compare all books after every event takes twenty times as long as to watch.
        let isThorough = Self.wanted != nil || seed.isMultiple(of: 30)
        var swarm = Swarm(seed: seed, allowsDeath: allowsDeath, isThorough: isThorough)
        // A trap names no seed.
        if Self.wanted != nil { FileHandle.standardError.write(Data("\(swarm.name)\n".utf8)) }
        swarm.run()
        #expect(swarm.problem == nil, "\(swarm.name)")
        return swarm.notes
    }
}
