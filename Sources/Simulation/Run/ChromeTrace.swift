internal import Domain

/// A run in the trace event format that Chrome's tracing page and Perfetto show: one process for
/// each instance, with its steps, its memory and what comes to it; decisions as marks across all;
/// counters of requests and KV. Times are virtual.
package struct ChromeTrace {
    private var text: [UInt8] = []
    private var isFirst = true
    private var movements = 0

    package init() { text.append(contentsOf: #"{"displayTimeUnit":"ms","traceEvents":["#.utf8) }

    /// The whole text; nothing may be added after it.
    package consuming func finished() -> [UInt8] {
        text.append(contentsOf: "]}\n".utf8)
        return text
    }

    /// A run with what was recorded of it.
    package static func text(of result: SimulationResult, _ log: ActivityLog) -> [UInt8] {
        var trace = ChromeTrace()
        for index in (result.samples.first?.instances ?? []).indices { trace.nameRows(of: index) }
        trace.nameProcess(cluster, "cluster")
        for activity in log.activities { trace.add(activity) }
        for decision in result.decisions
        where log.window.contains(.zero + decision.time) { trace.add(decision) }
        for (place, sample) in result.samples.enumerated() {
            let time = Instant.zero + result.sampleInterval * place
            if log.window.contains(time) { trace.add(sample, at: time) }
        }
        return trace.finished()
    }

    /// Instances are processes from 1.
    private static let cluster = 0

    /// Rows of what an instance does; one thing at a time is in each.
    private enum Row: Int, CaseIterable {
        case steps = 1
        case memory

        var name: String {
            switch self {
            case .steps: "steps"
            case .memory: "memory"
            }
        }
    }
}

// MARK: - What there is to see

extension ChromeTrace {
    private mutating func nameRows(of instance: Int) {
        nameProcess(instance + 1, "instance \(instance)")
        for row in Row.allCases {
            begin("thread_name", "M", instance + 1, row.rawValue)
            text.append(contentsOf: #","args":{"name":"\#(row.name)"}}"#.utf8)
        }
    }

    private mutating func nameProcess(_ process: Int, _ name: String) {
        begin("process_name", "M", process, 0)
        text.append(contentsOf: #","args":{"name":"\#(name)"}}"#.utf8)
    }

    private mutating func add(_ activity: Activity) {
        switch activity.kind {
        case .stage(let group, let stage, let entries, let tokens):
            addSpan("group \(group) stage \(stage)", activity, in: .steps)
            text.append(contentsOf: #","args":{"sequences":\#(entries),"tokens":\#(tokens)}}"#.utf8)
        case .memoryChange:
            addSpan("memory change", activity, in: .memory)
            text.append(UInt8(ascii: "}"))
        case .transfer(let sequence, let bytes):
            addMovement("KV of sequence \(sequence)", bytes, activity)
        case .load(let bytes): addMovement("parameters", bytes, activity)
        case .activation(let group, let bytes):
            addMovement("activations of group \(group)", bytes, activity)
        }
    }

    private mutating func addSpan(_ name: String, _ activity: Activity, in row: Row) {
        begin(name, "X", activity.instance.index + 1, row.rawValue)
        addTime(activity.start)
        text.append(contentsOf: #","dur":"#.utf8)
        let length = activity.end.nanoseconds - activity.start.nanoseconds
        text.append(number: Int(length), digits: 3)
    }

    /// Movements overlap as they like, so each has a row of its own.
    private mutating func addMovement(_ name: String, _ bytes: ByteCount, _ activity: Activity) {
        movements += 1
        for (phase, time) in [("b", activity.start), ("e", activity.end)] {
            begin(name, phase, activity.instance.index + 1, 0)
            addTime(time)
            text.append(
                contentsOf:
                    #","cat":"movement","id":\#(movements),"args":{"bytes":\#(bytes.bytes)}}"#.utf8)
        }
    }

    private mutating func add(_ decision: WhatIfAnswer.Event) {
        begin(decision.kind, "i", Self.cluster, 0)
        addTime(.zero + decision.time)
        text.append(contentsOf: #","s":"g","args":{"message":"#.utf8)
        JSON.writeString(decision.message, into: &text)
        text.append(contentsOf: "}}".utf8)
    }

    private mutating func add(_ state: ClusterState, at time: Instant) {
        begin("requests", "C", Self.cluster, 0)
        addTime(time)
        text.append(
            contentsOf:
                #","args":{"running":\#(state.running),"waiting":\#(state.waiting)}}"#.utf8)
        for (index, instance) in state.instances.enumerated() {
            begin("memory MiB", "C", index + 1, 0)
            addTime(time)
            let parts = [
                ("weights", instance.weights), ("KV used", instance.used),
                ("KV cached", instance.cached), ("KV free", instance.free),
            ]
            let shown = parts.map { "\"\($0)\":\($1.bytes >> 20)" }.joined(separator: ",")
            text.append(contentsOf: ",\"args\":{\(shown)}}".utf8)
        }
    }
}

// MARK: - Writing

extension ChromeTrace {
    private mutating func begin(_ name: String, _ phase: String, _ process: Int, _ row: Int) {
        text.append(contentsOf: (isFirst ? "\n" : ",\n").utf8)
        isFirst = false
        text.append(contentsOf: #"{"ph":"\#(phase)","pid":\#(process),"tid":\#(row),"name":"#.utf8)
        JSON.writeString(name, into: &text)
    }

    /// The format counts microseconds.
    private mutating func addTime(_ time: Instant) {
        text.append(contentsOf: #","ts":"#.utf8)
        text.append(number: Int(time.nanoseconds), digits: 3)
    }
}
