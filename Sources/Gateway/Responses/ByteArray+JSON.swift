internal import Domain

/// Hand-written JSON: bytes go straight into one reused buffer.
extension [UInt8] {
    /// Appends text as it is.
    mutating func raw(_ text: StaticString) {
        text.withUTF8Buffer { append(contentsOf: $0) }
    }

    /// Appends a quoted and escaped string.
    mutating func string(_ text: String) { JSON.writeString(text, into: &self) }

    mutating func value(_ value: JSON) { value.write(into: &self) }

    mutating func integer(_ value: Int) {
        if value >= 0, value < 10 {
            append(UInt8(ascii: "0") + UInt8(value))
        } else {
            append(contentsOf: String(value).utf8)
        }
    }

    /// Appends a logprob. JSON has no infinities: what cannot happen is -9999, as in vLLM.
    mutating func logprob(_ value: Float?) {
        guard let value else { return raw("null") }
        append(contentsOf: String(value.isFinite ? Swift.max(value, -9999) : -9999).utf8)
    }

    /// Appends an array, elements by `write`.
    mutating func list<Elements: Sequence>(
        _ elements: Elements, _ write: (inout [UInt8], Elements.Element) -> Void
    ) {
        append(UInt8(ascii: "["))
        var isFirst = true
        for element in elements {
            if !isFirst { append(UInt8(ascii: ",")) }
            isFirst = false
            write(&self, element)
        }
        append(UInt8(ascii: "]"))
    }

    mutating func tokenIDs(_ tokens: some Sequence<TokenID>) {
        list(tokens) { $0.integer(Int($1.rawValue)) }
    }
}
