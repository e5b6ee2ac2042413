/// What all parts of one answer share.
struct AnswerIdentity: Hashable, Sendable {
    /// Such as `chatcmpl-…`.
    var id: String
    /// Unix seconds.
    var created: Int
    var model: String
    var fingerprint: String
    /// Named only where the request names one.
    var serviceTier: ServiceTier?

    /// As JSON members without braces.
    var members: [UInt8] {
        var output: [UInt8] = []
        output.raw(#""id":"#)
        output.string(id)
        output.raw(#","created":"#)
        output.integer(created)
        output.raw(#","model":"#)
        output.string(model)
        output.raw(#","system_fingerprint":"#)
        output.string(fingerprint)
        if let serviceTier {
            output.raw(#","service_tier":"#)
            output.string(serviceTier.rawValue)
        }
        return output
    }
}
