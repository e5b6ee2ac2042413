package import Domain

/// The members of one object of a scenario, read with their limits. Names are those of flags
/// without their dashes; `_` stands for `-` too. An unknown name is an error that says what may
/// have been meant.
package struct ScenarioFields {
    /// Where the object is, such as `policies[1]`; empty for the whole.
    package let path: String
    private var members: [String: JSON] = [:]

    /// - Parameter names: All that there may be.
    package init(_ json: JSON, at path: String, names: [String]) throws(ScenarioError) {
        self.path = path
        guard let object = json.objectValue else {
            throw ScenarioError(path, "is \(Self.shown(json)), expected an object")
        }
        for (key, value) in object.members {
            let name = String(key.map { $0 == "_" ? "-" : $0 })
            guard names.contains(name) else { throw Self.unknown(key, at: path, names) }
            guard members.updateValue(value, forKey: name) == nil else {
                throw ScenarioError(Self.join(path, name), "is given twice")
            }
        }
    }

    private static func unknown(
        _ key: String, at path: String, _ names: [String]
    ) -> ScenarioError {
        let key = String(key.prefix(64))
        let meant = NearestWord.of(key, among: names).map { "did you mean \($0)?" }
        let all = "expected one of \(names.joined(separator: ", "))"
        return ScenarioError(join(path, key), "is unknown; \(meant ?? all)")
    }

    private static func join(_ path: String, _ name: String) -> String {
        path.isEmpty ? name : "\(path).\(name)"
    }

    private static func shown(_ json: JSON) -> String {
        let text = json.text
        return text.count > 40 ? String(text.prefix(40)) + "…" : text
    }

    /// The path of a member.
    package func place(_ name: String) -> String { Self.join(path, name) }

    package func contains(_ name: String) -> Bool { members[name] != nil }

    /// An error about a member.
    package func error(_ name: String, expected: String) -> ScenarioError {
        let shown = members[name].map { "is \(Self.shown($0))" } ?? "is missing"
        return ScenarioError(place(name), "\(shown), expected \(expected)")
    }
}

// MARK: - Members; `nil` where there is none

extension ScenarioFields {
    package func json(_ name: String) -> JSON? { members[name] }

    package func text(_ name: String) throws(ScenarioError) -> String? {
        guard let json = members[name] else { return nil }
        guard let text = json.stringValue, !text.isEmpty, text.utf8.count <= 4096 else {
            throw error(name, expected: "a text")
        }
        return text
    }

    /// A word that may be part of a table or the name of a file.
    package func name(_ name: String) throws(ScenarioError) -> String? {
        guard let json = members[name] else { return nil }
        guard let word = json.stringValue, Self.isName(word) else {
            throw error(name, expected: "1 to 64 letters, digits or -_.+")
        }
        return word
    }

    /// Whether a text may be part of a table or the name of a file.
    static func isName(_ text: String) -> Bool {
        let marks = Array("-_.+".utf8)
        return (1...64).contains(text.utf8.count) && text.first != "."
            && text.utf8.allSatisfy { byte in
                let character = Character(Unicode.Scalar(byte))
                return byte < 0x80 && (character.isLetter || character.isNumber)
                    || marks.contains(byte)
            }
    }

    package func integer(
        _ name: String, in bounds: ClosedRange<Int>
    ) throws(ScenarioError) -> Int? {
        guard let json = members[name] else { return nil }
        guard let value = json.intValue, bounds.contains(value) else {
            throw error(
                name, expected: "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)")
        }
        return value
    }

    package func number(
        _ name: String, in bounds: ClosedRange<Double>
    ) throws(ScenarioError) -> Double? {
        guard let json = members[name] else { return nil }
        guard let value = json.doubleValue, bounds.contains(value) else {
            throw error(
                name, expected: "a number from \(bounds.lowerBound) to \(bounds.upperBound)")
        }
        return value
    }

    package func positive(_ name: String, upTo most: Double) throws(ScenarioError) -> Double? {
        guard let json = members[name] else { return nil }
        guard let value = json.doubleValue, value > 0, value <= most else {
            throw error(name, expected: "a number above 0 and at most \(most)")
        }
        return value
    }

    package func flag(_ name: String) throws(ScenarioError) -> Bool? {
        guard let json = members[name] else { return nil }
        guard let value = json.boolValue else { throw error(name, expected: "true or false") }
        return value
    }

    /// One of the words of a type.
    package func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, of type: Choice.Type = Choice.self
    ) throws(ScenarioError) -> Choice? where Choice.RawValue == String {
        guard let json = members[name] else { return nil }
        if let value = json.stringValue.flatMap(Choice.init(rawValue:)) { return value }
        let words = Choice.allCases.map(\.rawValue)
        let meant = json.stringValue.flatMap { NearestWord.of($0, among: words) }
        let hint = meant.map { "; did you mean \($0)?" } ?? ""
        throw error(name, expected: words.joined(separator: ", ") + hint)
    }

    /// A size as in flags: `512MiB`, `4g`, or a number of bytes.
    package func bytes(_ name: String) throws(ScenarioError) -> ByteCount? {
        guard let json = members[name] else { return nil }
        let size = json.intValue.map { ByteCount($0) }
        guard let size = size ?? json.stringValue.flatMap({ ByteCount(parsing: $0) }),
            size >= .zero, size <= .gibibytes(1 << 16)
        else { throw error(name, expected: "a size such as \"4GiB\", or bytes") }
        return size
    }

    /// A number of `unit`s.
    package func duration(
        _ name: String, unit: Duration, in bounds: ClosedRange<Double>
    ) throws(ScenarioError) -> Duration? {
        try number(name, in: bounds).map { unit * $0 }
    }

    package func object(
        _ name: String, names: [String]
    ) throws(ScenarioError) -> ScenarioFields? {
        guard let json = members[name] else { return nil }
        return try ScenarioFields(json, at: place(name), names: names)
    }

    /// One of a list.
    package struct Element {
        package let json: JSON
        package let path: String
    }

    /// The elements of a list; a single value counts as a list of one.
    package func list(
        _ name: String, atMost most: Int
    ) throws(ScenarioError) -> [Element]? {
        guard let json = members[name] else { return nil }
        guard let elements = json.arrayValue else {
            return [Element(json: json, path: place(name))]
        }
        guard !elements.isEmpty, elements.count <= most else {
            throw ScenarioError(
                place(name), "has \(elements.count) elements, expected 1 to \(most)")
        }
        return elements.enumerated().map { index, element in
            Element(json: element, path: "\(place(name))[\(index)]")
        }
    }

    /// A list of numbers above 0.
    package func positives(
        _ name: String, upTo most: Double, atMost count: Int
    ) throws(ScenarioError) -> [Double]? {
        guard let elements = try list(name, atMost: count) else { return nil }
        var values: [Double] = []
        for element in elements {
            guard let value = element.json.doubleValue, value > 0, value <= most else {
                throw ScenarioError(
                    element.path,
                    "is \(Self.shown(element.json)), expected a number above 0 and at most "
                        + "\(most)")
            }
            values.append(value)
        }
        return values
    }

    /// A list of texts.
    package func texts(_ name: String, atMost count: Int) throws(ScenarioError) -> [String]? {
        guard let elements = try list(name, atMost: count) else { return nil }
        var values: [String] = []
        for element in elements {
            guard let text = element.json.stringValue, !text.isEmpty else {
                throw ScenarioError(
                    element.path, "is \(Self.shown(element.json)), expected a text")
            }
            values.append(text)
        }
        return values
    }
}
