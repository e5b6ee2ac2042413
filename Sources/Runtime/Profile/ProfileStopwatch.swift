internal import Domain
internal import Inference
internal import Scheduling

/// Runs steps on an executor and says how long they take.
struct ProfileStopwatch {
    let executor: CPUStageExecutor

    /// Steps shorter than this run several times, and count on average.
    private static let shortest = 0.01
    private static let mostRepeats = 20

    func time(_ step: ProfileStep) throws -> Double {
        let order = step.step(
            blockSize: executor.options.blockSize,
            vocabularySize: executor.configuration.vocabularySize)
        var total = 0.0
        var repeats = 0
        repeat {
            total += try ContinuousClock().measure {
                try executor.run(order, stage: 0, range: executor.stage, input: nil) { _ in }
            }.seconds
            repeats += 1
        } while total < Self.shortest && repeats < Self.mostRepeats
        return total / Double(repeats)
    }

    /// A first guess of what steps take: the model's arithmetic at the speed of two steps.
    func calibrate() throws -> BatchCostModel {
        let tokens = min(64, executor.options.maxBatchedTokens, executor.maxModelLength)
        let chunk = ProfileStep(prefixes: [0], count: tokens)
        let decode = ProfileStep(prefixes: [], count: 0, contexts: [0])
        _ = try time(chunk)
        let (chunkSeconds, decodeSeconds) = (try time(chunk), try time(decode))
        var guess = BatchCostModel(
            ModelArithmetic(
                executor.configuration, computeType: executor.options.computeType))
        let scale = chunkSeconds / (guess.perToken * Double(tokens))
        guess.perPair *= scale
        guess.perToken *= scale
        guess.perChunk = 0
        guess.shared = 0
        guess.decode.perStep = decodeSeconds
        guess.decode.perSequence = guess.perToken
        guess.decode.perContextToken = guess.perPair * 2
        return guess
    }
}
