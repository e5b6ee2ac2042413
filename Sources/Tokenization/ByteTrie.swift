/// Byte strings by prefix, to find which of many stands at a place.
struct ByteTrie: Sendable {
    private struct Node {
        /// Sorted by byte.
        var edges: [(byte: UInt8, node: Int)] = []
        var value: Int?
    }

    private var nodes = [Node()]
    /// Whether any string starts with a byte; nearly all places of a text stop here.
    private var starts = [Bool](repeating: false, count: 256)

    /// Adds a string; of equal ones the first counts. Empty strings are left out.
    mutating func insert(_ string: [UInt8], value: Int) {
        guard let first = string.first else { return }
        starts[Int(first)] = true
        var node = 0
        for byte in string {
            let place = nodes[node].edges.firstIndex { $0.byte >= byte } ?? nodes[node].edges.count
            if place < nodes[node].edges.count, nodes[node].edges[place].byte == byte {
                node = nodes[node].edges[place].node
            } else {
                nodes[node].edges.insert((byte, nodes.count), at: place)
                node = nodes.count
                nodes.append(Node())
            }
        }
        if nodes[node].value == nil { nodes[node].value = value }
    }

    /// The longest string at the first place, from `start` on, where one stands.
    /// Complexity: O(text length · length of the longest string).
    func firstMatch(in bytes: [UInt8], from start: Int) -> (range: Range<Int>, value: Int)? {
        guard nodes.count > 1 else { return nil }
        for index in start..<bytes.count where starts[Int(bytes[index])] {
            if let match = match(in: bytes, at: index) { return match }
        }
        return nil
    }

    private func match(in bytes: [UInt8], at start: Int) -> (range: Range<Int>, value: Int)? {
        var node = 0
        var index = start
        var best: (range: Range<Int>, value: Int)?
        while index < bytes.count, let next = child(of: node, bytes[index]) {
            node = next
            index += 1
            if let value = nodes[node].value { best = (start..<index, value) }
        }
        return best
    }

    @inline(__always)
    private func child(of node: Int, _ byte: UInt8) -> Int? {
        for edge in nodes[node].edges where edge.byte >= byte {
            return edge.byte == byte ? edge.node : nil
        }
        return nil
    }
}
