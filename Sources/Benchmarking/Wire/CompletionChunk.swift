internal import Domain

/// What one event of a streamed completion says.
struct CompletionChunk: Hashable {
    /// Text of the first choice; `nil` when the chunk has no choice.
    var text: String?
    /// The chunk names the role and nothing else, as the first of a chat does.
    var isRoleOnly = false
    var finishReason: String?
    var promptTokens: Int?
    var completionTokens: Int?
    /// Message of an error that the server reports in the stream.
    var error: String?
}

/// One event of a stream.
enum StreamEvent: Hashable {
    case chunk(CompletionChunk)
    case done

    /// - Parameter data: the event's data, from the network.
    init(_ data: [UInt8]) throws(EventStreamError) {
        if data == Self.doneMark {
            self = .done
            return
        }
        let json: JSON
        do {
            json = try JSON.parse(data, maxDepth: 32)
        } catch {
            throw EventStreamError(message: "an event that is \(error)")
        }
        self = .chunk(try CompletionChunk(json))
    }

    private static let doneMark = Array("[DONE]".utf8)
}

extension CompletionChunk {
    /// Members of unexpected types are taken as missing: peers differ in what they add.
    init(_ json: JSON) throws(EventStreamError) {
        guard json.objectValue != nil else {
            throw EventStreamError(message: "an event that is no JSON object")
        }
        if let failure = json["error"], !failure.isNull {
            error = failure["message"]?.stringValue ?? failure.text
        }
        if let choice = json["choices"]?.arrayValue?.first {
            let delta = choice["delta"]
            let content = delta?["content"]?.stringValue ?? choice["text"]?.stringValue ?? ""
            text = content + (delta?["reasoning_content"]?.stringValue ?? "")
            finishReason = choice["finish_reason"]?.stringValue
            isRoleOnly = text == "" && finishReason == nil && delta?["role"]?.stringValue != nil
        }
        promptTokens = Self.count(json["usage"]?["prompt_tokens"])
        completionTokens = Self.count(json["usage"]?["completion_tokens"])
    }

    private static func count(_ json: JSON?) -> Int? {
        json?.intValue.flatMap { (0...1_000_000_000).contains($0) ? $0 : nil }
    }
}
