/// The bodies that documented answers share.
extension EmulatorReply {
    static func success(_ data: JSON, _ message: String, status: Int = 200) -> EmulatorReply {
        EmulatorReply(status: status, json: ["success": true, "data": data, "message": .string(message)])
    }

    /// An error with a numeric `code` equal to the status, unless another code is given.
    static func failure(_ status: Int, _ message: String, code: JSON? = nil) -> EmulatorReply {
        EmulatorReply(
            status: status,
            json: ["success": false, "message": .string(message), "code": code ?? .int(status)])
    }

    static let unauthenticated = EmulatorReply(
        status: 401, json: ["success": false, "message": "Niet geauthenticeerd"])

    static func forbidden(_ message: String) -> EmulatorReply {
        EmulatorReply(status: 403, json: ["success": false, "message": .string(message)])
    }

    static let notFound = EmulatorReply.failure(404, "Resource not found.")

    static let notAllowed = EmulatorReply(status: 405, json: ["success": false, "message": "Not allowed"])

    static func throttled(retryAfter: Int) -> EmulatorReply {
        var reply = failure(429, "Too Many Attempts.")
        reply.headers.append(("Retry-After", String(retryAfter)))
        return reply
    }

    /// The 400 of leads, and of relations here.
    static func invalid400(_ errors: ValidationErrors, message: String = "Validatie fout") -> EmulatorReply {
        EmulatorReply(
            status: 400, json: ["success": false, "message": .string(message), "code": 400, "errors": errors.json])
    }

    /// The 422 of a form request, which has no `success`.
    static func invalid422(_ errors: ValidationErrors) -> EmulatorReply {
        EmulatorReply(status: 422, json: ["message": "The given data was invalid.", "errors": errors.json])
    }
}
