/// The logits of one row from the largest down, ties by token, as far as somebody asks.
/// Not-a-number and −∞ are left out.
///
/// Only the logits near the largest are sorted, which in most rows are few; when they are used up
/// the rest follow. Storage is kept from row to row.
struct DescendingLogits {
    struct Element: Hashable {
        var token: Int
        var logit: Float
    }

    /// Sorted keys, `count` of them: the inverted order of the logit above the token.
    private var keys: [UInt64]
    private var scratch: [UInt64]
    private var digitCounts: [Int]
    private var count = 0
    private var place = 0
    private var bound: Float = 0
    private var hasRest = false

    /// How far below the largest logit most answers lie.
    private static let band: Float = 8

    /// For rows of up to `vocabularySize` logits.
    init(vocabularySize: Int) {
        keys = Array(repeating: 0, count: vocabularySize)
        scratch = Array(repeating: 0, count: vocabularySize)
        digitCounts = Array(repeating: 0, count: Self.digits)
    }

    /// Starts anew with a row whose largest element is `largest`.
    /// Complexity: O(vocabulary) here, O(1) for each element.
    mutating func start(_ logits: UnsafeBufferPointer<Float>, largest: Float) {
        bound = largest - Self.band
        // Not so for infinities and not-a-number.
        hasRest = bound < largest
        let lowest = hasRest ? bound : -.infinity
        fill(logits) { $0 >= lowest }
    }

    /// The next element of the row given to `start`.
    mutating func next(_ logits: UnsafeBufferPointer<Float>) -> Element? {
        if place == count, hasRest {
            hasRest = false
            let bound = bound
            fill(logits) { $0 < bound }
        }
        guard place < count else { return nil }
        let token = Int(keys[place] & 0xFFFF_FFFF)
        place += 1
        return Element(token: token, logit: logits[token])
    }

    @inline(__always)
    private mutating func fill(
        _ logits: UnsafeBufferPointer<Float>, _ isWanted: (Float) -> Bool
    ) {
        count = 0
        place = 0
        for token in 0..<logits.count where isWanted(logits[token]) {
            let logit = logits[token]
            guard logit > -.infinity else { continue }
            keys[count] = Self.key(token, logit)
            count += 1
        }
        sort()
    }

    private static func key(_ token: Int, _ logit: Float) -> UInt64 {
        // Adding 0 makes −0 equal to 0.
        let bits = (logit + 0).bitPattern
        let ascending = bits >> 31 == 0 ? bits | 0x8000_0000 : ~bits
        return UInt64(~ascending) << 32 | UInt64(token)
    }
}

// MARK: - Sorting

extension DescendingLogits {
    private static let digitBits = 11
    private static let digits = 1 << digitBits

    /// Radix sort by the logit; the keys come in the order of their tokens, and it is stable.
    private mutating func sort() {
        guard count > 32 else {
            keys.withUnsafeMutableBufferPointer { $0[..<count].sort() }
            return
        }
        for pass in 0..<3 { sortPass(shift: UInt64(32 + pass * Self.digitBits)) }
    }

    private mutating func sortPass(shift: UInt64) {
        let mask = UInt64(Self.digits - 1)
        for digit in digitCounts.indices { digitCounts[digit] = 0 }
        for index in 0..<count { digitCounts[Int(keys[index] >> shift & mask)] += 1 }
        var start = 0
        for digit in digitCounts.indices {
            (digitCounts[digit], start) = (start, start + digitCounts[digit])
        }
        for index in 0..<count {
            let digit = Int(keys[index] >> shift & mask)
            scratch[digitCounts[digit]] = keys[index]
            digitCounts[digit] += 1
        }
        swap(&keys, &scratch)
    }
}
