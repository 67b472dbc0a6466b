internal import CKernels

/// The heaps that threads take memory from.
public enum Arenas {
    /// Keeps one for each thread that can run at once, and one for the first thread, before there are more. There may be
    /// eight times as many otherwise, and each keeps for itself what it has been given back, up to 16 MB at its end; with
    /// fewer, threads wait for each other.
    public static func bound(processors: Int) { dockhand_set_arenas(Int32(truncatingIfNeeded: processors + 1)) }
}
