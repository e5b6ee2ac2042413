extension PagePool {
    package func apply(_ change: PageChange) throws(DeviceMemoryError) {
        let needed = change.taking.pageCount
        let available = freePageCount + change.giving.pageCount
        guard needed <= available else {
            throw .outOfPages(needed: needed, free: available, pageSize: pageSize)
        }
        let given = change.giving.map { (span: $0, pages: $0.range.pages(at: $0.places)) }
        var nowFree = free
        for (_, pages) in given { nowFree.give(pages) }
        let pieces = divide(nowFree, among: change.taking)
        try map(pieces)
        for span in change.giving { span.range.clear(span.places) }
        for piece in pieces {
            nowFree.take(piece.pages)
            piece.span.range.put(piece.pages, at: piece.span.places)
        }
        free = nowFree
        stale += change.giving
        lastChange = LastChange(given: given, taken: change.taking)
    }

    package func undo() {
        guard let change = lastChange else { preconditionFailure("no change to take back") }
        lastChange = nil
        for span in change.taken {
            free.give(span.range.pages(at: span.places))
            span.range.clear(span.places)
            tearDown(span)
        }
        for (span, pages) in change.given {
            free.take(pages)
            span.range.put(pages, at: span.places)
            forgetStale(span)
        }
    }

    package func settle(pages: Int) -> Bool {
        precondition(pages > 0)
        lastChange = nil
        var left = pages
        while left > 0, let span = stale.first {
            let piece = PageSpan(range: span.range, places: span.places.prefix(left))
            do {
                try mapping.unmap(address(piece), size(piece.places.count))
            } catch {
                return true
            }
            forgetStale(piece)
            left -= piece.places.count
        }
        return stale.isEmpty
    }

    /// Stale places. Complexity: O(spans).
    package var stalePageCount: Int { stale.pageCount }
}

// MARK: - Choosing pages

extension PagePool {
    /// Neighbouring pages and the places they go to, which one call maps.
    private struct Piece {
        var pages: Range<Int>
        var span: PageSpan
    }

    /// Pages for every place of `spans`, which are bare. Long spans choose first.
    private func divide(_ pages: FreePages, among spans: [PageSpan]) -> [Piece] {
        guard !spans.isEmpty else { return [] }
        var runs = PageRuns(of: pages.isFree)
        let order = spans.indices.sorted {
            (spans[$1].places.count, $0) < (spans[$0].places.count, $1)
        }
        var pieces: [Piece] = []
        for span in order.map({ spans[$0] }) {
            precondition(span.range.isBare(span.places), "a place that has a page")
            var places = span.places
            while !places.isEmpty {
                let pages = runs.take(places.count)
                let part = PageSpan(range: span.range, places: places.prefix(pages.count))
                pieces.append(Piece(pages: pages, span: part))
                places = places.dropFirst(pages.count)
            }
        }
        return pieces
    }

    /// Maps all pieces or none of them.
    private func map(_ pieces: [Piece]) throws(DeviceMemoryError) {
        for (index, piece) in pieces.enumerated() {
            // What lay there cannot be taken back from now on.
            if forgetStale(piece.span) { lastChange = nil }
            do {
                try map(piece)
            } catch {
                for piece in pieces[...index] { tearDown(piece.span) }
                throw DeviceMemoryError(error)
            }
        }
    }

    private func map(_ piece: Piece) throws(Platform.Failure) {
        let start = address(piece.span)
        let bytes = size(piece.pages.count)
        try mapping.map(descriptor, size(piece.pages.lowerBound), start, bytes)
        if usesHugePages { Platform.wishHugePages(at: start, size: bytes) }
    }
}

// MARK: - Old mappings

extension PagePool {
    /// Bare address space again. Where even that fails the pages show at a stale place until the
    /// next `settle`.
    private func tearDown(_ span: PageSpan) {
        do {
            try mapping.unmap(address(span), size(span.places.count))
        } catch {
            stale.append(span)
        }
    }

    /// These places are not stale any more; true if one was. Complexity: O(stale spans).
    @discardableResult
    private func forgetStale(_ span: PageSpan) -> Bool {
        var wasStale = false
        for index in stale.indices.reversed() {
            let (range, old) = (stale[index].range, stale[index].places)
            guard range === span.range, old.overlaps(span.places) else { continue }
            wasStale = true
            let before = old.clamped(to: 0..<span.places.lowerBound)
            let after = old.clamped(to: span.places.upperBound..<range.capacity)
            let kept = [before, after].filter { !$0.isEmpty }
            stale.replaceSubrange(
                index...index, with: kept.map { PageSpan(range: range, places: $0) })
        }
        return wasStale
    }
}
