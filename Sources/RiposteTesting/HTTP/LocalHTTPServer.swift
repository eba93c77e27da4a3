internal import Dispatch
internal import Riposte

/// A small HTTP/1.1 server on 127.0.0.1, for tests of what speaks HTTP: it answers through a closure, keeps what came, and
/// misbehaves on request (hangs, closes half way, sends what is not HTTP, goes away).
///
/// ```swift
/// let stripe = try LocalHTTPServer { request in
///     request.path == "/v1/customers/cus_1" ? .json(["id": "cus_1"]) : .json(["error": "no such customer"], status: 404)
/// }
/// // … let the action call stripe.url …
/// #expect(stripe.requests.count == 1)
/// ```
///
/// Real sockets, one thread, every size bounded. Each connection carries one request. The closure runs on that thread, one
/// request at a time: a server with state keeps it in a `Mutex`, and does not wait in the closure but answers `.hanging`.
public final class LocalHTTPServer: Sendable {
    public let port: UInt16
    private let record = LocalHTTPRecord()
    private let wakeUp: LocalSocket
    private let ended = DispatchSemaphore(value: 0)

    /// Why a server could not be started.
    public struct StartError: Error, CustomStringConvertible {
        public let description: String
        init(_ what: String, _ code: CInt) { description = "\(what) for a local server (error \(code))" }
    }

    /// Starts the server on a free port.
    public init(limits: Limits = Limits(), handler: @escaping @Sendable (Request) -> Response) throws(StartError) {
        let (mine, its) = try LocalSocket.pair()
        let (listener, port) = try LocalSocket.listener()
        self.port = port
        wakeUp = mine
        DispatchQueue(label: "local-http-server").async { [record, ended] in
            Self.serve(listener, its, limits, record, handler)
            record.end()
            ended.signal()
        }
    }

    /// The listener and every connection are closed when this returns.
    private static func serve(
        _ listener: CInt, _ wakeUp: LocalSocket, _ limits: Limits, _ record: LocalHTTPRecord,
        _ handler: @escaping @Sendable (Request) -> Response
    ) {
        var loop = LocalHTTPLoop(listener: LocalSocket(listener), wakeUp: wakeUp, limits: limits, record: record, handler: handler)
        loop.run()
    }

    deinit { end() }

    /// `http://127.0.0.1:PORT`, without a slash at its end.
    public var url: String { "http://127.0.0.1:\(port)" }

    /// The requests so far, in order; the first ``Limits/kept`` of them.
    public var requests: [Request] { record.kept }

    /// How many requests came, kept or not.
    public var requestCount: Int { record.count }

    /// Waits until at least `count` requests have come. `false` where they did not within `limit`.
    public func waitForRequests(_ count: Int, within limit: Duration = .seconds(60)) async -> Bool {
        await record.wait(until: .now + limit, { $0.requests >= count }, wake: wake)
    }

    /// Waits until no connection is open: until clients have let go of those that hang. `false` where they did not
    /// within `limit`.
    public func waitUntilIdle(within limit: Duration = .seconds(60)) async -> Bool {
        await record.wait(until: .now + limit, { $0.connections == 0 }, wake: wake)
    }

    /// Closes every connection and the port: who connects from now on is refused. Returns when that is so.
    public func stop() { end() }

    /// A full buffer has woken the thread already.
    private func wake() { _ = wakeUp.send([1]) }

    private func end() {
        record.stop()
        wake()
        ended.wait()
        ended.signal()
    }
}
