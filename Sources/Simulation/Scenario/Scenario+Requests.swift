internal import Domain

extension Scenario {
    /// The seed of one stream in a run: the first has the run's own, so that a workload is the
    /// same as a list of it alone; equal streams are not alike.
    package static func seed(_ seed: UInt64, ofStream number: Int) -> UInt64 {
        guard number > 0 else { return seed }
        return (seed ^ (UInt64.splitMixStep &* UInt64(number))).splitMixed
    }

    /// The requests of a run, from when those of each stream come and how long they are.
    ///
    /// - Parameters:
    ///   - drawn: By stream, in order of time from the stream's beginning.
    ///   - seed: Of the run.
    /// - Returns: All in order of time; those of one moment in the order of the streams.
    /// - Complexity: O(requests), and O(requests log requests) with several streams.
    package func requests(
        _ drawn: [[SimulatedArrival]], seed: UInt64
    ) -> [SimulatedArrival] {
        precondition(drawn.count == streams.count)
        var all: [SimulatedArrival] = []
        for (number, stream) in streams.enumerated() {
            var requests = drawn[number]
            stream.assignCohorts(to: &requests, seed: Self.seed(seed, ofStream: number))
            for index in requests.indices {
                requests[index].time += .seconds(stream.startSeconds)
                guard stream.prefixLen > 0 else { continue }
                requests[index].inputTokens += stream.prefixLen
                requests[index].prefix = .init(number: number, tokens: stream.prefixLen)
            }
            all += requests
        }
        return streams.count > 1 ? Self.merged(all) : all
    }

    private static func merged(_ requests: [SimulatedArrival]) -> [SimulatedArrival] {
        requests.indices.sorted {
            (requests[$0].time, $0) < (requests[$1].time, $1)
        }.map { requests[$0] }
    }
}
