internal import Domain

/// Checks chat messages and brings them into the one form that templates expect.
enum ChatMessages {
    /// Reads `messages`: each an object with a role; text parts become one string.
    static func read(_ fields: FieldReader) throws(APIError) -> [JSON] {
        guard let elements = try fields.array("messages") else {
            throw .invalid("'messages' is required.", param: "messages")
        }
        guard !elements.isEmpty else { throw fields.mismatch("messages", "a non-empty array") }
        var messages: [JSON] = []
        messages.reserveCapacity(elements.count)
        for (position, element) in elements.enumerated() {
            let path = "messages[\(position)]"
            guard case .object(let object) = element else {
                throw .invalid("'\(path)' must be an object.", param: path)
            }
            messages.append(.object(try message(FieldReader(object, prefix: path + "."))))
        }
        return messages
    }

    private static func message(_ fields: FieldReader) throws(APIError) -> JSONObject {
        guard let role = try fields.string("role"), !role.isEmpty else {
            throw .invalid("'\(fields.path("role"))' is required.", param: fields.path("role"))
        }
        var message = fields.object
        let calls = try toolCalls(fields)
        if let calls { message["tool_calls"] = calls }
        switch fields.value("content") {
        case nil:
            guard role == "assistant" else {
                throw .invalid(
                    "'\(fields.path("content"))' is required.", param: fields.path("content"))
            }
            if calls == nil { message["content"] = "" }
        case .string: break
        case .array(let parts): message["content"] = .string(try text(of: parts, fields))
        default: throw fields.mismatch("content", "a string or an array of parts")
        }
        return message
    }

    /// Text parts joined by line ends, as vLLM does.
    private static func text(of parts: [JSON], _ fields: FieldReader) throws(APIError) -> String {
        var texts: [String] = []
        for (position, part) in parts.enumerated() {
            let path = "\(fields.path("content"))[\(position)]"
            if let text = part.stringValue {
                texts.append(text)
                continue
            }
            guard case .object(let object) = part else {
                throw .invalid("'\(path)' must be an object.", param: path)
            }
            let reader = FieldReader(object, prefix: path + ".")
            let type = try reader.string("type") ?? "text"
            guard type == "text" else {
                throw .unsupported(
                    path, "Content of type '\(type)' is not supported; only text is.")
            }
            guard let text = try reader.string("text") else {
                throw .invalid("'\(path).text' is required.", param: "\(path).text")
            }
            texts.append(text)
        }
        return texts.joined(separator: "\n")
    }

    /// Arguments of tool calls are JSON text on the wire and objects in templates.
    private static func toolCalls(_ fields: FieldReader) throws(APIError) -> JSON? {
        guard let calls = try fields.array("tool_calls") else { return nil }
        var parsed: [JSON] = []
        for (position, call) in calls.enumerated() {
            let path = "\(fields.path("tool_calls"))[\(position)]"
            guard case .object(var object) = call else {
                throw .invalid("'\(path)' must be an object.", param: path)
            }
            if case .object(var function)? = object["function"],
                case .string(let text)? = function["arguments"]
            {
                function["arguments"] = try arguments(text, path: path)
                object["function"] = .object(function)
            }
            parsed.append(.object(object))
        }
        return .array(parsed)
    }

    private static func arguments(_ text: String, path: String) throws(APIError) -> JSON {
        if text.isEmpty { return .object(JSONObject()) }
        let name = "\(path).function.arguments"
        do {
            return try JSON.parse(text)
        } catch {
            throw .invalid("'\(name)' is not valid JSON: \(error.message).", param: name)
        }
    }
}
