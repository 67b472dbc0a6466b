internal import CKernels

/// The machine's processors.
public enum Processors {
    /// How many this process may use, at least one: as many as it may run on, or as its container's share of their time
    /// comes to. Asked once, since part of the answer is read from files.
    public static let count = max(1, min(Int(dockhand_processors()), share ?? .max))

    /// Processors' worth of time by the control group, rounded up; `nil` without a limit.
    private static var share: Int? {
        if let both = text("/sys/fs/cgroup/cpu.max") { return share(of: both) }
        guard let quota = text("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"),
            let period = text("/sys/fs/cgroup/cpu/cpu.cfs_period_us")
        else { return nil }
        return share(of: quota + " " + period)
    }

    /// Of a quota and a period in microseconds; there is none where the quota is `max` or −1.
    static func share(of text: String) -> Int? {
        let parts = text.split(whereSeparator: \.isWhitespace)
        guard parts.count == 2, let quota = Int(parts[0]), let period = Int(parts[1]), quota > 0, period > 0 else {
            return nil
        }
        return (quota + period - 1) / period
    }

    private static func text(_ path: String) -> String? {
        var bytes: [UInt8] = []
        guard var file = try? FileBytes(path: path), (try? file.read(into: &bytes, max: 64)) != nil else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
