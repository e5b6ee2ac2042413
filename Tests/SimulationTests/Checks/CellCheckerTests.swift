import Cluster
import Domain
import Planning
import Scheduling
import Simulation
import Testing

/// Everything that must not be is seen, and said to break the right rule.
struct CellCheckerTests {
    private typealias Made = CheckedTraffic
    private static let sequence = CheckedTraffic.sequence

    private func broken(
        by body: (inout CheckedTraffic) -> Void
    ) -> [CheckFailure.Rule] {
        var traffic = CheckedTraffic()
        body(&traffic)
        return traffic.broken
    }

    @Test func aRequestThatIsServedBreaksNothing() {
        let rules = broken {
            $0.start()
            $0.see(.tick, .runStep(Made.step()))
            $0.see(
                .stepFinished(Made.step().id, of: Made.step().group, sampled: [7]),
                .emit(Self.sequence, 7))
            for turn in 0..<2 {
                let step = Made.step(UInt32(turn) + 1, first: 10 + turn, count: 1)
                $0.see(.tick, .runStep(step))
                $0.see(
                    .stepFinished(step.id, of: step.group, sampled: [7]), .emit(Self.sequence, 7))
            }
            $0.see(
                .tick, .finished(Self.sequence, .length, Made.usage(generated: 3)),
                .released(Self.sequence))
        }
        #expect(rules.isEmpty)
    }

    @Test func requestsEndOnce() {
        #expect(broken { $0.see(.tick, .rejected(RequestID(1), .draining)) } == [.requests])
        #expect(
            broken {
                $0.see(.submitted(Made.request), .rejected(RequestID(1), .draining))
                $0.see(.tick, .accepted(RequestID(1), Self.sequence))
            } == [.requests])
        #expect(
            broken {
                $0.start()
                let end = Effect.finished(Self.sequence, .aborted, Made.usage(generated: 0))
                $0.see(.tick, end, end)
            } == [.requests])
        #expect(
            broken {
                $0.start()
                $0.see(.tick, .released(Self.sequence))
            } == [.requests])
        #expect(
            broken {
                $0.see(.submitted(Made.request))
                $0.see(.submitted(Made.request))
            } == [.requests])
    }

    @Test func tokensComeInBetween() {
        #expect(
            broken {
                $0.see(.submitted(Made.request), .accepted(RequestID(1), Self.sequence))
                $0.see(.tick, .emit(Self.sequence, 1))
            } == [.tokens])
        #expect(
            broken {
                $0.start()
                for _ in 0..<4 { $0.see(.tick, .emit(Self.sequence, 1)) }
            } == [.tokens])
        #expect(
            broken {
                $0.start()
                $0.see(.tick, .started(Self.sequence, cachedTokens: 0))
            } == [.tokens])
        #expect(
            broken {
                $0.start()
                $0.see(.tick, .finished(Self.sequence, .aborted, Made.usage(generated: 0)))
                $0.see(.tick, .emit(Self.sequence, 1))
            } == [.tokens])
        #expect(
            broken {
                $0.start()
                $0.see(.tick, .finished(Self.sequence, .aborted, Made.usage(generated: 1)))
            } == [.tokens])
        #expect(
            broken {
                $0.start()
                $0.see(.tick, .finished(Self.sequence, .length, Made.usage(generated: 0)))
            } == [.tokens])
    }

    @Test func identifiersAreGivenAgainAfterTheirRelease() {
        #expect(
            broken {
                $0.start(1)
                $0.start(2)
            } == [.identifiers])
        #expect(broken { $0.see(.tick, .emit(SequenceID(5), 1)) } == [.identifiers])
        #expect(broken { $0.see(.tick, .groupDissolved(GroupID(5))) } == [.identifiers])
        let stages = Fixtures.cell().groups[GroupID(0)].stages
        #expect(broken { $0.see(.tick, .groupFormed(GroupID(0), stages)) } == [.identifiers])
    }

    @Test(
        arguments: [
            CheckedTraffic.step(group: GroupID(7)),
            CheckedTraffic.step(count: 11),
            CheckedTraffic.step(samples: false),
            CheckedTraffic.step(count: 9, samples: true),
            CheckedTraffic.step(blocks: [0, 1]),
        ])
    func stepsComputeWhatIsKnown(step: Step) {
        let rules = broken {
            $0.start()
            $0.see(.tick, .runStep(step))
        }
        #expect(!rules.isEmpty && rules.allSatisfy { $0 == .steps })
    }

    @Test func aGroupIsTheModelOnce() {
        let whole = StageRange.whole(layerCount: 4)
        let half = StageRange(layers: 0..<2, hasEmbedding: true, hasHead: true)
        for range in [half, StageRange(layers: 1..<4, hasEmbedding: true, hasHead: true)] {
            let rules = broken {
                $0.start()
                $0.see(
                    .tick,
                    .groupFormed(
                        GroupID(5), [GroupStage(instance: InstanceID(0), range: range)]),
                    .runStep(Made.step(group: GroupID(5))))
            }
            #expect(!rules.isEmpty && rules.allSatisfy { $0 == .steps })
        }
        // Its memory gave a layer up.
        let rules = broken {
            var change = MemoryChange()
            change.dropped = [.layer(3)]
            $0.start()
            $0.see(.tick, .changeMemory(InstanceID(0), change))
            $0.see(.memoryChanged(InstanceID(0), failure: nil), .settleMemory(InstanceID(0)))
            $0.see(
                .tick,
                .groupFormed(GroupID(5), [GroupStage(instance: InstanceID(0), range: whole)]),
                .runStep(Made.step(group: GroupID(5))))
        }
        #expect(rules == [.steps])
    }
}

// MARK: - Blocks

extension CellCheckerTests {
    private func started(_ body: (inout CheckedTraffic) -> Void) -> [CheckFailure.Rule] {
        broken {
            $0.start(1, as: SequenceID(0))
            $0.start(2, as: SequenceID(1))
            // It begins as the first one does.
            $0.start(51, as: SequenceID(2))
            body(&$0)
        }
    }

    @Test func aBlockIsWrittenForOne() {
        #expect(
            started {
                $0.see(.tick, .runStep(Made.step(0)))
                $0.see(.tick, .runStep(Made.step(1, of: SequenceID(1), blocks: [3, 4, 2])))
            } == [.blocks])
        // Behind a common beginning each has its own.
        #expect(
            started {
                $0.see(.tick, .runStep(Made.step(0, first: 8, count: 2)))
                $0.see(
                    .tick,
                    .runStep(
                        Made.step(
                            1, of: SequenceID(2), first: 8, count: 2, blocks: [0, 1, 3])))
            } == [])
        #expect(
            started {
                $0.see(.tick, .runStep(Made.step(0, first: 8, count: 2)))
                $0.see(
                    .tick,
                    .runStep(Made.step(1, of: SequenceID(2), blocks: [3, 1, 4])))
            } == [.blocks])
        #expect(
            started {
                $0.see(.tick, .runStep(Made.step(0)))
                $0.see(.stepFinished(Made.step(0).id, of: Made.step(0).group, sampled: [7]))
                $0.see(.tick, .runStep(Made.step(1, of: SequenceID(1))))
            } == [])
    }

    @Test func blocksHaveMemory() {
        #expect(started { $0.see(.tick, .runStep(Made.step(blocks: [0, 1, 40]))) } == [.blocks])
    }

    @Test func copiesDoNotMeetSteps() {
        let step = Made.step(0, group: GroupID(1))
        #expect(
            started {
                $0.see(.tick, .transfer(Made.transfer(1, from: 5, to: 2)), .runStep(step))
            } == [.blocks])
        #expect(
            started {
                $0.see(.tick, .runStep(step), .transfer(Made.transfer(1, from: 5, to: 2)))
            } == [.blocks])
        #expect(
            started {
                $0.see(
                    .tick, .runStep(Made.step(0)), .transfer(Made.transfer(1, from: 2, to: 5)))
            } == [.blocks])
        #expect(
            started {
                $0.see(.tick, .transfer(Made.transfer(1, from: 5, to: 2)))
                $0.see(.transferFinished(TransferID(1), failure: nil), .runStep(step))
            } == [])
    }

    @Test func copiesIntoOneBlockBringTheSame() {
        #expect(
            started {
                $0.see(
                    .tick, .transfer(Made.transfer(1, from: 5, to: 2)),
                    .transfer(Made.transfer(2, from: 6, to: 2, sequence: SequenceID(2))))
            } == [])
        #expect(
            started {
                $0.see(
                    .tick, .transfer(Made.transfer(1, from: 5, to: 2)),
                    .transfer(Made.transfer(2, from: 6, to: 2, sequence: SequenceID(1))))
            } == [.blocks])
    }

    @Test func blocksThatAreUsedDoNotMove() {
        var change = MemoryChange()
        change.moves = [.init(source: BlockID(2), target: BlockID(9))]
        change.movedLayers = 0..<4
        #expect(
            started {
                $0.see(.tick, .runStep(Made.step()), .changeMemory(InstanceID(0), change))
            } == [.blocks])
    }
}

// MARK: - Memory, answers, waiting

extension CellCheckerTests {
    private static let first = InstanceID(0)

    private func change(_ body: (inout MemoryChange) -> Void) -> MemoryChange {
        var change = MemoryChange()
        body(&change)
        return change
    }

    @Test func everyPageIsAccountedFor() {
        let wrong = [
            change { $0.mapped = [.layer(0)] },
            change { $0.grown = [.init(layers: 0..<4, pages: 1)] },
            change { $0.vacated = [.init(layers: 0..<1, columns: [19..<21])] },
        ]
        for change in wrong {
            let rules = broken {
                $0.see(.tick, .changeMemory(Self.first, change))
                $0.see(.memoryChanged(Self.first, failure: nil))
            }
            #expect(rules == [.pages], "\(change)")
        }
        // What the instance has done and the cell knows nothing of.
        let drop = change { $0.dropped = [.head] }
        let rules = broken {
            $0.see(.tick, .changeMemory(Self.first, drop))
            $0.see(.memoryChanged(Self.first, failure: nil), .settleMemory(Self.first))
            $0.handle(.tick)
            $0.check()
        }
        #expect(rules == [.pages])
        let undone = broken {
            $0.see(.tick, .changeMemory(Self.first, drop))
            $0.see(.memoryChanged(Self.first, failure: nil), .undoMemoryChange(Self.first))
            $0.see(.tick, .changeMemory(Self.first, drop))
            $0.see(.memoryChanged(Self.first, failure: "no power"))
            $0.handle(.tick)
            $0.check()
        }
        #expect(undone == [])
        #expect(broken { $0.see(.tick, .undoMemoryChange(Self.first)) } == [.pages])
    }

    @Test func whoGivesParametersHasThem() {
        let drop = change { $0.dropped = [.head] }
        let load = Effect.loadUnits(InstanceID(1), [.head], from: .peer(Self.first))
        #expect(
            broken {
                $0.see(.tick, .changeMemory(Self.first, drop))
                $0.see(.memoryChanged(Self.first, failure: nil), load)
            } == [.pages])
        #expect(
            broken {
                $0.see(.tick, .changeMemory(Self.first, drop), load)
                $0.see(.memoryChanged(Self.first, failure: nil))
            } == [.pages])
        #expect(
            broken {
                $0.see(.tick, .changeMemory(Self.first, drop))
                $0.see(
                    .memoryChanged(Self.first, failure: nil),
                    .loadUnits(Self.first, [.head], from: .file))
                $0.see(.unitsLoaded(Self.first, failure: nil))
            } == [.pages])
    }

    @Test func answersComeToQuestions() {
        let answers: [Input] = [
            .stepFinished(Made.step().id, of: Made.step().group, sampled: [1]),
            .memoryChanged(Self.first, failure: nil),
            .unitsLoaded(Self.first, failure: "no power"),
            .transferFinished(TransferID(3), failure: nil),
        ]
        for answer in answers { #expect(broken { $0.see(answer) } == [.answers]) }
    }

    @Test func nothingWaitsWhenNothingIsUnderWay() {
        let rules = broken {
            $0.see(.submitted(Made.request))
            $0.check()
        }
        #expect(rules == [])
        let stuck = broken {
            $0.see(.submitted(Made.request))
            $0.see(.tick)
            $0.check()
        }
        #expect(stuck == [.liveness])
    }

    @Test func nothingWaitsWhereThereIsRoom() {
        var traffic = CheckedTraffic(Fixtures.cell(.recompute, instances: 1))
        traffic.handle(.submitted(Fixtures.request(1)))
        traffic.handle(.submitted(Fixtures.request(2)))
        traffic.check()
        traffic.pass(.seconds(9))
        traffic.check()
        #expect(traffic.broken == [])
        traffic.pass(.seconds(2))
        traffic.check()
        #expect(traffic.broken == [.fairness])
    }

    @Test func failuresAreBounded() {
        var traffic = CheckedTraffic()
        for _ in 0..<100 { traffic.see(.tick, .emit(SequenceID(5), 1)) }
        #expect(traffic.checker.failures.count == 20 && traffic.checker.forgottenCount == 80)
        #expect(
            traffic.checker.failures[0].description == "identifiers: sequence 5 has been released")
    }
}
