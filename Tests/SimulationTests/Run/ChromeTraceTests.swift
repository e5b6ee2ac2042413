import Domain
import Simulation
import Testing

struct ChromeTraceTests {
    private func events(_ log: ActivityLog) throws -> [JSON] {
        var setup = SimulatedRunTests.setup()
        setup.activities = log
        let result = SimulatedRunTests.run(setup)
        let kept = try #require(result.activities)
        #expect(kept.activities.count <= log.limit)
        let json = try JSON.parse(ChromeTrace.text(of: result, kept))
        return try #require(json["traceEvents"]?.arrayValue)
    }

    /// An instance does one thing at a time.
    @Test func slicesOfARowDoNotOverlap() throws {
        let events = try events(ActivityLog(limit: 100_000))
        var ends: [String: Double] = [:]
        var slices = 0
        for event in events where event["ph"] == "X" {
            let row = "\(event["pid"]?.intValue ?? -1) \(event["tid"]?.intValue ?? -1)"
            let start = try #require(event["ts"]?.doubleValue)
            let length = try #require(event["dur"]?.doubleValue)
            #expect(start >= ends[row, default: 0] - 1e-6 && length >= 0)
            ends[row] = start + length
            slices += 1
        }
        #expect(slices > 100 && ends.count >= 4)
    }

    @Test func movementsBeginAndEnd() throws {
        let events = try events(ActivityLog(limit: 100_000))
        let begun = events.filter { $0["ph"] == "b" }.compactMap { $0["id"]?.intValue }
        let ended = events.filter { $0["ph"] == "e" }.compactMap { $0["id"]?.intValue }
        #expect(begun == ended && Set(begun).count == begun.count)
        let names = events.compactMap { $0["name"]?.stringValue }
        for name in [
            "parameters", "memory change", "drop_started", "restore_finished", "requests",
            "memory MiB", "process_name",
        ] { #expect(names.contains(name), "\(name)") }
        #expect(names.contains { $0.hasPrefix("KV of sequence") })
        #expect(names.contains { $0 == "group 2 stage 1" })
    }

    @Test func theLimitHolds() throws {
        let events = try events(ActivityLog(limit: 10))
        #expect(events.count { $0["ph"] == "X" || $0["ph"] == "b" } == 10)
    }

    @Test func theWindowHolds() throws {
        let window = Instant(nanoseconds: 100_000_000)...Instant(nanoseconds: 200_000_000)
        let events = try events(ActivityLog(window: window, limit: 100_000))
        let times = events.filter { $0["ph"] == "X" }.compactMap { $0["ts"]?.doubleValue }
        #expect(!times.isEmpty)
        #expect(times.allSatisfy { $0 >= 50_000 && $0 <= 200_000 })
    }
}
