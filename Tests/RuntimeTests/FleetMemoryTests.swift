import Domain
import Inference
import Synchronization
import TestSupport
import Testing

@testable import Runtime

/// Memory changes and copies between instances, beside steps.
struct FleetMemoryTests {
    private let whole = 0..<FakeExecutor.layerCount

    /// What one report says failed; `nil` is success.
    private func failure(_ report: Report) -> String? {
        switch report {
        case .stepEnded(_, .success): nil
        case .stepEnded(_, .failure(let error)): "\(error)"
        case .memoryChanged(_, let failure), .unitsLoaded(_, let failure),
            .transferFinished(_, let failure), .instanceStarted(_, let failure):
            failure
        }
    }

    private func copy(
        _ layers: LayerRange, _ from: KVPlace, _ sources: [Int], _ to: KVPlace, _ targets: [Int]
    ) -> KVCopy {
        KVCopy(
            layers: layers, from: from, sources: sources.map { BlockID(index: $0) }, to: to,
            targets: targets.map { BlockID(index: $0) })
    }

    private func place(_ instance: Int) -> KVPlace { .instance(InstanceID(index: instance)) }

    @Test(arguments: ExchangeMode.allCases)
    func aTransferPutsBytesWhereTheyBelong(mode: ExchangeMode) throws {
        let harness = try FleetHarness(instances: 3, mode: mode)
        defer { harness.fleet.stop() }
        for layer in whole {
            for block in 0..<40 {
                harness.fill(0, layer: layer, block: block, with: UInt8(layer * 50 + block + 1))
            }
        }
        let sources = Array(0..<40)
        let targets = Array((100..<140).reversed())
        harness.fleet.transfer(
            Transfer(
                id: TransferID(7), sequence: SequenceID(0),
                copies: [
                    copy(0..<2, place(0), sources, place(1), targets),
                    copy(2..<4, place(0), sources, place(2), targets),
                ]))
        guard case .transferFinished(TransferID(7), nil) = try harness.nextReport() else {
            Issue.record("not finished")
            return
        }
        for layer in whole {
            let instance = layer < 2 ? 1 : 2
            for (source, target) in zip(sources, targets) {
                let expected = harness.bytes(0, layer: layer, block: source)
                #expect(harness.bytes(instance, layer: layer, block: target) == expected)
                let other = harness.bytes(3 - instance, layer: layer, block: target)
                #expect(other.allSatisfy { $0 == 0 })
            }
        }
        #expect(harness.pendingReports().isEmpty)
    }

    @Test func hostMemoryGivesBackWhatItTook() throws {
        let harness = try FleetHarness(instances: 2, hostBlocks: 8)
        defer { harness.fleet.stop() }
        for layer in whole { harness.fill(0, layer: layer, block: 3, with: UInt8(layer + 1)) }
        let out = copy(whole, place(0), [3], .host, [5])
        let back = copy(whole, .host, [5], place(1), [9])
        for (index, copies) in [[out], [back]].enumerated() {
            harness.fleet.transfer(
                Transfer(id: TransferID(index: index), sequence: SequenceID(0), copies: copies))
            #expect(failure(try harness.nextReport()) == nil)
        }
        for layer in whole {
            #expect(harness.bytes(1, layer: layer, block: 9).allSatisfy { $0 == layer + 1 })
        }
    }

    /// A transfer of which one copy cannot be made fails as a whole, once, after its last byte.
    @Test func aTransferFailsAsAWhole() throws {
        let harness = try FleetHarness(instances: 2, hostBlocks: 2)
        defer { harness.fleet.stop() }
        let good = copy(whole, place(0), Array(0..<1000), place(1), Array(0..<1000))
        let bad = copy(whole, place(0), [0], .host, [2])
        for copies in [[good, bad], [bad, good], [bad, bad]] {
            harness.fleet.transfer(
                Transfer(id: TransferID(1), sequence: SequenceID(0), copies: copies))
            #expect(failure(try harness.nextReport())?.contains("no host memory") == true)
        }
        #expect(harness.pendingReports().isEmpty)
    }

    @Test func aTransferOfNothingIsFinishedToo() throws {
        let harness = try FleetHarness(instances: 1)
        defer { harness.fleet.stop() }
        for copies in [[], [copy(0..<0, place(0), [], place(0), [])]] {
            harness.fleet.transfer(
                Transfer(id: TransferID(1), sequence: SequenceID(0), copies: copies))
            #expect(failure(try harness.nextReport()) == nil)
        }
    }

    /// Drop a layer on one instance, load it again from the other, and compute with it.
    @Test func unitsComeBackFromAPeer() throws {
        let harness = try FleetHarness(instances: 2)
        defer { harness.fleet.stop() }
        let one = InstanceID(1)
        let before = harness.fleet.workers[1].account
        var drop = MemoryChange()
        drop.dropped = [.layer(1), .layer(2), .head]
        drop.grown = [.init(layers: 0..<1, pages: 3)]
        harness.fleet.change(drop, on: one)
        #expect(failure(try harness.nextReport()) == nil)
        harness.fleet.settleChange(on: one)
        var restore = MemoryChange()
        restore.vacated = [.init(layers: 0..<1, columns: [2..<5])]
        restore.mapped = drop.dropped
        harness.fleet.change(restore, on: one)
        #expect(failure(try harness.nextReport()) == nil)
        harness.fleet.settleChange(on: one)
        harness.fleet.load(drop.dropped, on: one, fromPeer: InstanceID(0))
        guard case .unitsLoaded(one, nil) = try harness.nextReport() else {
            Issue.record("not loaded")
            return
        }
        for unit in drop.dropped {
            let (own, other) = (harness.memory(1).unit(unit), harness.memory(0).unit(unit))
            #expect(own.elementsEqual(other))
        }
        var driver = StepDriver(harness, groups: [[GroupStage(1, whole)]], sequences: 4, seed: 9)
        try driver.run()
        let expected = try StepDriver.expectedTokens(sequences: 4, seed: 9)
        #expect(driver.sequences.map { Array($0.generated) } == expected)
        harness.fleet.stop()
        #expect(harness.fleet.workers[1].account == before)
    }

    @Test func loadingWithoutAPeerOrFilesFails() throws {
        let harness = try FleetHarness(instances: 1)
        defer { harness.fleet.stop() }
        harness.fleet.load([.layer(0)], on: InstanceID(0), fromPeer: InstanceID(5))
        #expect(failure(try harness.nextReport())?.contains("no instance 5") == true)
        harness.fleet.loadFromFiles([.layer(0)], on: InstanceID(0))
        #expect(failure(try harness.nextReport())?.contains("files") == true)
    }

    @Test func aChangeThatFailsIsReportedAndOneThatWorkedCanBeUndone() throws {
        let harness = try FleetHarness(instances: 1)
        defer { harness.fleet.stop() }
        let account = harness.fleet.workers[0].account
        var change = MemoryChange()
        change.dropped = [.layer(3)]
        change.grown = [.init(layers: 0..<1, pages: 1)]
        harness.hooks[0].isFull.withLock { $0 = true }
        harness.fleet.change(change, on: InstanceID(0))
        #expect(failure(try harness.nextReport()) != nil)
        harness.hooks[0].isFull.withLock { $0 = false }
        harness.fleet.change(change, on: InstanceID(0))
        #expect(failure(try harness.nextReport()) == nil)
        #expect(harness.fleet.workers[0].account.layers == 0..<3)
        harness.fleet.undoChange(on: InstanceID(0))
        var driver = StepDriver(harness, groups: [[GroupStage(0, whole)]], sequences: 2, seed: 4)
        try driver.run()
        #expect(harness.fleet.workers[0].account == account)
    }

    /// A change is carried out after the steps given before it and before those given after it.
    @Test func changesKeepTheirPlaceAmongSteps() throws {
        let harness = try FleetHarness(instances: 1)
        defer { harness.fleet.stop() }
        var table = PipelineTable()
        table.form(GroupID(0), [GroupStage(0, whole)], at: .zero)
        var sequences = (0..<2).map { FakeSequence.random(index: $0, seed: 1) }
        for index in 0..<2 {
            let step = FakeSequence.step(
                &sequences, [index], id: StepID(index: index), group: GroupID(0), stageCount: 1)
            harness.fleet.run(
                table.begin(step, records: [sequences[index].record], at: .zero))
            harness.fleet.change(MemoryChange(), on: InstanceID(0))
            harness.fleet.undoChange(on: InstanceID(0))
        }
        for _ in 0..<4 { #expect(failure(try harness.nextReport()) == nil) }
        harness.fleet.stop()
        let deeds = harness.hooks[0].deeds.withLock { $0 }.filter {
            if case .settled = $0 { false } else { true }
        }
        let steps = (0..<2).map {
            FakeExecutor.Hooks.Deed.ran(StepID(index: $0), GroupID(0), stage: 0)
        }
        #expect(deeds == [steps[0], .changed, .undone, steps[1], .changed, .undone])
    }

    /// While a change has not been decided on, nothing of an older one is torn down: the younger
    /// one could not be taken back after that.
    @Test func settlingWaitsForTheNextDecision() throws {
        let harness = try FleetHarness(instances: 1, columns: 4)
        defer { harness.fleet.stop() }
        let gate = Monitor(false)
        harness.hooks[0].beforeStep.withLock {
            $0 = { _ in gate.wait { $0 ? .leave(()) : .sleep } }
        }
        var table = PipelineTable()
        table.form(GroupID(0), [GroupStage(0, whole)], at: .zero)
        var sequences = (0..<2).map { FakeSequence.random(index: $0, seed: 1) }
        func run(_ index: Int) {
            let step = FakeSequence.step(
                &sequences, [index], id: StepID(index: index), group: GroupID(0), stageCount: 1)
            harness.fleet.run(
                table.begin(step, records: [sequences[index].record], at: .zero))
        }
        var first = MemoryChange()
        first.vacated = [.init(layers: whole, columns: [2..<4])]
        var second = MemoryChange()
        second.vacated = [.init(layers: whole, columns: [1..<2])]
        run(0)
        harness.fleet.change(first, on: InstanceID(0))
        harness.fleet.settleChange(on: InstanceID(0))
        harness.fleet.change(second, on: InstanceID(0))
        run(1)
        harness.fleet.undoChange(on: InstanceID(0))
        gate.update { $0 = true }
        for _ in 0..<4 { #expect(failure(try harness.nextReport()) == nil) }
        harness.fleet.stop()
        #expect(harness.fleet.workers[0].executor.blockCount(of: whole) == 2 * 4096)
    }

    /// Transfers of blocks nobody computes with, while pipelines run: both are exact.
    @Test(arguments: 0..<10, ExchangeMode.allCases)
    func stepsAndTransfersDoNotDisturbEachOther(seed: Int, mode: ExchangeMode) throws {
        let harness = try FleetHarness(instances: 3, mode: mode, hostBlocks: 4096)
        defer { harness.fleet.stop() }
        for layer in whole {
            for block in 2000..<2100 {
                harness.fill(0, layer: layer, block: block, with: UInt8(block % 251))
            }
        }
        let groups = [
            [GroupStage(0, 0..<2), GroupStage(1, 2..<4)],
            [GroupStage(1, 0..<1), GroupStage(2, 1..<4)],
        ]
        var driver = StepDriver(harness, groups: groups, sequences: 8, seed: seed)
        var transfers = 0
        try driver.run { random in
            guard Int.random(in: 0..<3, using: &random) == 0 else { return }
            let target = 3000 + transfers % 10 * 100
            let copies = [
                copy(0..<2, place(0), Array(2000..<2100), place(1), Array(target..<target + 100)),
                copy(2..<4, place(0), Array(2000..<2100), .host, Array(target..<target + 100)),
            ]
            let id = TransferID(index: transfers)
            harness.fleet.transfer(Transfer(id: id, sequence: SequenceID(0), copies: copies))
            transfers += 1
        }
        var finished = driver.others.count
        while finished < transfers {
            #expect(failure(try harness.nextReport()) == nil)
            finished += 1
        }
        let expected = try StepDriver.expectedTokens(sequences: 8, seed: seed)
        #expect(driver.sequences.map { Array($0.generated) } == expected)
        for index in 0..<min(10, transfers) {
            let bytes = harness.bytes(1, layer: 1, block: 3000 + index * 100 + 7)
            #expect(bytes.allSatisfy { $0 == UInt8(2007 % 251) })
        }
    }

    /// Old mappings go in pieces, even while steps come without a pause.
    @Test func settlingGoesOnBesideSteps() throws {
        let harness = try FleetHarness(instances: 1)
        defer { harness.fleet.stop() }
        var change = MemoryChange()
        change.vacated = [.init(layers: whole, columns: [1..<2])]
        harness.fleet.change(change, on: InstanceID(0))
        harness.fleet.settleChange(on: InstanceID(0))
        var driver = StepDriver(harness, groups: [[GroupStage(0, whole)]], sequences: 4, seed: 2)
        try driver.run()
        let deeds = harness.hooks[0].deeds.withLock { $0 }
        let settled = deeds.firstIndex { if case .settled = $0 { true } else { false } }
        #expect(settled.map { $0 < deeds.count - 1 } == true)
        let expected = try StepDriver.expectedTokens(sequences: 4, seed: 2)
        #expect(driver.sequences.map { Array($0.generated) } == expected)
    }
}
