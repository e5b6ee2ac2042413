internal import Domain

/// Reads the members of one JSON object with their expected types. A missing member and `null`
/// are the same; a wrong type or range is an error that names the member by its full path.
struct FieldReader {
    let object: JSONObject
    /// Stands before the names in errors, such as `stream_options.`.
    let prefix: String

    init(_ object: JSONObject, prefix: String = "") {
        self.object = object
        self.prefix = prefix
    }

    /// Parses a request body, which must be one JSON object.
    init(body: [UInt8]) throws(APIError) {
        let value: JSON
        do {
            value = try JSON.parse(body)
        } catch {
            throw .invalid("The body is not valid JSON: \(error.message) at byte \(error.offset).")
        }
        guard case .object(let object) = value else {
            throw .invalid("The body must be a JSON object.")
        }
        self.init(object)
    }

    /// The full name of a member.
    func path(_ key: String) -> String { prefix + key }

    /// The member, unless it is missing or `null`.
    func value(_ key: String) -> JSON? {
        if let value = object[key], !value.isNull { value } else { nil }
    }

    func mismatch(_ key: String, _ expected: String) -> APIError {
        .invalid("'\(path(key))' must be \(expected).", param: path(key))
    }

    func bool(_ key: String) throws(APIError) -> Bool? {
        guard let value = value(key) else { return nil }
        guard let bool = value.boolValue else { throw mismatch(key, "a boolean") }
        return bool
    }

    func string(_ key: String) throws(APIError) -> String? {
        guard let value = value(key) else { return nil }
        guard let string = value.stringValue else { throw mismatch(key, "a string") }
        return string
    }

    func array(_ key: String) throws(APIError) -> [JSON]? {
        guard let value = value(key) else { return nil }
        guard let array = value.arrayValue else { throw mismatch(key, "an array") }
        return array
    }

    func nested(_ key: String) throws(APIError) -> FieldReader? {
        guard let value = value(key) else { return nil }
        guard case .object(let object) = value else { throw mismatch(key, "an object") }
        return FieldReader(object, prefix: path(key) + ".")
    }
}
