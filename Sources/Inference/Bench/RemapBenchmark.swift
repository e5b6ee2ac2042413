package import Domain

/// How long it takes to turn weights into KV, on this machine's own virtual memory: the critical
/// path, which only maps, and what comes after it.
///
/// Half of the layers of a model are dropped: `size` bytes of weights become tails of the KV of
/// the other half, which already has as much. Takes twice `size` of memory while it runs.
package struct RemapBenchmark {
    /// What changes hands.
    package var size = ByteCount.gibibytes(1)
    package var pageSizes: [ByteCount] = [.mebibytes(2), .kibibytes(64)]
    /// Layers dropped, and layers kept.
    package var layers = 16
    /// The median of so many rounds counts.
    package var rounds = 5
    /// Old mappings are torn down in pieces of this size, as between steps.
    package var piece = ByteCount.mebibytes(32)

    package init() {}

    /// Measures every page size, with the pages as they lie after a start, and in the worst order
    /// there is.
    package func run() throws(DeviceMemoryError) -> RemapReport {
        var rows: [RemapReport.Row] = []
        for pageSize in pageSizes {
            for isScattered in [false, true] {
                rows.append(try run(pageSize: pageSize, isScattered: isScattered))
            }
        }
        return RemapReport(size: size, rows: rows)
    }

    private func run(
        pageSize: ByteCount, isScattered: Bool
    ) throws(DeviceMemoryError) -> RemapReport.Row {
        let subject = try RemapSubject(self, pageSize: pageSize, isScattered: isScattered)
        var drops: [RemapTimes] = []
        var restores: [RemapTimes] = []
        for _ in 0..<max(1, rounds) {
            drops.append(try subject.measure(subject.drop, piece: piece))
            restores.append(try subject.measure(subject.restore, piece: piece))
        }
        return RemapReport.Row(
            pageSize: pageSize, isScattered: isScattered, drop: .median(drops),
            restore: .median(restores))
    }
}
