internal import Domain

/// Reads traces: CSV with a header that names `arrival_s`, `input_tokens` and `output_tokens`;
/// other columns are ignored. The file is hostile until read: each error says where it is.
package struct TraceReader {
    private static let names = ["arrival_s", "input_tokens", "output_tokens"]
    private static let maxTokens = 100_000_000
    private static let maxSeconds = 1e9

    private let file: String
    /// Where each of `names` stands in a line.
    private var columns: [Int] = []
    private var columnCount = 0

    private init(file: String) { self.file = file }

    /// The rows in order of arrival; rows of equal time keep their order. Complexity: O(bytes), and
    /// O(rows log rows) when the file is not sorted.
    package static func read(_ path: String) throws(WorkloadError) -> [TraceRow] {
        let bytes: [UInt8]
        do {
            bytes = try SystemFile.read(path)
        } catch {
            throw WorkloadError(file: path, message: error.reason)
        }
        return try parse(bytes, file: path)
    }

    /// Like `read`, of text that is in memory; `file` names it in errors.
    package static func parse(
        _ bytes: [UInt8], file: String
    ) throws(WorkloadError) -> [TraceRow] {
        var reader = TraceReader(file: file)
        if bytes.starts(with: [0x1F, 0x8B]) {
            throw reader.error(nil, "this is gzip, expected CSV text; unpack it first")
        }
        var rows: [TraceRow] = []
        for (number, line) in TextLines(bytes) where !line.isEmpty {
            if reader.columns.isEmpty {
                try reader.readHeader(line, number)
            } else {
                rows.append(try reader.readRow(line, number))
            }
        }
        guard !rows.isEmpty else {
            throw reader.error(
                nil, "no rows, expected the header \(names.joined(separator: ",")) and rows")
        }
        let isSorted = zip(rows, rows.dropFirst()).allSatisfy {
            $0.arrivalSeconds <= $1.arrivalSeconds
        }
        return isSorted ? rows : sorted(rows)
    }

    private static func sorted(_ rows: [TraceRow]) -> [TraceRow] {
        rows.enumerated().sorted {
            ($0.element.arrivalSeconds, $0.offset) < ($1.element.arrivalSeconds, $1.offset)
        }.map(\.element)
    }

    private mutating func readHeader(
        _ line: ArraySlice<UInt8>, _ number: Int
    ) throws(WorkloadError) {
        let fields = try split(line, number)
        for name in Self.names {
            guard let column = fields.firstIndex(of: name) else {
                throw error(
                    number,
                    "no column '\(name)', expected a header with "
                        + Self.names.joined(separator: ", "))
            }
            columns.append(column)
        }
        columnCount = fields.count
    }

    private func readRow(
        _ line: ArraySlice<UInt8>, _ number: Int
    ) throws(WorkloadError) -> TraceRow {
        let fields = try split(line, number)
        guard fields.count == columnCount else {
            throw error(number, "\(fields.count) fields, expected \(columnCount)")
        }
        let arrival = fields[columns[0]]
        guard let seconds = Double(arrival), seconds >= 0, seconds <= Self.maxSeconds else {
            throw error(
                number, "arrival_s is '\(arrival)', expected seconds from 0 to 1000000000")
        }
        return TraceRow(
            arrivalSeconds: seconds,
            inputTokens: try tokens("input_tokens", fields[columns[1]], number),
            outputTokens: try tokens("output_tokens", fields[columns[2]], number))
    }

    private func tokens(
        _ name: String, _ text: String, _ number: Int
    ) throws(WorkloadError) -> TokenCount {
        guard let count = Int(text), (0...Self.maxTokens).contains(count) else {
            throw error(number, "\(name) is '\(text)', expected a whole number from 0 to 100000000")
        }
        return count
    }

    private func split(
        _ line: ArraySlice<UInt8>, _ number: Int
    ) throws(WorkloadError) -> [String] {
        guard line.count <= 1 << 16 else {
            throw error(number, "\(line.count) bytes in one line, expected at most 65536")
        }
        guard !line.contains(UInt8(ascii: "\"")) else {
            throw error(number, "a quoted field, expected plain numbers")
        }
        return line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map {
            String(decoding: $0.trimmingSpaces, as: UTF8.self)
        }
    }

    private func error(_ line: Int?, _ message: String) -> WorkloadError {
        WorkloadError(file: file, line: line, message: message)
    }
}

extension ArraySlice<UInt8> {
    /// Without spaces and tabs at both ends.
    fileprivate var trimmingSpaces: Self {
        var slice = self
        while let first = slice.first, first == 0x20 || first == 0x09 { slice.removeFirst() }
        while let last = slice.last, last == 0x20 || last == 0x09 { slice.removeLast() }
        return slice
    }
}
