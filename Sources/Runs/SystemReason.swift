import Foundation

/// The operating system's words for what went wrong with a file, without the domain and code of whoever reported it.
public enum SystemReason {
    /// Such as `Permission denied`.
    public static func text(of error: any Error) -> String {
        let error = error as NSError
        if error.domain == NSPOSIXErrorDomain { return text(ofPOSIX: Int32(truncatingIfNeeded: error.code)) }
        if let cause = error.userInfo[NSUnderlyingErrorKey] as? any Error { return text(of: cause) }
        switch (error.domain, CocoaError.Code(rawValue: error.code)) {
        case (NSCocoaErrorDomain, .fileNoSuchFile), (NSCocoaErrorDomain, .fileReadNoSuchFile):
            return text(ofPOSIX: ENOENT)
        case (NSCocoaErrorDomain, .fileReadNoPermission), (NSCocoaErrorDomain, .fileWriteNoPermission):
            return text(ofPOSIX: EACCES)
        case (NSCocoaErrorDomain, .fileWriteOutOfSpace): return text(ofPOSIX: ENOSPC)
        case (NSCocoaErrorDomain, .fileWriteFileExists): return text(ofPOSIX: EEXIST)
        case (NSCocoaErrorDomain, .fileWriteVolumeReadOnly): return text(ofPOSIX: EROFS)
        default: return "the system refused"
        }
    }

    static func text(ofPOSIX code: Int32) -> String {
        // Safe because glibc's strerror returns a string that is constant or owned by this thread until its next call.
        guard let text = unsafe strerror(code) else { return "error \(code)" }
        return unsafe String(cString: text)
    }

    /// Whether an error is one of Foundation's about a file; those of our own speak for themselves.
    static func isForeign(_ error: any Error) -> Bool {
        error is CocoaError || error is POSIXError || type(of: error) is NSError.Type
    }

    /// The file that an error is about, if it says so.
    static func path(of error: any Error) -> String? { (error as NSError).userInfo[NSFilePathErrorKey] as? String }
}
