/// A stream of server-sent events that breaks its rules.
struct EventStreamError: Error, Hashable {
    var message: String
}

/// Cuts a body into the data of server-sent events (WHATWG HTML §9.2), in whatever pieces it
/// arrives. Fields other than `data` mean nothing here. Time is linear in the bytes, memory
/// bounded by the longest event allowed.
struct EventStreamParser {
    let maxEventBytes: Int

    /// The line under way, without its end.
    private var line: [UInt8] = []
    private var data: [UInt8] = []
    private var hasData = false
    private var endsWithReturn = false
    private var isFirstLine = true

    init(maxEventBytes: Int = 1 << 20) { self.maxEventBytes = maxEventBytes }

    /// Appends the data of each event that `bytes` complete.
    mutating func feed(
        _ bytes: some Sequence<UInt8>, into events: inout [[UInt8]]
    ) throws(EventStreamError) {
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\n"):
                // The second half of CR LF, perhaps from another piece, ends nothing.
                if endsWithReturn { endsWithReturn = false } else { endLine(&events) }
            case UInt8(ascii: "\r"):
                endsWithReturn = true
                endLine(&events)
            default:
                endsWithReturn = false
                guard line.count + data.count < maxEventBytes else {
                    throw EventStreamError(
                        message: "an event of more than \(maxEventBytes) bytes")
                }
                line.append(byte)
            }
        }
    }

    private mutating func endLine(_ events: inout [[UInt8]]) {
        defer { line.removeAll(keepingCapacity: true) }
        if isFirstLine {
            isFirstLine = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        }
        guard !line.isEmpty else {
            if hasData { events.append(data) }
            data.removeAll(keepingCapacity: true)
            hasData = false
            return
        }
        guard line.starts(with: Self.field) else { return }
        var value = line[Self.field.count...]
        guard let separator = value.first else { return addData([]) }
        guard separator == UInt8(ascii: ":") else { return }
        value.removeFirst()
        if value.first == 0x20 { value.removeFirst() }
        addData(value)
    }

    private mutating func addData(_ value: ArraySlice<UInt8>) {
        if hasData { data.append(UInt8(ascii: "\n")) }
        hasData = true
        data.append(contentsOf: value)
    }

    private static let field = Array("data".utf8)
}
