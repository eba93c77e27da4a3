import Glibc
internal import Riposte

/// Wakes a thread that waits in `poll`, once and for good: a source is woken to end.
final class WakeUp: Sendable {
    private let readEnd: OwnedDescriptor
    private let writeEnd: OwnedDescriptor

    init() throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw SourceError(errno: errno, doing: "make a pipe") }
        readEnd = OwnedDescriptor(ends[0])
        writeEnd = OwnedDescriptor(ends[1])
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
    }

    /// Makes every present and later wait return `false`. Never blocks; may be called from any thread.
    func signal() {
        var byte: UInt8 = 1
        _ = write(writeEnd.raw, &byte, 1)
    }

    /// Waits until `descriptor` can be read, `timeout` is over, or somebody signals.
    ///
    /// - Returns: whether the caller should go on; `false` once ``signal()`` was called.
    func wait(for descriptor: Int32?, timeout: Duration?) throws -> Bool {
        var polled = [pollfd(fd: readEnd.raw, events: Int16(POLLIN), revents: 0)]
        if let descriptor { polled.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)) }
        let milliseconds = timeout.map { Int32(clamping: max($0.microseconds / 1000, 0)) } ?? -1
        while poll(&polled, nfds_t(polled.count), milliseconds) < 0 {
            guard errno == EINTR else { throw SourceError(errno: errno, doing: "wait") }
        }
        return polled[0].revents == 0
    }

    /// Whether nobody has signalled yet.
    var isQuiet: Bool { get throws { try wait(for: nil, timeout: .zero) } }
}
