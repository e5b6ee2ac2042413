internal import Cluster
internal import Domain
internal import Synchronization
internal import Telemetry

extension CellRuntime {
    /// What an instance reports, on its thread.
    func take(_ report: Report) {
        state.withLock { state in
            cancelAbandoned(&state)
            switch report {
            case .stepEnded(let order, .success(let samples)):
                end(order, &state)
                count(order.step, samples)
                let tokens = samples.tokens.map(\.token)
                let input = Input.stepFinished(
                    order.step.id, of: order.step.group, sampled: tokens)
                deliver(input, &state, samples: samples)
            case .stepEnded(let order, .failure(let error)):
                end(order, &state)
                let message = String(describing: error)
                deliver(
                    .stepFailed(order.step.id, of: order.step.group, message: message), &state)
            case .memoryChanged(let instance, let failure):
                state.activities[instance.index].changes -= 1
                deliver(.memoryChanged(instance, failure: failure), &state)
            case .unitsLoaded(let instance, let failure):
                state.activities[instance.index].loads -= 1
                deliver(.unitsLoaded(instance, failure: failure), &state)
            case .transferFinished(let transfer, let failure):
                deliver(.transferFinished(transfer, failure: failure), &state)
            case .instanceStarted(let instance, let failure):
                deliver(.instanceJoined(instance, failure: failure), &state)
            }
        }
    }

    /// The time has come that the cell asked for.
    func tick() {
        state.withLock { state in
            cancelAbandoned(&state)
            deliver(.tick, &state)
        }
    }

    private func end(_ order: StepOrder, _ state: inout State) {
        let now = Self.now
        state.pipelines.end(order, at: now)
        metrics.fleet.record(step: now - order.planned)
    }

    private func count(_ step: Step, _ samples: StepSamples) {
        let decoded = step.entries.count { $0.tokens.count == 1 && $0.output.sample }
        metrics.server.recordStep(
            promptTokens: step.tokens.count - decoded, generatedTokens: samples.tokens.count)
    }

    func deliver(_ input: Input, _ state: inout State, samples: StepSamples? = nil) {
        _ = handle(input, &state, samples: samples)
    }

    /// The one place where the cell is asked: decide, then act, then publish the load. Returns
    /// who has acted.
    func handle(
        _ input: Input, _ state: inout State, samples: StepSamples? = nil
    ) -> EffectPerformer {
        var effects: [Effect] = []
        swap(&effects, &state.effects)
        let now = Self.now
        state.outstanding.remove(answeredBy: input)
        state.cell.handle(input, at: now, into: &effects)
        var performer = EffectPerformer(runtime: self, samples: samples, now: now)
        for effect in effects { performer.perform(effect, &state) }
        effects.removeAll(keepingCapacity: true)
        swap(&effects, &state.effects)
        publish(&state)
        for (instance, reason) in performer.refusedStarts {
            deliver(.instanceJoined(instance, failure: reason), &state)
        }
        return performer
    }

    private func publish(_ state: inout State) {
        metrics.server.set(
            running: state.cell.runningCount, waiting: state.cell.waitingCount,
            kvUsage: state.cell.blockUsage)
        let queried = state.cell.groups.prefixQueriedTokens
        let hit = state.cell.groups.prefixHitTokens
        metrics.server.recordPrefixCache(
            queried: queried - state.prefixQueried, hit: hit - state.prefixHit)
        state.prefixQueried = queried
        state.prefixHit = hit
    }
}
