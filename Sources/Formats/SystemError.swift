internal import Glibc

/// The operating system's words for an error number, such as `No such file or directory`.
func systemMessage(_ code: Int32) -> String {
    // Safe because glibc's strerror returns a string that is constant or owned by this thread until its next call.
    guard let text = unsafe strerror(code) else { return "error \(code)" }
    return unsafe String(cString: text)
}
