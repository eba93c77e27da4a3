internal import Riposte

/// What a server said, fit to be shown: one line, not long, and without our password, which a lying server may know and repeat.
enum ServerText {
    static func shown(_ text: String, withholding secret: SecretValue?) -> String {
        var text = text
        if let secret { text = text.replacing(secret.revealed, with: "<redacted>") }
        let line = text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }
        let words = String(String.UnicodeScalarView(line)).split(separator: " ").joined(separator: " ")
        return words.utf8.count <= 200 ? words : String(words.prefix(200)) + "…"
    }
}

/// An array of C strings that lasts as long as `body`.
func withCStrings<Result>(
    _ texts: [String?], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) throws -> Result
) rethrows -> Result {
    let copies = texts.map { $0.map { Array($0.utf8CString) } }
    let sizes = copies.map { $0?.count ?? 0 }
    return try copies.compactMap(\.self).flatMap(\.self).withUnsafeBufferPointer { all in
        var start = 0
        let pointers = sizes.map { size -> UnsafePointer<CChar>? in
            defer { start += size }
            return size == 0 ? nil : all.baseAddress.map { $0 + start }
        }
        return try pointers.withUnsafeBufferPointer { try body($0.baseAddress) }
    }
}
