internal import CKernels
import TestSupport
internal import Testing

/// A small, seeded, good enough source of chance.
extension SplitMix64 {
    mutating func float(_ range: ClosedRange<Float> = -1...1) -> Float {
        let unit = Float(next() >> 40) * 0x1p-24
        return range.lowerBound + unit * (range.upperBound - range.lowerBound)
    }

    mutating func floats(_ count: Int, _ range: ClosedRange<Float> = -1...1) -> [Float] {
        (0..<count).map { _ in float(range) }
    }

    mutating func int(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.count))
    }
}

/// One tier of this machine, as a test argument.
struct Tier: Sendable, CustomTestStringConvertible {
    let index: Int

    static let all = (0..<ck_tier_count()).map { Tier(index: $0) }
    static let scalar = Tier(index: ck_tier_count() - 1)

    var table: ck_tier { ck_tier_at(index).pointee }
    var name: String { String(cString: table.name) }
    var testDescription: String { name }

    /// Bytes of one prepared activation.
    var preparedSize: Int { table.prepared_bf16 ? 2 : 4 }
}

/// Memory for a kernel, filled with a pattern that spoils sums it gets into.
final class Buffer<Element> {
    let pointer: UnsafeMutablePointer<Element>
    let count: Int

    init(_ count: Int, _ element: Element) {
        self.count = count
        pointer = .allocate(capacity: max(count, 1))
        pointer.initialize(repeating: element, count: max(count, 1))
    }

    convenience init(_ elements: [Element]) where Element: BinaryFloatingPoint {
        self.init(elements.count, 0)
        for (i, element) in elements.enumerated() {
            pointer[i] = element
        }
    }

    deinit {
        pointer.deallocate()
    }

    var array: [Element] { Array(UnsafeBufferPointer(start: pointer, count: count)) }
}

func bfloat16(_ value: Float) -> UInt16 {
    if value.isNaN {
        return UInt16(value.bitPattern >> 16) | 0x40
    }
    // Round to nearest even, by the definition: the neighbour whose distance is smaller.
    let low = value.bitPattern & 0xffff_0000
    let rest = value.bitPattern & 0xffff
    let isOdd = low & 0x1_0000 != 0
    let up = rest > 0x8000 || (rest == 0x8000 && isOdd)
    return UInt16((up ? low &+ 0x1_0000 : low) >> 16)
}

func float(bfloat16 half: UInt16) -> Float {
    Float(bitPattern: UInt32(half) << 16)
}

/// The nearest f32 that bf16 can hold.
func rounded(_ value: Float) -> Float {
    float(bfloat16: bfloat16(value))
}

func bits(_ values: [Float]) -> [UInt32] {
    values.map(\.bitPattern)
}
