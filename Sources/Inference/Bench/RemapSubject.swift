internal import Domain

/// The memory that is measured: weights that go, KV that stays, tails that come.
final class RemapSubject {
    private let pool: PagePool
    private let counter = CallCounter()
    let drop: PageChange
    let restore: PageChange

    init(
        _ benchmark: RemapBenchmark, pageSize: ByteCount, isScattered: Bool
    ) throws(DeviceMemoryError) {
        let layers = benchmark.layers
        let each = max(1, benchmark.size.bytes / pageSize.bytes / layers)
        let budget = pageSize * (2 * each * layers)
        let counter = counter
        let mapping = PagePool.Mapping(
            map: { (file, offset, address, size) throws(Platform.Failure) in
                counter.calls += 1
                try Platform.map(file, offset: offset, at: address, size: size)
            })
        pool = try PagePool(budget: budget, pageSize: pageSize, mapping: mapping)
        var weights: [AddressRange] = []
        var kv: [AddressRange] = []
        for _ in 0..<layers {
            weights.append(try pool.reserve(pageSize * each))
            kv.append(try pool.reserve(budget))
        }
        let old = kv.map { PageSpan(range: $0, places: 0..<each) }
        let whole = weights.map(\.whole)
        try pool.apply(
            PageChange(taking: isScattered ? Self.interleaved(whole, old) : whole + old))
        for span in whole { pool.commit(span) }
        for span in whole + old { pool.touch(span) }
        let tails = kv.map { PageSpan(range: $0, places: each..<2 * each) }
        drop = PageChange(giving: whole, taking: tails)
        restore = PageChange(giving: tails, taking: whole)
    }

    /// Single pages of one and the other in turn, so that neither has two neighbours.
    private static func interleaved(_ a: [PageSpan], _ b: [PageSpan]) -> [PageSpan] {
        var pages: [PageSpan] = []
        for (one, other) in zip(a, b) {
            for (place, otherPlace) in zip(one.places, other.places) {
                pages.append(PageSpan(range: one.range, places: place..<place + 1))
                pages.append(PageSpan(range: other.range, places: otherPlace..<otherPlace + 1))
            }
        }
        return pages
    }

    func measure(
        _ change: PageChange, piece: ByteCount
    ) throws(DeviceMemoryError) -> RemapTimes {
        let clock = ContinuousClock()
        try pool.apply(change)
        let undo = clock.measure { pool.undo() }
        counter.calls = 0
        let start = clock.now
        try pool.apply(change)
        let map = start.duration(to: clock.now)
        let calls = counter.calls
        let touch = clock.measure {
            for span in change.taking { pool.touch(span) }
        }
        var settle = Duration.zero
        var longest = Duration.zero
        var isDone = false
        while !isDone {
            let took = clock.measure {
                isDone = pool.settle(pages: max(1, piece.bytes / pool.pageSize.bytes))
            }
            settle += took
            longest = max(longest, took)
        }
        return RemapTimes(
            calls: calls, map: map, undo: undo, firstTouch: touch, settle: settle,
            longestSettle: longest)
    }
}

/// Calls of the system.
private final class CallCounter {
    var calls = 0
}

extension PagePool {
    /// Writes to every page of the system.
    fileprivate func touch(_ span: PageSpan) {
        let start = address(span)
        for offset in stride(
            from: 0, to: size(span.places.count), by: Platform.systemPageSize)
        {
            (start + offset).storeBytes(of: 1, as: UInt8.self)
        }
    }
}
