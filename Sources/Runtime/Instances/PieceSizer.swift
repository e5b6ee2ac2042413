internal import Domain

/// How much of a job to do in one piece: as much as takes about as long as one step on this
/// instance, so that a step never waits much longer for a piece than for another step.
struct PieceSizer {
    /// Moving averages; `nil` before the first measurement.
    private var stageSeconds: Double?
    private var secondsPerByte: Double?
    private var secondsPerPage: Double?

    /// Weight of a new measurement.
    private static let weight = 0.125
    private static let smallest = ByteCount.kibibytes(64)
    private static let largest = ByteCount.mebibytes(64)
    private static let untilMeasured = ByteCount.mebibytes(1)
    private static let fewPages = 4
    private static let mostPages = 1024
    /// Pieces below this say more about the clock than about the memory.
    private static let smallestMeasured = ByteCount.kibibytes(16)

    /// An instance ran its stage of a step.
    mutating func record(stage duration: Duration) {
        Self.average(&stageSeconds, duration.seconds)
    }

    mutating func record(_ bytes: ByteCount, copiedIn duration: Duration) {
        guard bytes >= Self.smallestMeasured else { return }
        Self.average(&secondsPerByte, duration.seconds / Double(bytes.bytes))
    }

    /// Bytes of one piece.
    var piece: ByteCount {
        guard let stageSeconds, let secondsPerByte, secondsPerByte > 0 else {
            return Self.untilMeasured
        }
        let bytes = min(stageSeconds / secondsPerByte, Double(Self.largest.bytes))
        return max(Self.smallest, ByteCount(Int(bytes)))
    }

    mutating func record(pages: Int, settledIn duration: Duration) {
        guard pages > 0, pages <= Self.mostPages else { return }
        Self.average(&secondsPerPage, duration.seconds / Double(pages))
    }

    /// Pages to tear down in one piece.
    var pages: Int {
        guard let stageSeconds, let secondsPerPage, secondsPerPage > 0 else { return Self.fewPages }
        return max(Self.fewPages, Int(min(stageSeconds / secondsPerPage, Double(Self.mostPages))))
    }

    private static func average(_ mean: inout Double?, _ value: Double) {
        mean = mean.map { $0 + weight * (value - $0) } ?? value
    }
}
