import Foundation
import TestSupport
import Testing

/// The kept inputs of one property, and the words of its language.
struct CaseFolder {
    private static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    private let name: String

    init(_ name: String) { self.name = name }

    /// Every input by the name of its file; there is at least one.
    func cases() throws -> [(file: String, bytes: [UInt8])] {
        let folder = Self.tests.appendingPathComponent("PropertiesTests/Cases/\(name)")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        try #require(!files.isEmpty)
        return try files.map { ($0, Array(try Data(contentsOf: folder.appendingPathComponent($0)))) }
    }

    /// The fuzzer's dictionary: a quoted word a line, with `\xNN` for a byte.
    func words() throws -> [[UInt8]] {
        let path = Self.tests.appendingPathComponent("Fuzz/Dictionaries/\(name).dict")
        return try String(contentsOf: path, encoding: .utf8).split(separator: "\n").map { line in
            var word: [UInt8] = []
            var rest = Array(line.utf8.dropFirst().dropLast())[...]
            while let byte = rest.first {
                let isEscape = rest.starts(with: Array("\\x".utf8))
                let digits = String(decoding: rest.dropFirst(2).prefix(2), as: UTF8.self)
                word.append(isEscape ? UInt8(digits, radix: 16) ?? byte : byte)
                rest = rest.dropFirst(isEscape ? 4 : 1)
            }
            return word
        }
    }
}

/// Inputs that resemble the cases: pieces of them with words put in, bytes changed and other choices in front.
struct InputMaker {
    private let cases: [[UInt8]]
    private let words: [[UInt8]]
    private var random: SeededRNG

    init(_ folder: CaseFolder, seed: UInt64) throws {
        cases = try folder.cases().map(\.bytes)
        words = try folder.words()
        random = SeededRNG(seed: seed)
    }

    mutating func next() -> [UInt8] {
        var bytes = cases.randomElement(using: &random) ?? []
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let place = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes.insert(contentsOf: words.randomElement(using: &random) ?? [], at: place)
            case 1: bytes.insert(contentsOf: slice(of: cases.randomElement(using: &random) ?? []), at: place)
            case 2: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 0...9, using: &random)))
            case 3: if place < bytes.count { bytes[place] = UInt8.random(in: 0...255, using: &random) }
            default:
                // The first bytes choose dialect, encoding and cutting.
                for index in bytes.indices.prefix(11) where Int.random(in: 0..<3, using: &random) == 0 {
                    bytes[index] = UInt8.random(in: 0...9, using: &random)
                }
            }
        }
        return bytes
    }

    private mutating func slice(of bytes: [UInt8]) -> ArraySlice<UInt8> {
        let start = Int.random(in: 0...bytes.count, using: &random)
        return bytes[start...].prefix(Int.random(in: 0...60, using: &random))
    }
}
