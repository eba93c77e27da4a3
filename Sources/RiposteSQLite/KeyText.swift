internal import GRDB
internal import Riposte

/// Text from outside as a column: GRDB hands text to SQLite as a C string, which ends at a NUL, so that `alice` and
/// `alice\0x` would be one account. A NUL is therefore written `\0`, and a backslash twice.
struct KeyText: Sendable, Hashable, DatabaseValueConvertible {
    let text: String

    init(_ text: String) { self.text = text }
    init(_ name: some OpenName) { text = name.rawValue }

    var databaseValue: DatabaseValue {
        guard text.utf8.contains(where: { $0 == 0 || $0 == 0x5C }) else { return text.databaseValue }
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0: bytes += [0x5C, 0x30]
            case 0x5C: bytes += [0x5C, 0x5C]
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self).databaseValue
    }

    static func fromDatabaseValue(_ value: DatabaseValue) -> KeyText? {
        guard let written = String.fromDatabaseValue(value) else { return nil }
        guard written.utf8.contains(0x5C) else { return KeyText(written) }
        var bytes: [UInt8] = []
        var isEscaped = false
        for byte in written.utf8 {
            if isEscaped {
                bytes.append(byte == 0x30 ? 0 : byte)
                isEscaped = false
            } else if byte == 0x5C {
                isEscaped = true
            } else {
                bytes.append(byte)
            }
        }
        return KeyText(String(decoding: bytes, as: UTF8.self))
    }
}
