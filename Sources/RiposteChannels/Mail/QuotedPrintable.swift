/// Text as mail carries it (RFC 2045, section 6.7): ASCII, lines of at most 76 characters, every line end CR LF.
enum QuotedPrintable {
    static func encoded(_ text: String) -> String {
        // A CR LF is one Character, and so is no "\n".
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
        return lines.map(line).joined(separator: "\r\n")
    }

    private static func line(_ text: Substring) -> String {
        let bytes = Array(text.utf8)
        var (lines, line) = ("", "")
        for (index, byte) in bytes.enumerated() {
            let piece = piece(byte, isFirst: index == 0, isLast: index == bytes.count - 1)
            if line.utf8.count + piece.utf8.count > 75 {
                lines += line + "=\r\n"
                line = ""
            }
            line += piece
        }
        return lines + line
    }

    /// A blank at a line's end may get lost on the way; a dot or an F at its beginning means something to some.
    private static func piece(_ byte: UInt8, isFirst: Bool, isLast: Bool) -> String {
        let isBlank = byte == 0x20 || byte == 0x09
        let isPlain = (0x21...0x7E).contains(byte) && byte != 0x3D && !(isFirst && (byte == 0x2E || byte == 0x46))
        if isPlain || (isBlank && !isLast) { return String(UnicodeScalar(byte)) }
        let digits = String(byte, radix: 16, uppercase: true)
        return "=" + (digits.count == 1 ? "0" : "") + digits
    }
}
