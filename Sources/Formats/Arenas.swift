internal import CKernels

/// The heaps that threads take memory from.
public enum Arenas {
    /// Has them keep what they are given back, up to 16 MB each, since the memory of blocks is used again and again; what is
    /// greater than 4 MB comes from the system and goes back to it. There may be one for each thread that can run at once,
    /// and one for the first thread: with fewer, threads wait for each other.
    public static func configure(processors: Int) { dockhand_set_arenas(Int32(truncatingIfNeeded: processors + 1)) }
}
