import Formats
import Records
import Synchronization

/// What is done with a source's blocks: something anywhere, at any time, and something in their order.
protocol BlockWork: Sendable {
    /// What comes of a block before its turn.
    associatedtype Made: Sendable

    /// Works on one block alone; called on any thread, in any order.
    func make(_ block: consuming SourceBlock) throws -> Made

    /// Takes what came of the next block; called in the blocks' order, one at a time. False ends the reading.
    func take(_ made: Made) throws -> Bool
}

/// Reads a source with as many workers as there are processors.
///
/// Each worker cuts a block, which only one can do at a time, works on it, and hands over all that is ready in order,
/// which again only one does at a time. Nobody waits for his turn: what is not next is left for whoever brings the one
/// before it. Only who would run too far ahead is held up, so that a bounded number of blocks is held.
final class ParallelBlocks<Work: BlockWork>: Sendable {
    private let work: Work
    private let workers: Int
    private let cutter: Mutex<BlockCutter>
    private let order: BlockOrder<Work.Made>

    /// - Parameter workers: how many read at once; `nil` for one a processor.
    init(_ source: SourceDefinition, work: Work, workers: Int?) throws {
        self.work = work
        self.workers = max(1, workers ?? Processors.count)
        cutter = Mutex(BlockCutter(reader: try SourceReader(source)))
        order = BlockOrder(inFlightMax: self.workers + 2)
    }

    /// Reads until the source ends, the work has enough, or something fails; what comes before a failure is taken.
    func run() async throws {
        await withTaskGroup { group in
            for _ in 0..<workers { group.addTask { await self.runWorker() } }
        }
        if let failure = order.failure { throw failure }
        try Task.checkCancellation()
    }

    @concurrent
    private func runWorker() async {
        while await order.hasRoom() {
            if Task.isCancelled { return order.end() }
            guard let cut = cutter.withLock({ $0.next() }) else { return order.leave() }
            let number = cut.number
            order.hand(over: made(of: cut), number: number) { try self.work.take($0) }
        }
    }

    private func made(of cut: consuming CutBlock) -> Result<Work.Made, any Error> {
        do { return .success(try work.make(try cut.block.get())) } catch { return .failure(error) }
    }
}

/// A block and its number, or why there is none.
private struct CutBlock: ~Copyable {
    let number: Int
    let block: Result<SourceBlock, any Error>
}

/// Cuts a source into numbered blocks.
private struct BlockCutter: ~Copyable {
    var reader: SourceReader
    private var number = 0
    private var isAtEnd = false

    init(reader: consuming SourceReader) { self.reader = reader }

    /// The next block, or why there is none; `nil` once nothing follows.
    mutating func next() -> CutBlock? {
        if isAtEnd { return nil }
        defer { number += 1 }
        do {
            guard let block = try reader.nextBlock() else {
                isAtEnd = true
                return nil
            }
            return CutBlock(number: number, block: .success(block))
        } catch {
            isAtEnd = true
            return CutBlock(number: number, block: .failure(error))
        }
    }
}

/// Lets blocks through in the order of their numbers, whoever brings them when.
final class BlockOrder<Made: Sendable>: Sendable {
    fileprivate struct State {
        var next = 0
        var ready: [Int: Result<Made, any Error>] = [:]
        /// Somebody is taking the blocks that are next.
        var isTaking = false
        var inFlight = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
        var isEnded = false
        var failure: (any Error)?
    }

    private let state = Mutex(State())
    private let inFlightMax: Int

    /// - Parameter inFlightMax: most blocks that are cut and not yet taken.
    init(inFlightMax: Int) { self.inFlightMax = inFlightMax }

    /// The first failure in the order of the blocks.
    var failure: (any Error)? { state.withLock { $0.failure } }

    /// Waits until another block may be cut; false when none shall be.
    func hasRoom() async -> Bool {
        if let isEnded = enter() { return !isEnded }
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if !state.isEnded, state.inFlight >= inFlightMax {
                    state.waiting.append(continuation)
                    return false
                }
                state.inFlight += 1
                return true
            }
            if isFree { continuation.resume() }
        }
        return state.withLock { !$0.isEnded }
    }

    private func enter() -> Bool? {
        state.withLock { state in
            if state.isEnded { return true }
            if state.inFlight >= inFlightMax { return nil }
            state.inFlight += 1
            return false
        }
    }

    /// Gives the room back without a block.
    func leave() { state.withLock { $0.release() }?.resume() }

    /// Ends the reading; blocks that are not taken yet are dropped.
    func end() {
        let waiting = state.withLock { $0.end() }
        for continuation in waiting { continuation.resume() }
    }

    /// Brings what came of a block, and takes everything whose turn it is.
    func hand(over made: Result<Made, any Error>, number: Int, take: (Made) throws -> Bool) {
        state.withLock { $0.ready[number] = made }
        while let next = state.withLock({ $0.takeNext() }) {
            var isWanted = true
            var failure: (any Error)?
            do { isWanted = try take(try next.get()) } catch { failure = error }
            let waiting = state.withLock { state in
                state.isTaking = false
                if failure != nil { state.failure = failure }
                if failure != nil || !isWanted { return state.end() }
                return [state.release()].compactMap(\.self)
            }
            for continuation in waiting { continuation.resume() }
        }
    }
}

extension BlockOrder.State {
    /// The block whose turn it is, if it is there and nobody is at it.
    fileprivate mutating func takeNext() -> Result<Made, any Error>? {
        guard !isTaking, !isEnded, let made = ready.removeValue(forKey: next) else { return nil }
        isTaking = true
        next += 1
        return made
    }

    /// Frees a place, or gives it to who has waited longest.
    fileprivate mutating func release() -> CheckedContinuation<Void, Never>? {
        if !waiting.isEmpty { return waiting.removeFirst() }
        inFlight -= 1
        return nil
    }

    fileprivate mutating func end() -> [CheckedContinuation<Void, Never>] {
        isEnded = true
        ready = [:]
        defer { waiting = [] }
        return waiting
    }
}
