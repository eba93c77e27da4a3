#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A thread for work that waits in C, which must not hold up Swift's own threads.
package enum OwnThread {
    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }

        /// Signals are blocked: one meant for the program must not end up here, nor may one that a broken connection
        /// raises end the program.
        func run() {
            var all = sigset_t()
            sigfillset(&all)
            pthread_sigmask(SIG_BLOCK, &all, nil)
            body()
        }
    }

    /// Runs `body` on a new thread that nobody joins; `false` where there can be none.
    package static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
        let work = Unmanaged.passRetained(Work(body))
        guard create(work.toOpaque()) else {
            work.release()
            return false
        }
        return true
    }

    #if canImport(Darwin)
    private static func create(_ work: UnsafeMutableRawPointer) -> Bool {
        var thread: pthread_t?
        let code = pthread_create(&thread, nil, { OwnThread.run($0) }, work)
        if let thread, code == 0 { pthread_detach(thread) }
        return code == 0
    }
    #else
    private static func create(_ work: UnsafeMutableRawPointer) -> Bool {
        var thread = pthread_t()
        let code = pthread_create(&thread, nil, { $0.flatMap { OwnThread.run($0) } }, work)
        if code == 0 { pthread_detach(thread) }
        return code == 0
    }
    #endif

    private static func run(_ work: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
        Unmanaged<Work>.fromOpaque(work).takeRetainedValue().run()
        return nil
    }
}
