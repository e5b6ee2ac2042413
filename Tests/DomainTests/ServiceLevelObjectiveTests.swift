import Domain
import Testing

struct ServiceLevelObjectiveTests {
    @Test func classesHaveTimes() {
        let interactive = ServiceLevelObjective(.interactive)
        #expect(interactive.timeToFirstToken == .seconds(10))
        #expect(interactive.interTokenLatency == .milliseconds(200))
        let batch = ServiceLevelObjective(.batch, interTokenLatency: .seconds(1))
        #expect(batch.timeToFirstToken == .seconds(3600))
        #expect(batch.interTokenLatency == .seconds(1))
        #expect(batch.deadline(arrival: .zero + .seconds(5)) == .zero + .seconds(3605))
    }

    @Test func bothTimesMustBeMet() {
        let objective = ServiceLevelObjective(
            .interactive, timeToFirstToken: .seconds(1), interTokenLatency: .milliseconds(50))
        func isMet(_ first: Int, _ between: Int?) -> Bool {
            objective.isMet(
                timeToFirstToken: .milliseconds(first),
                interTokenLatency: between.map { .milliseconds($0) })
        }
        #expect(isMet(1000, 50) && isMet(1000, nil))
        #expect(!isMet(1001, 50) && !isMet(1000, 51) && !isMet(1001, nil))
    }

    @Test func aRequestWithoutOneIsInteractiveAndNeverDue() {
        var request = GenerationRequest(
            id: RequestID(1), prompt: [], sampling: SamplingParameters(),
            stop: StopConditions(maxTokens: 1))
        #expect(request.serviceClass == .interactive)
        #expect(request.deadline(arrival: .zero) == nil)
        request.objective = ServiceLevelObjective(.batch)
        #expect(request.serviceClass == .batch)
        #expect(request.deadline(arrival: .zero) == .zero + .seconds(3600))
    }

    /// Its own class first, then mixed, and never the other's.
    @Test(arguments: ServiceClass.allCases)
    func classesPreferTheirOwn(service: ServiceClass) {
        let own: InstanceClass = service == .interactive ? .interactive : .batch
        let preferences = InstanceClass.preferences(for: service)
        #expect(preferences == [own, .mixed])
        for kind in InstanceClass.allCases {
            #expect(kind.serves(service) == preferences.contains(kind))
        }
    }
}
