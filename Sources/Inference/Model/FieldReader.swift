internal import Domain

/// Reads the fields of one JSON object of a model file; whatever is missing, of the wrong kind or
/// out of bounds is an error that names file, key and bounds. `null` counts as missing, as in
/// `transformers`.
struct FieldReader {
    let file: String
    let object: JSONObject
    /// Put before keys in errors, such as `rope_scaling.`.
    var prefix = ""

    init(file: String, object: JSONObject, prefix: String = "") {
        self.file = file
        self.object = object
        self.prefix = prefix
    }

    init(file: String, json: JSON) throws(ModelFileError) {
        guard let object = json.objectValue else {
            throw .malformed(file: file, problem: "is not a JSON object")
        }
        self.init(file: file, object: object)
    }

    subscript(key: String) -> JSON? {
        guard let value = object[key], !value.isNull else { return nil }
        return value
    }

    func problem(_ key: String, _ problem: String) -> ModelFileError {
        .field(file: file, key: prefix + key, problem: problem)
    }

    func optionalInteger(
        _ key: String, in bounds: ClosedRange<Int>
    ) throws(ModelFileError) -> Int? {
        guard let value = self[key] else { return nil }
        guard let number = value.intValue, bounds.contains(number) else {
            throw problem(
                key,
                "is \(shown(value)), expected an integer in \(bounds.lowerBound)…"
                    + "\(bounds.upperBound)")
        }
        return number
    }

    func integer(_ key: String, in bounds: ClosedRange<Int>) throws(ModelFileError) -> Int {
        guard let number = try optionalInteger(key, in: bounds) else {
            throw problem(key, "is missing")
        }
        return number
    }

    func optionalNumber(
        _ key: String, in bounds: ClosedRange<Double>
    ) throws(ModelFileError) -> Double? {
        guard let value = self[key] else { return nil }
        guard let number = value.doubleValue, bounds.contains(number) else {
            throw problem(
                key,
                "is \(shown(value)), expected a number in \(bounds.lowerBound)…"
                    + "\(bounds.upperBound)")
        }
        return number
    }

    func number(_ key: String, in bounds: ClosedRange<Double>) throws(ModelFileError) -> Double {
        guard let number = try optionalNumber(key, in: bounds) else {
            throw problem(key, "is missing")
        }
        return number
    }

    func flag(_ key: String, default fallback: Bool) throws(ModelFileError) -> Bool {
        guard let value = self[key] else { return fallback }
        guard let flag = value.boolValue else {
            throw problem(key, "is \(shown(value)), expected true or false")
        }
        return flag
    }

    func string(_ key: String) throws(ModelFileError) -> String? {
        guard let value = self[key] else { return nil }
        guard let string = value.stringValue else {
            throw problem(key, "is \(shown(value)), expected a string")
        }
        return string
    }

    func nested(_ key: String) throws(ModelFileError) -> FieldReader? {
        guard let value = self[key] else { return nil }
        guard let object = value.objectValue else {
            throw problem(key, "is \(shown(value)), expected an object")
        }
        return FieldReader(file: file, object: object, prefix: "\(prefix)\(key).")
    }

    /// One token or a list of them.
    func tokens(_ key: String) throws(ModelFileError) -> [TokenID] {
        guard let value = self[key] else { return [] }
        let list = value.arrayValue ?? [value]
        let tokens = list.compactMap(\.intValue).compactMap(UInt32.init(exactly:))
        guard tokens.count == list.count, tokens.count <= 1024 else {
            throw problem(key, "is \(shown(value)), expected a token id or a list of them")
        }
        return tokens.map { TokenID($0) }
    }

    /// The value as written, cut short: errors are for people.
    func shown(_ value: JSON) -> String {
        let text = value.text
        return text.count <= 40 ? text : "\(text.prefix(40))…"
    }
}
