import Foundation
import Glibc
import Synchronization

/// A server of a few bytes: reads one request of each connection, writes a fixed text, and closes or does not.
final class RawServer: Sendable {
    struct Failure: Error {}

    let port: UInt16
    private let descriptor: Int32
    private let state = Mutex<(requests: [String], connections: [Int32])>(([], []))

    var url: String { "http://127.0.0.1:\(port)/" }
    var requests: [String] { state.withLock { $0.requests } }

    init(closes: Bool = true, resets: Bool = false, answer: @escaping @Sendable () -> String) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                unsafe bind(descriptor, raw, length) == 0 && listen(descriptor, 16) == 0
                    && getsockname(descriptor, raw, &length) == 0
            }
        }
        self.descriptor = descriptor
        guard bound else { throw Failure() }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [weak self] in
            while case let connection = accept(descriptor, nil, nil), connection >= 0 {
                guard let self else {
                    close(connection)
                    return
                }
                self.serve(connection, closes, resets, answer())
            }
            // Closed here and not in `deinit`: the number could name another server's socket by the next `accept`.
            close(descriptor)
        }
    }

    deinit {
        // Ends the thread's `accept` and refuses what comes next.
        shutdown(descriptor, Int32(SHUT_RDWR))
        state.withLock { for connection in $0.connections { close(connection) } }
    }

    private func serve(_ connection: Int32, _ closes: Bool, _ resets: Bool, _ answer: String) {
        var bytes = [UInt8](repeating: 0, count: 65536)
        var count = 0
        // Head and body may come apart.
        repeat {
            let more = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe recv(connection, buffer.baseAddress?.advanced(by: count), buffer.count - count, 0)
            }
            if more <= 0 { break }
            count += more
        } while !Self.isWhole(bytes[..<count])
        state.withLock { $0.requests.append(String(decoding: bytes[..<count], as: UTF8.self)) }
        let text = Array(answer.utf8)
        _ = unsafe text.withUnsafeBytes { unsafe send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        if resets {
            var linger = linger(l_onoff: 1, l_linger: 0)
            _ = unsafe setsockopt(
                connection, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
        }
        if closes || resets {
            close(connection)
        } else {
            state.withLock { $0.connections.append(connection) }
        }
    }

    private static func isWhole(_ bytes: ArraySlice<UInt8>) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.first.map({ $0.isLetter }) == true else { return true }
        guard let end = text.range(of: "\r\n\r\n") else { return false }
        let length = text.lowercased().range(of: "content-length: ").map {
            text[$0.upperBound...].prefix { $0.isNumber }
        }
        return text[end.upperBound...].utf8.count >= (length.flatMap { Int($0) } ?? 0)
    }
}
