import Domain
import TestSupport
import Testing

@testable import Scheduling

struct BatchCostModelTests {
    private static let model = BatchCostModel(
        perPair: 1, perToken: 100, perChunk: 10_000, shared: 9_000,
        decode: BatchCostModel.Decode(
            perStep: 5_000, perSequence: 300, perContextToken: 2))

    @Test func aChunkPaysForItsPrefixItselfAndItsTokens() {
        // 7·3 + (9 + 3)/2 = 27 pairs.
        let cost = Self.model.cost(of: chunk(0, prefix: 7, count: 3))
        #expect(cost == 27 + 300 + 10_000)
    }

    @Test func theChunksOfABatchShareLambda() {
        let chunks = [chunk(0, count: 1), chunk(1, count: 1), chunk(2, count: 1)]
        #expect(Self.model.cost(of: chunks) == 3 * (1 + 100 + 10_000) - 2 * 9_000)
        #expect(Self.model.cost(of: []) == 0)
    }

    @Test func decodingHasTermsOfItsOwn() {
        let decodes = BatchLoad(decodingAfter: 99) + BatchLoad(decodingAfter: 49)
        #expect(Self.model.cost(of: decodes) == 5_000 + 300)
        let mixed = decodes + BatchLoad(chunk(0, count: 1))
        #expect(Self.model.cost(of: mixed) == 10_101 + 600 + 300)
        let many = (0..<20).reduce(into: BatchLoad.zero) { sum, _ in
            sum += BatchLoad(decodingAfter: 0)
        }
        #expect(Self.model.cost(of: many) == 6_000 + 40)
    }

    @Test(arguments: 0..<50)
    func loadsOfPiecesAddUpExactly(seed: Int) {
        var random = SplitMix64(seed: seed)
        let whole = chunk(
            0, prefix: .random(in: 0...100_000, using: &random),
            count: .random(in: 2...100_000, using: &random))
        let place = Int.random(in: 1..<whole.count, using: &random)
        var sum = BatchLoad(whole.head(place)) + BatchLoad(whole.tail(after: place))
        sum.promptChunks -= 1
        #expect(sum == BatchLoad(whole))
    }

    @Test func theShapeAloneGivesTheRatioOfAttentionToAllElse() {
        let arithmetic = ModelArithmetic(
            layerCount: 48, queryWidth: 5120, keyValueWidth: 1024, parameters: 13_000_000_000)
        let costs = BatchCostModel(arithmetic)
        #expect(abs(costs.perToken / costs.perPair - 26e9 / (4 * 48 * 5120)) < 1e-6)
        #expect(costs.perChunk == costs.shared)
        #expect(costs.decode.perStep == 26e9 / arithmetic.bytesPerSecond)
    }

    @Test func jsonKeepsEveryBit() throws {
        var random = SplitMix64(seed: 1)
        for _ in 0..<100 {
            let shared = Double.random(in: 0...1, using: &random)
            let costs = BatchCostModel(
                perPair: .random(in: 0...1e-9, using: &random),
                perToken: .random(in: 1e-9...1e-3, using: &random),
                perChunk: shared * 1.5, shared: shared,
                decode: BatchCostModel.Decode(
                    perStep: shared, perSequence: 1e-3, perContextToken: 1e-8))
            #expect(try BatchCostModel(json: JSON.parse(costs.json.bytes)) == costs)
        }
    }

    @Test(arguments: [
        ("7", #"cost model: "costs" is missing or not an object"#),
        ("{}", #"cost model: "alpha" is missing, expected seconds from 0 to 1000000.0"#),
        (
            #"{"alpha":-1}"#,
            #"cost model: "alpha" is -1, expected seconds from 0 to 1000000.0"#
        ),
        (
            #"{"alpha":0,"beta":"x"}"#,
            #"cost model: "beta" is "x", expected seconds from 0 to 1000000.0"#
        ),
        (
            #"{"alpha":0,"beta":1,"gamma":1,"lambda":1,"decode":[]}"#,
            #"cost model: "decode.per_step" is missing, expected seconds from 0 to 1000000.0"#
        ),
        (
            """
            {"alpha":0,"beta":0,"gamma":1,"lambda":1,
            "decode":{"per_step":1,"per_sequence":1,"per_context_token":1}}
            """, #"cost model: "beta" is 0, expected more"#
        ),
        (
            """
            {"alpha":0,"beta":1,"gamma":1,"lambda":2,
            "decode":{"per_step":1,"per_sequence":1,"per_context_token":1}}
            """, #"cost model: "lambda" is 2.0, expected at most gamma, 1.0"#
        ),
    ])
    func hostileFilesGetOneClearError(text: String, problem: String) throws {
        let json = try JSON.parse(Array(text.utf8))
        let error = #expect(throws: BatchCostModelError.self) { try BatchCostModel(json: json) }
        #expect(error?.description == problem)
    }
}
