/// Where the token is read from, again whenever Salesdock stops accepting it.
public enum TokenSource: Sendable, Hashable {
    /// A variable of the environment.
    case environment(name: String)
    /// A file that holds the token and perhaps a line break.
    case file(path: String)
    /// A program whose standard output is the token; the first word is the program.
    case command([String])

    /// Longest time a command may take.
    public static let commandTimeout = Duration.seconds(30)

    /// Reads the token.
    /// - Parameters:
    ///   - environment: what `.environment` looks in, and what a command gets.
    ///   - isStopping: asked while a command runs, which is killed once the answer is yes.
    /// - Throws: `token`, saying what is missing where; `cancelled` when a stop was asked for meanwhile.
    public func read(
        environment: [String: String], timeout: Duration = commandTimeout,
        isStopping: @escaping @Sendable () -> Bool = { false }
    ) async throws(SalesdockError) -> Token {
        switch self {
        case .environment(let name): try Self.read(variable: name, environment)
        case .file(let path): try Self.read(file: path)
        case .command(let words):
            try await Self.token(
                TokenCommand(
                    words: words, environment: environment, timeout: timeout, isStopping: isStopping
                ).run(),
                origin: "The output of '\(words.first ?? "")'")
        }
    }

    private static func read(variable name: String, _ environment: [String: String]) throws(SalesdockError) -> Token {
        guard let value = environment[name], !value.isEmpty else {
            throw SalesdockError(
                .token, "The environment variable \(name) is not set, and the token is to be read from it.",
                remedy: "Set it, or name a file or command in the connection's 'token'.")
        }
        return try token(value, origin: "The environment variable \(name)")
    }

    private static func read(file path: String) throws(SalesdockError) -> Token {
        let bytes: [UInt8]?
        do {
            bytes = try POSIXFile.read(path, bytesMax: 2 * Token.bytesMax)
        } catch {
            throw SalesdockError(.token, "The token's file can not be read: \(error).", cause: error)
        }
        guard let bytes else {
            throw SalesdockError(.token, "The token's file \(path) does not exist.")
        }
        return try token(String(decoding: bytes, as: UTF8.self), origin: "The file \(path)")
    }

    /// Drops line breaks at the end, which editors and `echo` add.
    private static func token(_ text: String, origin: String) throws(SalesdockError) -> Token {
        var scalars = text.unicodeScalars[...]
        while let last = scalars.last, last == "\n" || last == "\r" { scalars.removeLast() }
        do {
            return try Token(String(scalars))
        } catch {
            throw SalesdockError(.token, "\(origin) holds no token: \(error.message)", remedy: error.remedy)
        }
    }
}
