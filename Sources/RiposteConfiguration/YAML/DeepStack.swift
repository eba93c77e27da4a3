#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Runs work on a thread of its own with a stack that is deep enough for it.
///
/// The YAML parser calls itself for each level of nesting, up to 1,000 levels, and a thread of a pool may have as little as
/// 128 KiB (musl) or 512 KiB (Darwin): measured, 900 levels overflow 512 KiB.
enum DeepStack {
    private static let bytes = 16 << 20

    /// Runs `body` to its end and returns what it returns. Where the system has no thread to give, it runs here.
    static func run<Value>(_ body: @escaping () -> Value) -> Value {
        let work = Work(body)
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, bytes)
        if !start(&attributes, work.run) { work.run() }
        return work.value ?? body()
    }

    private final class Work<Value> {
        private let body: () -> Value
        private(set) var value: Value?

        init(_ body: @escaping () -> Value) { self.body = body }

        func run() { value = body() }
    }

    /// What a C function pointer can carry.
    private final class Entry {
        let run: () -> Void
        init(_ run: @escaping () -> Void) { self.run = run }
    }

    /// Starts the thread and waits for its end; `false` where it could not be started.
    private static func start(_ attributes: inout pthread_attr_t, _ run: @escaping () -> Void) -> Bool {
        let entry = Unmanaged.passRetained(Entry(run))
        #if canImport(Darwin)
        var started: pthread_t?
        let code = pthread_create(&started, &attributes, { Self.enter($0) }, entry.toOpaque())
        guard code == 0, let thread = started else {
            entry.release()
            return false
        }
        #else
        var thread = pthread_t()
        let code = pthread_create(&thread, &attributes, { Self.enter($0) }, entry.toOpaque())
        guard code == 0 else {
            entry.release()
            return false
        }
        #endif
        return pthread_join(thread, nil) == 0
    }

    private static func enter(_ pointer: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        if let pointer { Unmanaged<Entry>.fromOpaque(pointer).takeRetainedValue().run() }
        return nil
    }
}
