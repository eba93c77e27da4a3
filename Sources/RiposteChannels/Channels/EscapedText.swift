/// Text on its way to where some characters mean something.
enum EscapedText {
    /// `text`, each scalar as `piece` writes it, cut to `limit` UTF-16 units (the longest way to count that a limit may mean)
    /// with `…` at its end. What stands for one scalar is never cut in two.
    static func cut(_ text: String, limit: Int, ellipsis: String = "…", piece: (Unicode.Scalar) -> String = { String($0) }) -> String {
        var result = ""
        var length = 0
        var beforeEllipsis: String?  // the longest start that leaves room for it
        for scalar in text.unicodeScalars {
            let piece = piece(scalar)
            length += piece.utf16.count
            if beforeEllipsis == nil, length > limit - ellipsis.utf16.count { beforeEllipsis = result }
            guard length <= limit else { return (beforeEllipsis ?? "") + ellipsis }
            result += piece
        }
        return result
    }
}
