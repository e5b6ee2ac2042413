import Domain
import Scheduling
import Simulation
import Testing

/// A step whose time the reference evaluator has told: one line of `referencePoints`.
struct ReferencePoint {
    let model: DeviceCostModel
    let load: BatchLoad
    let seconds: Double

    init(_ line: Substring) throws {
        let fields = line.split(separator: " ")
        try #require(fields.count == 7, "\(line)")
        let architecture = try #require(ModelArchitecture.all.first { $0.name == fields[1] })
        let accelerator = try #require(
            Self.accelerators.first { $0.measured.rawValue == fields[0] })
        let collectives = try #require(Collectives(rawValue: String(fields[3])))
        let parts = try #require(Int(fields[2]))
        model = try #require(
            DeviceCostModel(
                accelerator, architecture, tensorParallel: parts, collectives: collectives))
        load = try Self.load(chunks: fields[4], decoded: fields[5])
        seconds = try #require(Double(fields[6]))
    }

    private static let accelerators = [Accelerator.a100, .h100, .h200]

    private static func load(chunks: Substring, decoded: Substring) throws -> BatchLoad {
        var load = BatchLoad.zero
        for (tokens, prefix) in try pairs(chunks, separator: "+") {
            load += .prompt(tokens, after: prefix)
        }
        for (number, positions) in try pairs(decoded, separator: "x") {
            load += .decoding(number, at: positions)
        }
        return load
    }

    private static func pairs(
        _ list: Substring, separator: Character
    ) throws -> [(Int, Int)] {
        guard list != "-" else { return [] }
        return try list.split(separator: ",").map { pair in
            let numbers = pair.split(separator: separator).compactMap { Int($0) }
            try #require(numbers.count == 2, "\(pair)")
            return (numbers[0], numbers[1])
        }
    }
}

extension BatchLoad {
    /// A chunk of a prompt.
    static func prompt(_ tokens: Int, after prefix: Int = 0) -> BatchLoad {
        BatchLoad(PromptChunk(sequence: .init(0), prefix: prefix, count: tokens))
    }

    /// So many sequences that decode a token each, which attends to so many positions.
    static func decoding(_ number: Int, at positions: Int) -> BatchLoad {
        var load = BatchLoad.zero
        load.decodes = number
        load.decodePairs = number * positions
        return load
    }
}

extension DeviceCostModel {
    /// Milliseconds of a step of the whole model.
    func milliseconds(_ load: BatchLoad) -> Double {
        seconds(of: load, in: .whole(layerCount: layerCount)) * 1e3
    }
}
