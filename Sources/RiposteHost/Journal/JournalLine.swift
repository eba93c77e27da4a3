internal import Riposte

/// One entry of the journal, and the line it becomes: `2026-11-21T07:01:02.123456Z host sshd[7]: message`.
///
/// What a program wrote cannot make a second line or another header: in the message every control byte becomes `#` and
/// its octal number, as rsyslog writes it (a line end is `#012`), and in the names what could end them becomes `_`.
struct JournalLine {
    var realtime: Timestamp
    var host: [UInt8]
    var identifier: [UInt8]
    var processID: [UInt8]
    var message: [UInt8]

    /// Appends the line with its line end.
    func append(to bytes: inout [UInt8]) {
        bytes += Self.time(realtime).utf8
        bytes.append(space)
        Self.appendName(host, to: &bytes)
        bytes.append(space)
        Self.appendName(identifier, to: &bytes)
        if !processID.isEmpty, processID.allSatisfy({ (0x30...0x39).contains($0) }) {
            bytes += [UInt8(ascii: "[")] + processID + [UInt8(ascii: "]")]
        }
        bytes += ": ".utf8
        Self.appendMessage(message, to: &bytes)
        bytes.append(0x0A)
    }

    /// RFC 3339 with six digits behind the second, always.
    static func time(_ time: Timestamp) -> String {
        var text = time.description
        text.removeLast()
        let fraction = text.firstIndex(of: ".").map { text.distance(from: $0, to: text.endIndex) - 1 }
        if fraction == nil { text += "." }
        return text + String(repeating: "0", count: 6 - min(fraction ?? 0, 6)) + "Z"
    }

    private static func appendName(_ name: [UInt8], to bytes: inout [UInt8]) {
        if name.isEmpty { bytes.append(UInt8(ascii: "-")) }
        for byte in name.prefix(255) {
            let isPlain = byte > space && byte != 0x7F && !"[]:".utf8.contains(byte)
            bytes.append(isPlain ? byte : UInt8(ascii: "_"))
        }
    }

    private static func appendMessage(_ message: [UInt8], to bytes: inout [UInt8]) {
        for byte in message {
            if byte < space || byte == 0x7F {
                bytes.append(UInt8(ascii: "#"))
                for shift in [6, 3, 0] as [UInt8] { bytes.append(0x30 + (byte >> shift & 7)) }
            } else {
                bytes.append(byte)
            }
        }
    }
}

private let space: UInt8 = 0x20
