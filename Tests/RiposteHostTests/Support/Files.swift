import FoundationEssentials
import Glibc

func writeBytes(_ bytes: [UInt8], to path: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    defer { close(descriptor) }
    guard write(descriptor, bytes, bytes.count) == bytes.count else { throw TemporaryFolder.Failure(path) }
}

/// Sets the time of the last change to `seconds` from now.
func setModified(_ path: String, seconds: Int) {
    let time = timespec(tv_sec: Glibc.time(nil) + seconds, tv_nsec: 0)
    let times = [time, time]
    utimensat(AT_FDCWD, path, times, 0)
}

/// As a store keeps things.
enum JSON {
    static func encode(_ value: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }

    static func decode<Value: Decodable>(_ type: Value.Type, from text: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}
