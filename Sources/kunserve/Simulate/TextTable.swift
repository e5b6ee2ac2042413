/// Rows of words under a head; the first columns are names, all others numbers.
struct TextTable {
    let head: [String]
    /// Columns that are names.
    var names = 1
    private(set) var rows: [[String]] = []

    init(_ head: [String], names: Int = 1) {
        self.head = head
        self.names = names
    }

    mutating func add(_ row: [String]) {
        precondition(row.count == head.count)
        rows.append(row)
    }

    /// For a terminal.
    var text: String {
        let widths = head.indices.map { column in
            ([head] + rows).map { $0[column].count }.max() ?? 0
        }
        return ([head] + rows).map { row in
            row.enumerated().map { column, word in
                let space = String(repeating: " ", count: widths[column] - word.count)
                return column < names ? word + space : space + word
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    var markdown: String {
        let marks = head.indices.map { $0 < names ? "---" : "---:" }
        return ([head, marks] + rows).map { "| " + $0.joined(separator: " | ") + " |" }
            .joined(separator: "\n")
    }
}
