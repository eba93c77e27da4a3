/// A request's path in the one spelling that paths are compared in.
enum RequestPath {
    /// Without query and fragment, percent-decoded once, with single slashes and none at the end: what a server makes of
    /// `//Login/%2e`-like spellings before it routes, as far as it is the same everywhere. Case is kept.
    static func normal(_ path: String) -> String {
        var bytes: [UInt8] = []
        let text = Array(path.utf8.prefix { $0 != 0x3F && $0 != 0x23 })
        var index = 0
        while index < text.count {
            var byte = text[index]
            if byte == 0x25, index + 2 < text.count, let high = hexDigit(text[index + 1]), let low = hexDigit(text[index + 2]) {
                byte = high << 4 | low
                index += 2
            }
            if byte != 0x2F || bytes.last != 0x2F { bytes.append(byte) }
            index += 1
        }
        if bytes.count > 1, bytes.last == 0x2F { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
