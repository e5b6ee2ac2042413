/// First in, first out. Every operation is O(1), amortised.
struct Queue<Element: Sendable>: Sendable {
    private var items: [Element?] = []
    private var start = 0

    var isEmpty: Bool { start == items.count }
    var count: Int { items.count - start }
    var first: Element? { isEmpty ? nil : items[start] }

    mutating func append(_ element: Element) { items.append(element) }

    mutating func popFirst() -> Element? {
        guard !isEmpty else { return nil }
        let element = items[start].take()
        start += 1
        if start == items.count {
            items.removeAll(keepingCapacity: true)
            start = 0
        } else if start > 32, start > items.count / 2 {
            items.removeFirst(start)
            start = 0
        }
        return element
    }

    /// Takes out what `isMeant` holds for. Complexity: O(count).
    mutating func removeAll(where isMeant: (Element) -> Bool) -> [Element] {
        let all = items[start...].compactMap { $0 }
        items = all.filter { !isMeant($0) }
        start = 0
        return all.filter(isMeant)
    }

    mutating func removeAll() {
        items.removeAll()
        start = 0
    }
}
