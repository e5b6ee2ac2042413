/// Refusals of the operators' routes.
extension APIError {
    static func unknownInstance(_ id: String) -> APIError {
        APIError(
            status: 404, message: "The instance '\(id)' does not exist.", param: "id",
            code: "instance_not_found")
    }

    /// The cell is not in a state for this command.
    static func commandRefused(_ reason: String) -> APIError {
        APIError(status: 409, message: reason, code: "command_refused")
    }

    static func whatIfRefused(_ reason: String) -> APIError {
        APIError(status: 409, message: reason, code: "what_if_refused")
    }

    static let simulationTooLong = unavailable(
        "The simulation took too long; ask about fewer or shorter requests.",
        code: "simulation_timeout", retryAfter: 60)

    /// Without any key, commands come only from this machine.
    static let notFromHere = APIError(
        status: 403,
        message: "Without an admin key or an API key the server takes operator commands only "
            + "from its own machine, addressed by a loopback name and not through a proxy or "
            + "another site's page. Start it with a key to command it from elsewhere.",
        code: "admin_key_required")
}
