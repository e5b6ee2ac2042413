/// Reading and writing scalars in arrays of valid UTF-8. All text inside the tokenizer has come
/// through `String`, so it is valid, and every range starts and ends between scalars.
extension [UInt8] {
    /// The scalar that starts at `index`, and its length in bytes.
    @inline(__always)
    func scalar(at index: Int) -> (value: UInt32, length: Int) {
        let first = UInt32(self[index])
        if first < 0x80 { return (first, 1) }
        let second = UInt32(self[index + 1] & 0x3F)
        if first < 0xE0 { return ((first & 0x1F) << 6 | second, 2) }
        let third = UInt32(self[index + 2] & 0x3F)
        if first < 0xF0 { return ((first & 0x0F) << 12 | second << 6 | third, 3) }
        let fourth = UInt32(self[index + 3] & 0x3F)
        return ((first & 0x07) << 18 | second << 12 | third << 6 | fourth, 4)
    }

    /// Where the scalar before `index` starts. There must be one.
    @inline(__always)
    func scalarStart(before index: Int) -> Int {
        var start = index - 1
        while start > 0, self[start] & 0xC0 == 0x80 { start -= 1 }
        return start
    }

    @inline(__always)
    mutating func appendUTF8(_ scalar: UInt32) {
        if scalar < 0x80 {
            append(UInt8(scalar))
        } else if scalar < 0x800 {
            append(UInt8(0xC0 | scalar >> 6))
            append(UInt8(0x80 | scalar & 0x3F))
        } else {
            if scalar < 0x10000 {
                append(UInt8(0xE0 | scalar >> 12))
            } else {
                append(UInt8(0xF0 | scalar >> 18))
                append(UInt8(0x80 | scalar >> 12 & 0x3F))
            }
            append(UInt8(0x80 | scalar >> 6 & 0x3F))
            append(UInt8(0x80 | scalar & 0x3F))
        }
    }

    /// Whether `other` stands at `index`.
    @inline(__always)
    func matches(_ other: [UInt8], at index: Int, before end: Int) -> Bool {
        guard other.count <= end - index else { return false }
        for offset in other.indices where self[index + offset] != other[offset] { return false }
        return true
    }

    /// The scalars of the whole text.
    var scalarValues: [UInt32] {
        var result: [UInt32] = []
        result.reserveCapacity(count)
        var index = 0
        while index < count {
            let (value, length) = scalar(at: index)
            result.append(value)
            index += length
        }
        return result
    }
}
