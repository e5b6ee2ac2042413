import Domain
import Testing

@testable import Scheduling

/// Schedules as pictures: a row per sequence, a column per step; a number is a prompt chunk, `.` a
/// decode, a space nothing.
struct GroupSchedulerTests {
    struct Group {
        var scheduler: GroupScheduler
        var table = SequenceTable()
        var stores: [BlockStore]
        var events: [SchedulingEvent] = []
        var rows: [String] = []
        var steps: UInt32 = 0

        init(
            blocks: BlockCount, stages: Int = 1,
            _ configure: (inout SchedulerConfiguration) -> Void = { _ in }
        ) {
            var configuration = SchedulerConfiguration(maxModelLength: 64)
            configuration.blockSize = 4
            configuration.maxBatchedTokens = 8
            configuration.watermark = 0
            configure(&configuration)
            stores = Array(repeating: BlockStore(baseCount: blocks), count: stages)
            scheduler = GroupScheduler(
                group: GroupID(0),
                stages: (0..<stages).map { index in
                    GroupStage(
                        instance: InstanceID(index: index),
                        range: StageRange(
                            layers: index..<index + 1, hasEmbedding: index == 0,
                            hasHead: index == stages - 1))
                }, configuration: configuration)
        }

        @discardableResult
        mutating func submit(prompt: Int, generate: Int, priority: Int = 0) -> SequenceID {
            let id = table.nextID
            let request = GenerationRequest(
                id: RequestID(UInt64(id.rawValue)),
                prompt: (0..<prompt).map { TokenID(UInt32($0) + 100 * id.rawValue) },
                sampling: SamplingParameters(),
                stop: StopConditions(maxTokens: generate),
                priority: priority)
            table.insert(SequenceState(id: id, request: request, arrival: UInt64(rows.count)))
            scheduler.enqueue(id, in: table)
            rows.append("")
            return id
        }

        /// Runs until nothing is left and returns the picture.
        mutating func run() -> [String] {
            while let step = scheduler.planStep(
                id: StepID(steps), table: &table, stores: &stores,
                events: &events
            ).planned {
                steps += 1
                draw(step)
                var outcomes: [SequenceOutcome] = []
                let samples = step.entries.filter(\.output.sample).map { _ in TokenID(1) }
                scheduler.finish(
                    step.id, sampled: samples, table: &table, stores: &stores,
                    outcomes: &outcomes)
                scheduler.checkInvariants(table: table, others: [])
            }
            #expect(scheduler.isIdle)
            return rows.map { String($0.reversed().drop { $0 == " " }.reversed()) }
        }

        private mutating func draw(_ step: Step) {
            for row in rows.indices {
                let entry = step.entries.first { $0.sequence.index == row }
                guard let entry else {
                    rows[row] += " "
                    continue
                }
                rows[row] += entry.tokens.count == 1 ? "." : "\(entry.tokens.count)"
            }
        }
    }

    private func expectPicture(_ group: inout Group, _ expected: [String]) {
        let picture = group.run()
        #expect(picture == expected)
    }

    @Test func decodesRideAlongWithPromptChunks() {
        var group = Group(blocks: 16)
        group.submit(prompt: 3, generate: 5)
        group.submit(prompt: 14, generate: 2)
        group.submit(prompt: 2, generate: 2)
        let picture = group.run()
        #expect(
            picture == [
                "3....",
                "572.",
                "  2.",
            ])
    }

    @Test func theLastSequenceIsPreemptedWhenBlocksRunOutAndRecomputes() {
        var group = Group(blocks: 4) { $0.isPrefixCaching = false }
        group.submit(prompt: 4, generate: 6)
        group.submit(prompt: 4, generate: 6)
        // Both hold two blocks from the first decode on; the third block of the first sequence
        // costs the second one its place, and it comes back with all it knows.
        let picture = group.run()
        #expect(
            picture == [
                "4.....",
                "4.... 8.",
            ])
        #expect(group.events.contains(.preempted(SequenceID(1), lostTokens: 8)))
    }

    @Test func aSharedPrefixIsComputedOnce() {
        var group = Group(blocks: 16)
        group.submit(prompt: 7, generate: 1)
        expectPicture(&group, ["7"])
        let second = GenerationRequest(
            id: RequestID(9), prompt: (0..<7).map { TokenID($0) },
            sampling: SamplingParameters(), stop: StopConditions(maxTokens: 1))
        group.table.remove(SequenceID(0))
        group.table.insert(SequenceState(id: SequenceID(0), request: second, arrival: 9))
        group.scheduler.enqueue(SequenceID(0), in: group.table)
        expectPicture(&group, ["73"])
        #expect(group.events.last == .started(SequenceID(0), cachedTokens: 4))
        #expect(group.scheduler.prefixHitTokens == 4)
    }

    @Test func prioritiesAdmitFirstAndArePreemptedLast() {
        var group = Group(blocks: 4) {
            $0.order = .priority
            $0.maxRunning = 1
        }
        group.submit(prompt: 2, generate: 2, priority: 5)
        group.submit(prompt: 2, generate: 2, priority: 1)
        expectPicture(&group, ["  2.", "2."])
    }

    @Test func aPromptWaitsUntilAllItsBlocksAreFree() {
        var group = Group(blocks: 4)
        group.submit(prompt: 8, generate: 4)
        group.submit(prompt: 9, generate: 1)
        expectPicture(&group, ["8...", "    81".replacing("1", with: ".")])
    }

    @Test func aStepTakesNoMoreThanItsBudget() {
        var group = Group(blocks: 64) { $0.maxBatchedTokens = 5 }
        group.submit(prompt: 12, generate: 1)
        group.submit(prompt: 1, generate: 3)
        expectPicture(&group, ["552", "  ..."])
    }

    @Test(arguments: [1, 2, 3])
    func aPipelineHasManyStepsInFlight(stages: Int) throws {
        var group = Group(blocks: 64) { $0.maxStepsInFlight = stages }
        for _ in 0..<4 { group.submit(prompt: 8, generate: 2) }
        var steps: [Step] = []
        while let step = group.scheduler.planStep(
            id: StepID(0), table: &group.table, stores: &group.stores,
            events: &group.events
        ).planned {
            steps.append(step)
        }
        #expect(steps.count == stages)
        #expect(Set(steps.flatMap { $0.entries.map(\.sequence) }).count == stages)
    }

    @Test func aPromptMayFollowItselfThroughThePipeline() throws {
        var group = Group(blocks: 64, stages: 2)
        group.submit(prompt: 20, generate: 2)
        var firsts: [TokenCount] = []
        while let step = group.scheduler.planStep(
            id: StepID(0), table: &group.table, stores: &group.stores, events: &group.events
        ).planned {
            firsts += step.entries.map(\.firstPosition)
            #expect(step.blocks.count == 2 * step.tableLength)
        }
        #expect(firsts == [0, 8])
    }

    @Test func lookaheadCutsPromptsAtEqualCost() throws {
        let costs = BatchCostModel(
            perPair: 1, perToken: 1, perChunk: 0, shared: 0,
            decode: .init(perStep: 1, perSequence: 1, perContextToken: 1))
        var group = Group(blocks: 64, stages: 2) {
            $0.maxBatchedTokens = 128
            $0.lookahead = Lookahead(costs: costs, minTokens: 16, maxTokens: 128)
        }
        group.submit(prompt: 16, generate: 1)
        let planned = group.scheduler.planStep(
            id: StepID(0), table: &group.table, stores: &group.stores, events: &group.events
        ).planned
        // Half of the cost of 16 tokens that attend to each other is that of the first 11.
        let step = try #require(planned)
        #expect(step.tokens.count == 11)
    }

    @Test func cancelledSequencesLeaveAtOnceOrAfterTheirStep() throws {
        var group = Group(blocks: 16) { $0.maxRunning = 1 }
        let running = group.submit(prompt: 4, generate: 4)
        let waiting = group.submit(prompt: 4, generate: 4)
        let planned = group.scheduler.planStep(
            id: StepID(0), table: &group.table, stores: &group.stores,
            events: &group.events
        ).planned
        let step = try #require(planned)
        let gone = [waiting, running].map {
            group.scheduler.cancel($0, in: &group.table, &group.stores)
        }
        #expect(gone == [true, false])
        var outcomes: [SequenceOutcome] = []
        group.scheduler.finish(
            step.id, sampled: [3], table: &group.table, stores: &group.stores,
            outcomes: &outcomes)
        #expect(outcomes == [.left(running)])
        #expect(group.scheduler.isIdle && group.scheduler.pool.usedCount == 0)
    }

    @Test func manyCancelledEntriesDoNotPileUp() {
        var group = Group(blocks: 16) { $0.maxRunning = 1 }
        for _ in 0..<1000 {
            let id = group.submit(prompt: 4, generate: 1)
            _ = group.scheduler.cancel(id, in: &group.table, &group.stores)
            group.table.remove(id)
        }
        #expect(group.scheduler.waiting.storedCount < 200)
        #expect(group.scheduler.isIdle)
    }
}

extension PlannedStep {
    fileprivate var planned: Step? { if case .step(let step) = self { step } else { nil } }
}
