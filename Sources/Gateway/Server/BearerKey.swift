internal import HTTPTypes
internal import Hummingbird

/// A secret that a client shows as its bearer token.
struct BearerKey: Sendable {
    private let expected: [UInt8]

    init(_ key: String) { expected = Array(key.utf8) }

    /// Whether the request carries the key. An empty key is carried by none.
    func isShown(by request: Request) -> Bool {
        let parts = request.headers[.authorization]?.split(separator: " ", maxSplits: 1) ?? []
        return parts.count == 2 && parts[0].lowercased() == "bearer"
            && Self.areEqual(Array(parts[1].utf8), expected)
    }

    /// Takes the same time wherever the first difference is, so that a key cannot be guessed
    /// byte by byte.
    static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        var difference: UInt8 = left.count == right.count ? 0 : 1
        for position in right.indices {
            difference |= right[position] ^ (position < left.count ? left[position] : 0)
        }
        return difference == 0
    }
}
