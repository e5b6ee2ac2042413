internal import Domain

extension APIError {
    /// `{"error":{…}}`.
    var body: [UInt8] {
        var output: [UInt8] = []
        write(into: &output)
        return output
    }

    func write(into output: inout [UInt8]) {
        output.append(contentsOf: #"{"error":{"message":"#.utf8)
        JSON.writeString(message, into: &output)
        output.append(contentsOf: #","type":"#.utf8)
        JSON.writeString(type, into: &output)
        output.append(contentsOf: #","param":"#.utf8)
        Self.writeOptional(param, into: &output)
        output.append(contentsOf: #","code":"#.utf8)
        Self.writeOptional(code, into: &output)
        output.append(contentsOf: "}}".utf8)
    }

    private static func writeOptional(_ text: String?, into output: inout [UInt8]) {
        if let text {
            JSON.writeString(text, into: &output)
        } else {
            output.append(contentsOf: "null".utf8)
        }
    }
}
