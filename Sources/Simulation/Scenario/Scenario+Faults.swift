internal import Domain

extension Scenario {
    /// The faults of one run.
    ///
    /// - Throws: When one names an instance that there is not.
    func plan(instances: Int, seed: UInt64) throws(ScenarioError) -> FaultPlan {
        for (place, fault) in faults.enumerated() {
            guard let most = fault.kind.instances.map(\.index).max(), most >= instances else {
                continue
            }
            throw ScenarioError(
                "faults[\(place)]", "is about instance \(most), expected 0 to \(instances - 1)")
        }
        guard let randomFaults else { return FaultPlan(faults) }
        let drawn = FaultPlan(drawing: randomFaults, seed: seed, instances: instances)
        return FaultPlan(faults + drawn.faults)
    }

    static func faults(_ fields: ScenarioFields) throws(ScenarioError) -> [Fault] {
        var faults: [Fault] = []
        for element in try fields.list("faults", atMost: 10_000) ?? [] {
            faults.append(try Fault(element.json, at: element.path))
        }
        return faults
    }
}

extension Fault.Kind {
    /// The instances that it names.
    fileprivate var instances: [InstanceID] {
        switch self {
        case .slowInstance(let instance, _, _), .lateAnswers(let instance, _, _),
            .death(let instance):
            [instance]
        case .slowLink(.pair(let one, let another), _, _),
            .lostLink(.pair(let one, let another), _):
            [one, another]
        case .failure(.memoryChange(let instance?), _), .failure(.load(let instance?), _),
            .failure(.transfer(let instance?), _):
            [instance]
        case .slowLink(.all, _, _), .lostLink(.all, _), .failure: []
        }
    }
}

// MARK: - Reading

extension Fault {
    private static let names = [
        "at", "after", "count", "delay", "kind", "instance", "between", "factor", "duration",
        "turn", "late-by",
    ]

    /// The kinds of faults and what each of them is about.
    private enum Word: String, CaseIterable {
        case slowInstance = "slow-instance"
        case slowLink = "slow-link"
        case lostLink = "lost-link"
        case failedMemoryChange = "failed-memory-change"
        case failedLoad = "failed-load"
        case failedTransfer = "failed-transfer"
        case lateAnswers = "late-answers"
        case death

        var names: [String] {
            switch self {
            case .slowInstance: ["instance", "factor", "duration"]
            case .slowLink: ["between", "factor", "duration"]
            case .lostLink: ["between", "duration"]
            case .failedMemoryChange, .failedLoad, .failedTransfer:
                ["instance", "turn", "duration"]
            case .lateAnswers: ["instance", "late-by", "duration"]
            case .death: ["instance"]
            }
        }
    }

    init(_ json: JSON, at path: String) throws(ScenarioError) {
        let fields = try ScenarioFields(json, at: path, names: Self.names)
        guard let word: Word = try fields.choice("kind") else {
            throw fields.error(
                "kind", expected: Word.allCases.map(\.rawValue).joined(separator: ", "))
        }
        let own = ["at", "after", "count", "delay", "kind"]
        let misplaced = Self.names.first {
            fields.contains($0) && !own.contains($0) && !word.names.contains($0)
        }
        if let misplaced {
            throw ScenarioError(fields.place(misplaced), "means nothing for \(word.rawValue)")
        }
        self.init(try Self.trigger(fields), try Self.kind(word, fields))
    }

    private static func trigger(_ fields: ScenarioFields) throws(ScenarioError) -> Trigger {
        let time = try fields.duration("at", unit: .seconds(1), in: 0...1e8)
        let delay = try fields.duration("delay", unit: .seconds(1), in: 0...1e8)
        let count = try fields.integer("count", in: 1...1_000_000)
        guard let name = try fields.text("after") else {
            guard let time else {
                throw fields.error("at", expected: "seconds, or after an effect")
            }
            guard delay == nil, count == nil else {
                throw ScenarioError(fields.path, "has count or delay, which mean nothing beside at")
            }
            return .at(time)
        }
        guard time == nil else {
            throw ScenarioError(fields.path, "has both at and after, expected one of them")
        }
        guard let kind = EffectKind.allCases.first(where: { $0.word == name }) else {
            let words = EffectKind.allCases.map(\.word).joined(separator: ", ")
            throw fields.error("after", expected: words)
        }
        return .afterEffect(kind, count: count ?? 1, delay: delay ?? .zero)
    }

    private static func kind(
        _ word: Word, _ fields: ScenarioFields
    ) throws(ScenarioError) -> Kind {
        switch word {
        case .slowInstance:
            return .slowInstance(
                try instance(fields), factor: try factor(fields), lasting: try lasting(fields))
        case .slowLink:
            return .slowLink(
                try ends(fields), factor: try factor(fields), lasting: try lasting(fields))
        case .lostLink: return .lostLink(try ends(fields), lasting: try lasting(fields))
        case .failedMemoryChange:
            return .failure(.memoryChange(of: try anyInstance(fields)), try occasion(fields))
        case .failedLoad:
            return .failure(.load(into: try anyInstance(fields)), try occasion(fields))
        case .failedTransfer:
            return .failure(.transfer(into: try anyInstance(fields)), try occasion(fields))
        case .lateAnswers:
            guard
                let delay = try fields.duration("late-by", unit: .seconds(1), in: 0...86_400)
            else { throw fields.error("late-by", expected: "seconds") }
            return .lateAnswers(
                try instance(fields), by: delay, lasting: try lasting(fields))
        case .death: return .death(try instance(fields))
        }
    }

    private static func instance(_ fields: ScenarioFields) throws(ScenarioError) -> InstanceID {
        guard let instance = try anyInstance(fields) else {
            throw fields.error("instance", expected: "the number of an instance, from 0")
        }
        return instance
    }

    private static func anyInstance(
        _ fields: ScenarioFields
    ) throws(ScenarioError) -> InstanceID? {
        try fields.integer("instance", in: 0...4095).map { InstanceID(index: $0) }
    }

    private static func factor(_ fields: ScenarioFields) throws(ScenarioError) -> Double {
        guard let factor = try fields.number("factor", in: 1...1e6) else {
            throw fields.error("factor", expected: "a number from 1")
        }
        return factor
    }

    private static func lasting(_ fields: ScenarioFields) throws(ScenarioError) -> Duration {
        let time = try fields.duration("duration", unit: .seconds(1), in: 0...1e8)
        guard let time else { throw fields.error("duration", expected: "seconds") }
        return time
    }

    /// One operation, the first if nothing is said, or all within a time.
    private static func occasion(_ fields: ScenarioFields) throws(ScenarioError) -> Occasion {
        let turn = try fields.integer("turn", in: 1...1_000_000)
        guard let time = try fields.duration("duration", unit: .seconds(1), in: 0...1e8) else {
            return .next(turn ?? 1)
        }
        guard turn == nil else {
            throw ScenarioError(fields.path, "has both turn and duration, expected one of them")
        }
        return .within(time)
    }

    private static func ends(_ fields: ScenarioFields) throws(ScenarioError) -> LinkEnds {
        guard let json = fields.json("between") else { return .all }
        let numbers = (json.arrayValue ?? []).compactMap(\.intValue)
        guard numbers.count == 2, json.arrayValue?.count == 2,
            numbers.allSatisfy({ (0...4095).contains($0) })
        else { throw fields.error("between", expected: "the numbers of two instances") }
        return .pair(InstanceID(index: numbers[0]), InstanceID(index: numbers[1]))
    }
}

extension EffectKind {
    /// As scenarios call it: `drop-started`.
    fileprivate var word: String {
        var word = ""
        for character in "\(self)" {
            word += character.isUppercase ? "-" + character.lowercased() : String(character)
        }
        return word
    }
}

extension RandomFaults {
    private static let names = ["most", "horizon", "longest", "share-after-effects", "deaths"]

    init(_ json: JSON, at path: String) throws(ScenarioError) {
        let fields = try ScenarioFields(json, at: path, names: Self.names)
        guard let horizon = try fields.duration("horizon", unit: .seconds(1), in: 0...1e8) else {
            throw fields.error("horizon", expected: "seconds")
        }
        self.init(horizon: horizon)
        most = try fields.integer("most", in: 0...10_000) ?? most
        longest = try fields.duration("longest", unit: .seconds(1), in: 0...1e6) ?? longest
        shareAfterEffects =
            try fields.number("share-after-effects", in: 0...1) ?? shareAfterEffects
        allowsDeath = try fields.flag("deaths") ?? allowsDeath
    }
}
