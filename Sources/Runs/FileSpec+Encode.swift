import Foundation
import Pipelines

extension FileSpec {
    /// The content as the value that is sent.
    func encode(_ bytes: [UInt8]) -> String {
        switch encoding {
        case .base64: Data(bytes).base64EncodedString()
        case .text: String(decoding: bytes, as: UTF8.self)
        }
    }
}
