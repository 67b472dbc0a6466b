import ArgumentParser
import Foundation
import Runs
import SalesdockEmulator

struct EmulatorCommand: AsyncParsableCommand {
    enum Temper: String, EnumerableFlag {
        case unkind, kind

        static func help(for value: Temper) -> ArgumentHelp? {
            switch value {
            case .unkind: "Values come back normalised, lists and searches lag, as a real service's do."
            case .kind: "Values come back as they were sent, and lists know everything at once."
            }
        }
    }

    static let configuration = CommandConfiguration(
        commandName: "emulator", _superCommandName: "dockhand",
        abstract: "Serves a local Salesdock to try everything on.",
        discussion:
            "Prints its address, then serves until it is stopped. Without --data it forgets everything at its end.")

    @Option(help: ArgumentHelp("Port to listen on; 0 takes a free one.", valueName: "n"))
    var port = 8089
    @Option(help: "Address to listen on.")
    var host = "127.0.0.1"
    @Option(help: "The account's domain: the segment after /api/.")
    var domain = "demo"
    @Option(
        help: ArgumentHelp(
            "A token that is accepted; clients send NAME. Repeatable.", valueName: "NAME=admin|agent"))
    var token: [String] = []
    @Option(help: ArgumentHelp("Requests per window and token.", valueName: "n"))
    var limit = 150
    @Option(help: ArgumentHelp("Length of the window.", valueName: "seconds"))
    var window = 60.0
    @Option(
        help: ArgumentHelp("Keeps everything over restarts.", valueName: "file"), completion: .file())
    var data: String?
    @Flag var temper: Temper = .unkind
    @Option(help: ArgumentHelp("How long lists and searches lag, when unkind.", valueName: "seconds"))
    var searchLag = 2.0
    @Option(help: ArgumentHelp("Of the gaps between ids and of random faults.", valueName: "n"))
    var seed: UInt64 = 1
    @OptionGroup var log: LogOptions

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port must be between 0 and 65535.") }
        guard limit > 0 else { throw ValidationError("--limit must be at least 1.") }
        guard window > 0, window <= 86_400 else { throw ValidationError("--window must be above 0 and at most a day.") }
        guard searchLag >= 0, searchLag <= 3600 else {
            throw ValidationError("--search-lag must be between 0 and 3600.")
        }
        _ = try tokens()
    }

    private func tokens() throws -> [EmulatorToken] {
        do { return try token.map { try EmulatorToken(parsing: $0) } } catch {
            throw ValidationError("--token: \(error)")
        }
    }

    func run() async throws {
        let tokens = try tokens()
        if tokens.isEmpty { Output.note("without --token every call is answered with 401") }
        let options = EmulatorOptions(
            host: host, port: port, domain: domain, tokens: tokens, limit: limit, windowSeconds: window,
            dataFile: data, unkind: temper == .unkind, searchLagSeconds: searchLag, seed: seed)
        let host = host.contains(":") ? "[\(host)]" : host
        let server = EmulatorServer(options: options, logger: log.logger("emulator")) { port in
            try? Output.data("listening on http://\(host):\(port)")
        }
        do { try await server.run(stopsOnSignals: true) } catch {
            throw RunError(.unreachable, "the emulator can't listen on \(host):\(port): \(error)")
        }
    }
}
