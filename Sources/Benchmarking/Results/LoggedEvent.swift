package import Domain

/// One entry of the server's log of rare decisions.
package struct LoggedEvent: Hashable, Sendable {
    package var number: Int
    /// On the run's clock, as well as the samples allow.
    package var time: Instant
    /// Such as `drop_started`.
    package var kind: String
    package var message: String

    package init(number: Int, time: Instant, kind: String, message: String) {
        self.number = number
        self.time = time
        self.kind = kind
        self.message = message
    }
}

extension LoggedEvent {
    /// Reads an entry of `/v1/cluster/log`; its time is still the server's.
    init?(_ json: JSON) {
        guard let number = json["number"]?.intValue, let time = json["time"]?.doubleValue else {
            return nil
        }
        self.init(
            number: number, time: Instant(seconds: time),
            kind: json["kind"]?.stringValue ?? "", message: json["message"]?.stringValue ?? "")
    }

    var json: JSON {
        [
            "number": .int(number), "time": .double(time.seconds), "kind": .string(kind),
            "message": .string(message),
        ]
    }
}
