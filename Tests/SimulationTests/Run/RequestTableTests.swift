import Domain
import Planning
import Simulation
import Testing

struct RequestTableTests {
    private func lines(_ result: SimulationResult) -> [[String]] {
        var text = Array(SimulationResult.requestColumns.utf8)
        result.writeRequests(result.requests.indices, into: &text)
        return String(decoding: text, as: UTF8.self).split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
    }

    @Test func oneLineIsOneRequest() throws {
        let result = SimulatedRunTests.run(SimulatedRunTests.setup())
        let table = lines(result)
        #expect(table.count == 61 && table.allSatisfy { $0.count == table[0].count })
        let columns = try ["number", "arrival_s", "ttft_s", "latency_s", "generated_tokens"].map {
            try #require(table[0].firstIndex(of: $0))
        }
        for (number, line) in table.dropFirst().enumerated() {
            let request = result.requests[number]
            let ttft = try #require(result.timeToFirstToken(request)?.seconds)
            let latency = try #require(result.latency(request)?.seconds)
            #expect(line[columns[0]] == "\(number)" && line[columns[4]] == "20")
            #expect(abs(try #require(Double(line[columns[1]])) - Double(number) * 0.01) < 1e-9)
            #expect(abs(try #require(Double(line[columns[2]])) - ttft) <= 1e-6)
            #expect(abs(try #require(Double(line[columns[3]])) - latency) <= 1e-6)
        }
    }

    @Test func cohortsHaveColumns() throws {
        var arrivals = SimulatedRunTests.arrivals(2, every: .seconds(1))
        arrivals[1].cohort = RequestCohort(priority: -3, ServicePromise("chat"))
        let table = lines(SimulatedRunTests.run(SimulatedRunTests.setup(.drop, arrivals)))
        let columns = table.map { $0.suffix(2) }
        #expect(columns == [["priority", "class"], ["0", ""], ["-3", "chat"]])
    }

    @Test func whatWasNotReachedIsEmpty() {
        let arrivals = [
            SimulatedArrival(time: .milliseconds(1), inputTokens: 500, outputTokens: 1)
        ]
        let result = SimulatedRunTests.run(SimulatedRunTests.setup(.drop, arrivals))
        #expect(
            lines(result)[1].joined(separator: ",")
                == "0,0.001000,500,1,rejected,,,,,0.001000,0,0,0,0,")
    }
}
