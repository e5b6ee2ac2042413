/// A JSON value as it stands in the text: objects keep the order of their keys, and integers stay
/// apart from other numbers, because chat templates print both.
package indirect enum JSON: Hashable, Sendable {
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    case array([JSON])
    case object(JSONObject)
}

/// The members of a JSON object in their written order. A repeated key keeps its first place and
/// its last value, as in Python. Keys are compared byte by byte.
package struct JSONObject: Sendable {
    package private(set) var keys: [String] = []
    private var values: [ExactString: JSON] = [:]

    package init() {}

    package var count: Int { keys.count }

    package subscript(key: String) -> JSON? {
        get { values[ExactString(key)] }
        set {
            if let newValue {
                let isNew = values.updateValue(newValue, forKey: ExactString(key)) == nil
                if isNew { keys.append(key) }
            } else if values.removeValue(forKey: ExactString(key)) != nil {
                keys.removeAll { ExactString($0) == ExactString(key) }
            }
        }
    }

    /// The members in order. Complexity: O(count).
    package var members: [(key: String, value: JSON)] {
        keys.map { ($0, values[ExactString($0)] ?? .null) }
    }

    package mutating func reserveCapacity(_ capacity: Int) {
        keys.reserveCapacity(capacity)
        values.reserveCapacity(capacity)
    }
}

extension JSONObject: Hashable {
    /// Equal members in equal order.
    package static func == (left: Self, right: Self) -> Bool {
        left.values == right.values
            && left.keys.elementsEqual(right.keys) { ExactString($0) == ExactString($1) }
    }

    package func hash(into hasher: inout Hasher) {
        for key in keys { hasher.combine(ExactString(key)) }
        hasher.combine(values)
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral members: (String, JSON)...) {
        for (key, value) in members { self[key] = value }
    }
}

extension JSON {
    /// The member of an object; `nil` for anything else and for a missing key.
    package subscript(key: String) -> JSON? {
        if case .object(let object) = self { object[key] } else { nil }
    }

    package var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }
    package var intValue: Int? { if case .int(let value) = self { value } else { nil } }
    package var stringValue: String? { if case .string(let value) = self { value } else { nil } }
    package var arrayValue: [JSON]? { if case .array(let value) = self { value } else { nil } }
    package var objectValue: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }
    package var isNull: Bool { self == .null }

    /// Any number as a double.
    package var doubleValue: Double? {
        switch self {
        case .int(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }
}

extension JSON: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    package init(nilLiteral: ()) { self = .null }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(integerLiteral value: Int) { self = .int(value) }
    package init(floatLiteral value: Double) { self = .double(value) }
    package init(stringLiteral value: String) { self = .string(value) }
    package init(arrayLiteral elements: JSON...) { self = .array(elements) }
    package init(dictionaryLiteral members: (String, JSON)...) {
        var object = JSONObject()
        for (key, value) in members { object[key] = value }
        self = .object(object)
    }
}
