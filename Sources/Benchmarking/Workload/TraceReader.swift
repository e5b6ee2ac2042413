internal import Domain

/// Reads traces: CSV with a header that names `arrival_s`, `input_tokens` and `output_tokens`;
/// other columns are ignored. The file is hostile until read: each error says where it is.
package struct TraceReader {
    /// What a file must have.
    package enum Content: Hashable, Sendable {
        case arrivals
        /// Lengths alone; every row is at second 0, and the rows stay in their order.
        case lengths

        fileprivate var names: [String] {
            let lengths = ["input_tokens", "output_tokens"]
            return self == .arrivals ? lengths + ["arrival_s"] : lengths
        }

        fileprivate var header: String {
            self == .arrivals
                ? "arrival_s,input_tokens,output_tokens" : "input_tokens,output_tokens"
        }
    }

    private static let maxTokens = 100_000_000
    private static let maxSeconds = 1e9

    private let file: String
    private let content: Content
    /// Where each of the names stands in a line.
    private var columns: [Int] = []
    private var columnCount = 0

    private init(file: String, content: Content) {
        self.file = file
        self.content = content
    }

    /// The rows in order of arrival; rows of equal time keep their order. Complexity: O(bytes), and
    /// O(rows log rows) when the file is not sorted.
    package static func read(
        _ path: String, _ content: Content = .arrivals
    ) throws(WorkloadError) -> [TraceRow] {
        let bytes: [UInt8]
        do {
            bytes = try SystemFile.read(path)
        } catch {
            throw WorkloadError(file: path, message: error.reason)
        }
        return try parse(bytes, file: path, content)
    }

    /// Like `read`, of text that is in memory; `file` names it in errors.
    package static func parse(
        _ bytes: [UInt8], file: String, _ content: Content = .arrivals
    ) throws(WorkloadError) -> [TraceRow] {
        var reader = TraceReader(file: file, content: content)
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
                nil, "no rows, expected the header \(content.header) and rows")
        }
        return rows.sortedByTime
    }

    private mutating func readHeader(
        _ line: ArraySlice<UInt8>, _ number: Int
    ) throws(WorkloadError) {
        let fields = try split(line, number)
        for name in content.names {
            guard let column = fields.firstIndex(of: name) else {
                throw error(
                    number, "no column '\(name)', expected a header with \(content.header)")
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
        return TraceRow(
            arrivalSeconds: content == .arrivals ? try seconds(fields[columns[2]], number) : 0,
            inputTokens: try tokens("input_tokens", fields[columns[0]], number),
            outputTokens: try tokens("output_tokens", fields[columns[1]], number))
    }

    private func seconds(_ text: String, _ number: Int) throws(WorkloadError) -> Double {
        guard let seconds = Double(text), seconds >= 0, seconds <= Self.maxSeconds else {
            throw error(number, "arrival_s is '\(text)', expected seconds from 0 to 1000000000")
        }
        return seconds
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
