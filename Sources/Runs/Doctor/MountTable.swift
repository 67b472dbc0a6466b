/// Reads the system's table of mounted file systems.
public enum MountTable {
    /// Kinds of file system that are another machine's.
    private static let remoteKinds: Set<Substring> = [
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "glusterfs", "fuse.sshfs", "fuse.glusterfs", "lustre",
    ]

    /// Whether a path is on another machine's disk.
    ///
    /// - Parameters:
    ///   - path: from the root, without links.
    ///   - mounts: the text of `/proc/self/mounts`.
    public static func isRemote(_ path: String, mounts: String) -> Bool {
        var nearest: (point: String, kind: Substring)?
        for line in mounts.split(whereSeparator: \.isNewline) {
            let words = line.split(separator: " ")
            guard words.count >= 3 else { continue }
            let point = String(words[1].replacing("\\040", with: " "))
            let isAbove = point == "/" || path == point || path.hasPrefix(point + "/")
            // A later mount on one point hides the earlier.
            if isAbove, point.count >= nearest?.point.count ?? 0 { nearest = (point, words[2]) }
        }
        return nearest.map { remoteKinds.contains($0.kind) } ?? false
    }
}
