import Domain
import Testing

@testable import Benchmarking

struct TimelineTests {
    private let timeline = Timeline(TestRuns.small)

    @Test func secondsAddUp() {
        #expect(timeline.rows.count == 2)
        #expect(timeline.rows.map(\.arrived) == [2, 2])
        #expect(timeline.rows.map(\.completed) == [1, 1])
        #expect(timeline.rows.map(\.rejected) == [0, 1])
        #expect(timeline.rows.map(\.failed) == [0, 1])
        #expect(timeline.rows.map(\.inFlight) == [1, 0])
        #expect(timeline.rows.map(\.outputTokens) == [3, 6])
        #expect(timeline.rows.map(\.meanTTFT) == [550, 100])
        #expect(timeline.rows[0].p99TTFT == 991)
        #expect(timeline.maxConcurrency == 2)
        #expect(timeline.maxOutputTokens == 6)
    }

    /// Three at once, and a fourth that takes the place of the first in the same instant.
    @Test func concurrencyCountsPlaces() {
        let requests: [RequestRecord] = [
            .seen(0, at: 0, chunks: [100]), .seen(1, at: 10, chunks: [300]),
            .seen(2, at: 20, chunks: [300]), .seen(3, at: 100, chunks: [400]),
        ]
        let run = RunRecord(requests: requests, duration: .milliseconds(400))
        #expect(Timeline(run).maxConcurrency == 3)
    }

    @Test func csvHasOneLinePerSecond() {
        let lines = timeline.csv.split(separator: "\n")
        #expect(
            lines[0]
                == "second,arrived,sent,in_flight,completed,rejected,failed,timed_out,"
                + "output_tokens,ttft_mean_ms,ttft_p99_ms,server_running,server_waiting,"
                + "instance0_weights_bytes,instance0_kv_used_bytes,instance0_kv_cached_bytes,"
                + "instance0_kv_free_bytes,instance0_other_bytes,events")
        #expect(lines[1] == "0,2,2,1,1,0,0,0,3.0,550.000,991.000,2,1,40,20,5,25,10,")
        #expect(lines[2] == "1,2,2,0,1,1,1,0,6.0,100.000,100.000,2,1,40,20,5,25,10,drop_started")
        #expect(lines.count == 3)
    }

    @Test func anEmptyRunHasOneSecond() {
        let timeline = Timeline(RunRecord(requests: [], duration: .zero))
        #expect(timeline.rows == [Timeline.Row()])
        #expect(timeline.maxOutputTokens == 0)
    }
}

struct ClusterSampleTests {
    @Test(arguments: ["{}", "[]", "7", #"{"instances":7}"#])
    func otherAnswersAreNoSample(text: String) throws {
        #expect(ClusterSample(try JSON.parse(text), at: .zero) == nil)
    }

    /// Wrong types and impossible numbers become zero: the server may be any.
    @Test func hostileMembersAreZero() throws {
        let text =
            #"{"time":"x","instances":[7,{"id":"a","layers":[9,1],"memory":{"weights":-5,"#
            + #""kv_used":1e30}},{"layers":[-9223372036854775808,9223372036854775807]}]}"#
        let sample = try #require(ClusterSample(try JSON.parse(text), at: .zero))
        #expect(sample.instances.count == 3)
        #expect(sample.instances.allSatisfy { $0.weights == .zero && $0.layers.isEmpty })
    }
}
