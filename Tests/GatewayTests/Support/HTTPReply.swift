internal import Domain

/// An HTTP answer, taken apart.
struct HTTPReply: Sendable {
    var status = 0
    /// Names in lower case.
    var headers: [String: String] = [:]
    var body: [UInt8] = []

    init(head: String) {
        let lines = head.split(whereSeparator: \.isNewline)
        status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
    }

    var text: String { String(decoding: body, as: UTF8.self) }

    func json() throws -> JSON { try JSON.parse(body) }

    /// The payloads of its server-sent events.
    var events: [String] {
        text.split(separator: "\n").filter { $0.hasPrefix("data: ") }
            .map { String($0.dropFirst(6)) }
    }

    /// The events that are JSON.
    func eventObjects() throws -> [JSON] {
        try events.filter { $0 != "[DONE]" }.map { try JSON.parse($0) }
    }
}
