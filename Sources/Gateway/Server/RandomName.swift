/// Names that do not repeat: 128 random bits as 32 hexadecimal digits.
enum RandomName {
    static func make() -> String {
        let digits = Array("0123456789abcdef".utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        for _ in 0..<2 {
            let bits = UInt64.random(in: .min ... .max)
            for shift in stride(from: 0, to: 64, by: 4) {
                bytes.append(digits[Int(bits >> UInt64(shift) & 15)])
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
