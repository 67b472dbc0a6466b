internal import CKernels

/// The heaps that threads take memory from.
public enum Arenas {
    /// Has them keep what they are given back, up to 16 MB at the end of each, since the memory of blocks is used again and
    /// again; and keeps one for each thread that can run at once, and one for the first thread, before there are more. There may be
    /// eight times as many otherwise; with fewer, threads wait for each other.
    public static func set(processors: Int) { dockhand_set_arenas(Int32(truncatingIfNeeded: processors + 1)) }
}
