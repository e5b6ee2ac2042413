internal import NIOCore

/// Closes a connection after an answer that did not wait for the whole request. Closing at once
/// would reset the connection, and the answer could be lost on its way; so our side ends first,
/// and the rest follows a little later.
struct ConnectionCloser: Sendable {
    let channel: any Channel

    func closeSoon() {
        channel.close(mode: .output, promise: nil)
        channel.eventLoop.scheduleTask(in: .seconds(1)) { [channel] in
            channel.close(promise: nil)
        }
    }
}
