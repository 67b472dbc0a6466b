internal import HTTPTypes
internal import Hummingbird
public import Logging
internal import NIOCore

/// The emulator on a TCP port.
public struct EmulatorServer: Sendable {
    /// The largest body that is accepted, in bytes.
    public static let bodyBytesMax = 20 * 1024 * 1024

    /// How long a question for what has not happened yet stays open.
    private static let patience = Duration.seconds(1)

    private let options: EmulatorOptions
    private let logger: Logger
    private let onListening: @Sendable (_ port: Int) async -> Void

    /// - Parameter onListening: called once with the bound port, which differs from the options' when that is 0.
    public init(
        options: EmulatorOptions, logger: Logger,
        onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) {
        self.options = options
        self.logger = logger
        self.onListening = onListening
    }

    /// Serves until the task is cancelled or, when asked to, until SIGTERM or SIGINT.
    /// - Throws: when the data file cannot be read or the port is taken.
    public func run(stopsOnSignals: Bool = false) async throws {
        let service = try EmulatorService(options: options, logger: logger)
        let responder = CallbackResponder<ConnectionContext> { request, context in
            try await EmulatorServer.respond(to: request, context, service)
        }
        let onListening = onListening
        let application = Application(
            responder: responder,
            configuration: ApplicationConfiguration(
                address: .hostname(options.host, port: options.port), serverName: "salesdock-emulator"),
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? 0) },
            logger: logger)
        if stopsOnSignals {
            try await application.runService()
        } else {
            try await application.run()
        }
    }

    private static func respond(
        to request: Request, _ context: ConnectionContext, _ service: EmulatorService
    ) async throws -> Response {
        guard let body = try? await request.body.collect(upTo: bodyBytesMax) else {
            return Response(status: .contentTooLarge)
        }
        var headers: [String: String] = ["host": request.head.authority ?? ""]
        for field in request.headers { headers[field.name.canonicalName] = field.value }
        let received = EmulatorRequest(
            method: request.method.rawValue, target: request.head.path ?? "/", headers: headers,
            body: Array(body.readableBytesView), clientIP: context.channel.remoteAddress?.ipAddress ?? "")
        var reply = service.handle(received)
        let deadline = ContinuousClock.now + patience
        while reply.isPremature, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(2))
            reply = service.handle(received)
        }
        if reply.delaySeconds > 0 { try? await Task.sleep(for: .seconds(reply.delaySeconds)) }
        if reply.connection == .dropBeforeAnswer {
            // The socket is closed under the server, which then has nowhere to write this answer.
            try? await context.channel.close(mode: .all)
            return Response(status: .serviceUnavailable)
        }
        var fields = HTTPFields()
        for header in reply.headers {
            if let name = HTTPField.Name(header.name) { fields[name] = header.value }
        }
        return Response(
            status: .init(code: reply.status), headers: fields,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: reply.body)))
    }
}

/// The connection that a request came over.
private struct ConnectionContext: InitializableFromSource {
    let channel: any Channel

    init(source: ApplicationRequestContextSource) { channel = source.channel }
}
