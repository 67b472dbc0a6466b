internal import Foundation

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// Runs the program that prints the token. Its standard error may be quoted, its standard output never.
struct TokenCommand: Sendable {
    /// Most bytes read of either output; what comes after is dropped.
    static let outputMax = 65536

    let words: [String]
    let environment: [String: String]
    let timeout: Duration
    /// Asked while the program runs; it is killed once the answer is yes.
    let isStopping: @Sendable () -> Bool

    /// Longest time that a stop may go unnoticed.
    private static let patience = Duration.milliseconds(50)

    /// The program's standard output.
    ///
    /// - Throws: `cancelled` when a stop was asked for meanwhile; otherwise `token`.
    func run() async throws(SalesdockError) -> String {
        guard let name = words.first, !name.isEmpty else {
            throw SalesdockError(.token, "The command that prints the token is empty.")
        }
        // A thread of its own: waiting for a program would hold up a thread that tasks share.
        let result: Result<String, SalesdockError> = await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: runBlocking(name)) }
        }
        return try result.get()
    }

    private func runBlocking(_ name: String) -> Result<String, SalesdockError> {
        let process = Process()
        let (output, errors) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["--"] + words
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        let finished = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in finished.signal() }
        do {
            try process.run()
        } catch {
            return .failure(SalesdockError(.token, "The token's command '\(name)' can not be started.", cause: error))
        }
        var reader = PipeReader([
            output.fileHandleForReading.fileDescriptor, errors.fileHandleForReading.fileDescriptor,
        ])
        let deadline = SystemClock.now + timeout
        var hasEnded = false
        while !hasEnded {
            let isOver = SystemClock.now >= deadline
            if isOver || isStopping() {
                kill(process.processIdentifier, SIGKILL)
                let error =
                    isOver
                    ? SalesdockError(.token, "The token's command '\(name)' did not end within \(timeout).")
                    : SalesdockError(.cancelled, "The token's command '\(name)' was interrupted.")
                return .failure(error)
            }
            let turn = min(deadline, SystemClock.now + Self.patience)
            let left = { Int(Swift.max(turn - SystemClock.now, .milliseconds(1)).wholeNanoseconds) }
            hasEnded = reader.read(until: turn) && finished.wait(timeout: .now() + .nanoseconds(left())) == .success
        }
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            return .failure(failure(name, process.terminationStatus, reader.texts))
        }
        return .success(String(decoding: reader.texts[0], as: UTF8.self))
    }

    /// - Parameter texts: the standard output, which may be the token, and the standard error, which may repeat it.
    private func failure(_ name: String, _ status: Int32, _ texts: [[UInt8]]) -> SalesdockError {
        let printed = String(decoding: texts[0], as: UTF8.self).split(whereSeparator: \.isWhitespace)
        let errors = printed.reduce(String(decoding: texts[1], as: UTF8.self)) { text, word in
            (try? Token(String(word)))?.removed(from: text) ?? text
        }
        let said = APIProblem.oneLine(errors, max: 300)
        return SalesdockError(
            .token,
            "The token's command '\(name)' failed with status \(status)" + (said.isEmpty ? "." : ", saying: \(said)"),
            remedy: "Run it by hand; it must print the token and nothing else.")
    }
}

private enum SystemClock {
    static var now: BootTime { SystemTime.bootTime }
}

/// Reads several pipes at once, so that a program that fills one of them does not wait for the other forever.
private struct PipeReader {
    private var descriptors: [pollfd]
    private(set) var texts: [[UInt8]]

    init(_ files: [Int32]) {
        descriptors = files.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        texts = files.map { _ in [] }
    }

    /// Reads to the end of all; `false` when the deadline came first.
    mutating func read(until deadline: BootTime) -> Bool {
        var chunk = [UInt8](repeating: 0, count: 4096)
        while descriptors.contains(where: { $0.fd >= 0 }) {
            let left = deadline - SystemClock.now
            if left <= .zero { return false }
            let milliseconds = Int32(clamping: left.wholeNanoseconds / 1_000_000 + 1)
            let ready = unsafe poll(&descriptors, nfds_t(descriptors.count), milliseconds)
            if ready < 0, errno != EINTR { return false }
            if ready <= 0 { continue }
            for place in descriptors.indices where descriptors[place].revents != 0 {
                let count = POSIXFile.read(descriptors[place].fd, &chunk)
                if count > 0 {
                    texts[place] += chunk[..<Swift.min(count, TokenCommand.outputMax - texts[place].count)]
                } else if count == 0 || errno != EINTR {
                    descriptors[place].fd = -1
                }
            }
        }
        return true
    }
}
