/// A number that stands for all that was put in, in its order: two runs that differ anywhere have,
/// but for chance, different ones, and equal runs have equal ones in any process.
///
/// FNV-1a over words of 64 bits instead of bytes; each word is folded, for the multiplication
/// carries upwards only.
package struct Fingerprint: Hashable, Sendable {
    package private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    package init() {}

    package mutating func add(_ word: UInt64) {
        value = (value ^ word) &* 0x0000_0100_0000_01B3
        value ^= value >> 29
    }

    package mutating func add(_ number: Int) { add(UInt64(bitPattern: Int64(number))) }

    package mutating func add(_ text: String) {
        for byte in text.utf8 { add(UInt64(byte)) }
        add(UInt64(text.utf8.count))
    }
}
