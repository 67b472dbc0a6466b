import Glibc
import Properties

/// The property that `DOCKHAND_FUZZ_PROPERTY` names.
private let property: Property = {
    let name = unsafe getenv("DOCKHAND_FUZZ_PROPERTY").map { unsafe String(cString: $0) }
    guard let property = Property.all.first(where: { $0.name == name }) else {
        preconditionFailure("set DOCKHAND_FUZZ_PROPERTY to one of \(Property.all.map(\.name))")
    }
    return property
}()

/// What libFuzzer calls with every input. A property that does not hold ends the process, and the input is kept.
@c public func LLVMFuzzerTestOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    // Safe because libFuzzer owns the bytes for the length of the call, and they are copied here.
    let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
    do {
        try property.check(bytes)
    } catch {
        // What a failed precondition says is lost in an optimised build.
        let message = Array("\(property.name) does not hold: \(error)\n".utf8)
        _ = unsafe message.withUnsafeBytes { unsafe write(2, $0.baseAddress, $0.count) }
        abort()
    }
    return 0
}
