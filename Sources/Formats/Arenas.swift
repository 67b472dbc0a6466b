internal import CKernels

/// The heaps that threads take memory from.
public enum Arenas {
    /// Keeps as many as threads can run at once, before there are more. There may be eight times as many otherwise, and
    /// each keeps for itself what it has been given back.
    public static func bound(processors: Int) { dockhand_bound_arenas(Int32(truncatingIfNeeded: max(2, processors))) }
}
