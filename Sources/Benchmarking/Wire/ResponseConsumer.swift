internal import NIOCore

/// Takes one response as it arrives. Everything happens on the event loop.
protocol ResponseConsumer: AnyObject {
    /// It has all it needs or waits no longer; nothing is sent for it.
    var isFinished: Bool { get }
    /// The request goes out over `connection` now.
    func requestLeaves(over connection: ClientConnection)
    func receiveHead(status: Int)
    func receiveBody(_ bytes: ByteBuffer)
    /// The response is whole.
    func receiveEnd()
    /// No more will come.
    func receiveFailure(_ failure: TransportFailure)
}
