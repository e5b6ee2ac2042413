package import Domain

/// What a change of pages costs, part by part.
package struct RemapTimes: Sendable {
    /// Calls of the system on the critical path.
    package var calls: Int
    /// The critical path.
    package var map: Duration
    package var undo: Duration
    /// Writing to every new page once, after which it costs nothing more.
    package var firstTouch: Duration
    /// Tearing all old mappings down, between steps.
    package var settle: Duration
    package var longestSettle: Duration

    /// The median of each part.
    static func median(_ all: [RemapTimes]) -> RemapTimes {
        func median<Value: Comparable>(_ part: (RemapTimes) -> Value) -> Value {
            all.map(part).sorted()[all.count / 2]
        }
        return RemapTimes(
            calls: median(\.calls), map: median(\.map), undo: median(\.undo),
            firstTouch: median(\.firstTouch), settle: median(\.settle),
            longestSettle: median(\.longestSettle))
    }
}

/// The figures of a `RemapBenchmark`.
package struct RemapReport: Sendable {
    package var size: ByteCount
    package var rows: [Row]

    package struct Row: Sendable {
        package var pageSize: ByteCount
        /// No two pages that change hands are neighbours: every page is a call.
        package var isScattered: Bool
        package var drop: RemapTimes
        package var restore: RemapTimes
    }
}

extension RemapReport: CustomStringConvertible {
    /// A table for people, times in milliseconds.
    package var description: String {
        let head = [
            "", "calls", "map", "undo", "first touch", "tear down", "longest piece",
        ]
        var lines = ["\(size) from weights to KV and back; times in ms", Self.line(head)]
        for row in rows {
            let pages = "\(row.pageSize) pages\(row.isScattered ? ", scattered" : "")"
            lines.append(Self.line(["drop, \(pages)"] + Self.cells(row.drop)))
            lines.append(Self.line(["restore, \(pages)"] + Self.cells(row.restore)))
        }
        return lines.joined(separator: "\n")
    }

    private static func cells(_ times: RemapTimes) -> [String] {
        let parts = [
            times.map, times.undo, times.firstTouch, times.settle, times.longestSettle,
        ]
        return ["\(times.calls)"] + parts.map(milliseconds)
    }

    private static func milliseconds(_ time: Duration) -> String {
        let hundredths = Int((time / .microseconds(10)).rounded())
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }

    private static func line(_ cells: [String]) -> String {
        let widths = [34, 7, 9, 9, 13, 11, 15]
        return zip(cells, widths).enumerated().map { index, cell in
            let space = String(repeating: " ", count: max(0, cell.1 - cell.0.count))
            return index == 0 ? cell.0 + space : space + cell.0
        }.joined()
    }
}

extension RemapReport {
    /// For programs: times in seconds.
    package var json: JSON {
        let objects = rows.flatMap { row in
            [Self.json(row, "drop", row.drop), Self.json(row, "restore", row.restore)]
        }
        return ["bytes": .int(size.bytes), "rows": .array(objects)]
    }

    private static func json(_ row: Row, _ change: String, _ times: RemapTimes) -> JSON {
        func seconds(_ time: Duration) -> JSON { .double(time / .seconds(1)) }
        return [
            "change": .string(change),
            "page_bytes": .int(row.pageSize.bytes),
            "scattered": .bool(row.isScattered),
            "calls": .int(times.calls),
            "map": seconds(times.map),
            "undo": seconds(times.undo),
            "first_touch": seconds(times.firstTouch),
            "tear_down": seconds(times.settle),
            "longest_piece": seconds(times.longestSettle),
        ]
    }
}
