internal import Domain
internal import NIOCore
internal import NIOPosix

/// First contact: finds the address that answers and the model that is served.
struct ServerProbe {
    let server: ServerAddress
    let apiKey: String?
    let loop: any EventLoop

    /// The address that a first connection reached: names may have several, of which a server
    /// listens on one. Tries again until `patience` is over.
    func reach(patience: Duration) async throws -> SocketAddress {
        let end = NIODeadline.now() + .nanoseconds(patience.nanoseconds)
        while true {
            do {
                let channel = try await ConnectionPool.bootstrap(loop)
                    .connect(host: server.host, port: server.port).get()
                guard let address = channel.remoteAddress else {
                    throw LoadError("\(server) closed the first connection")
                }
                try? await channel.close()
                return address
            } catch {
                guard NIODeadline.now() < end else {
                    throw LoadError("cannot connect to \(server): \(ConnectError.text(error))")
                }
                try await Task.sleep(for: .milliseconds(250))
            }
        }
    }

    /// The first entry of `/v1/models`.
    func model(at address: SocketAddress) async throws -> String {
        let path = server.pathPrefix + "/v1/models"
        let (status, body) = try await get(path, at: address)
        guard status == 200 else {
            throw LoadError("\(server)\(path) answered \(status), expected 200; name the --model")
        }
        guard let name = try? JSON.parse(body)["data"]?.arrayValue?.first?["id"]?.stringValue
        else { throw LoadError("\(server)\(path) names no model; name the --model") }
        return name
    }

    private func get(
        _ path: String, at address: SocketAddress
    ) async throws -> (status: Int, body: [UInt8]) {
        let headers = ConnectionPool.headers(for: server, apiKey: apiKey)
        let loop = loop
        let promise = loop.makePromise(of: (status: Int, body: [UInt8]).self)
        loop.execute {
            let pool = ConnectionPool(loop: loop, address: address, headers: headers)
            let fetch = BodyFetch { result in
                promise.completeWith(result.mapError { $0 })
                pool.close()
            }
            loop.assumeIsolated().scheduleTask(in: .seconds(30)) {
                guard !fetch.isFinished else { return }
                fetch.cancel()
                promise.fail(LoadError("no answer from \(path) within 30 s"))
            }
            pool.send(WireRequest(path: path, consumer: fetch))
        }
        do {
            return try await promise.futureResult.get()
        } catch let failure as TransportFailure {
            throw LoadError("\(server)\(path) gave no answer: \(failure)")
        }
    }
}
