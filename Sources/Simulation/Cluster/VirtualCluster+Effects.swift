internal import Cluster
internal import Domain
internal import Scheduling

extension VirtualCluster {
    /// Schedules the answers to the effects from a place on.
    mutating func perform(_ effects: [Effect], from first: Int) {
        // A span lends its elements, where an array would copy each.
        let effects = effects.span
        for index in first..<effects.count { perform(effects[index]) }
    }

    /// Schedules the answer to an effect that has one.
    mutating func perform(_ effect: consuming Effect) {
        if faults.isWatching { faults.watch(effect, at: now) }
        switch consume effect {
        case .runStep(let step):
            if step.stageCount > 1 { pipelines.plan(step, at: now) }
            noteSamples(of: step)
            enqueue(StageRun(step, through: formationOf[step.group.index]))
        case .changeMemory(let instance, let change):
            instances[instance.index].changes.append(change)
            enqueue(.change, on: instance)
        case .loadUnits(let instance, let units, let source):
            load(units, into: instance, from: source)
        case .transfer(let transfer): send(transfer)
        case .wakeAt(let time): setAlarm(max(time, now))
        case .startInstance(let instance): setUp(instance)
        case .groupFormed(let group, let members):
            pipelines.forget(group)
            form(group, of: members)
        case .groupDissolved(let group): pipelines.forget(group)
        case .accepted, .rejected, .started, .emit, .finished, .released, .undoMemoryChange,
            .settleMemory, .stopInstance, .requestInstances, .note:
            break
        }
    }

    /// Steps of the group pass these stages from now on.
    mutating func form(_ group: GroupID, of members: [GroupStage]) {
        while formationOf.count <= group.index { formationOf.append(0) }
        formationOf[group.index] = formations.count
        formations += members
    }

    mutating func setAlarm(_ time: Instant) {
        alarm = time
        events.push(.alarm, at: time)
    }

    mutating func take(_ event: Event) {
        switch event {
        case .answer(let slot):
            let answer = answers.remove(slot)
            take(answer.input, from: answer.instance)
        case .alarm: ring()
        case .setUp(let instance): loadModel(into: instance)
        }
    }

    mutating func take(_ delivery: VirtualNetwork<Parcel>.Delivery) {
        lastWork = now
        switch delivery.parcel {
        case .activation(let run): receive(run)
        case .copy(let transfer, let instance):
            finishCopy(of: transfer, by: instance, delivery.failure)
        case .load(let instance): finishLoad(into: instance, delivery.failure)
        case .start(let instance): finishStart(of: instance, delivery.failure)
        }
    }

    /// A time that has been replaced means nothing any more.
    private mutating func ring() {
        guard alarm == now else { return }
        alarm = nil
        handle(.tick)
    }
}

// MARK: - Answers

extension VirtualCluster {
    /// An instance tells the cell something: at once, or late, but after all that it has told
    /// before.
    mutating func report(_ input: Input, from instance: InstanceID) {
        let time = max(
            now.advanced(byNanoseconds: faults.lateness(of: instance)),
            instances[instance.index].lastAnswer)
        guard time > now else {
            take(input, from: instance)
            return
        }
        instances[instance.index].lastAnswer = time
        deliver(input, from: instance, at: time)
    }

    /// The cell hears of something later.
    mutating func deliver(_ input: Input, from instance: InstanceID?, at time: Instant) {
        let slot = answers.insert(Answer(input: input, instance: instance))
        events.push(.answer(slot), at: time)
    }

    /// Nobody hears from a dead instance; that it has a transfer no more, the other end says.
    private mutating func take(_ input: Input, from instance: InstanceID?) {
        lastWork = now
        guard let instance, instances[instance.index].isDead else {
            handle(input)
            return
        }
        if case .transferFinished(let transfer, _) = input {
            handle(.transferFinished(transfer, failure: "instance \(instance) is lost"))
        }
    }
}
