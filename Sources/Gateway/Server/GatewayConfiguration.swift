/// How the server presents itself.
package struct GatewayConfiguration: Hashable, Sendable {
    package var host: String
    /// 0 takes any free port.
    package var port: Int
    /// Clients must send it as a bearer token; `nil` leaves the server open.
    package var apiKey: String?
    /// Operators must send it as a bearer token to command the cell and to simulate on it. With
    /// `nil` the API key does, and when there is none either, only requests from this very
    /// machine may command. It also opens the routes that show the cell.
    package var adminKey: String?
    /// Of this program, for `/version`.
    package var version: String
    package var limits: GatewayLimits

    package init(
        host: String = "127.0.0.1",
        port: Int = 8000,
        apiKey: String? = nil,
        adminKey: String? = nil,
        version: String,
        limits: GatewayLimits = GatewayLimits()
    ) {
        self.host = host
        self.port = port
        self.apiKey = apiKey
        self.adminKey = adminKey
        self.version = version
        self.limits = limits
    }
}
