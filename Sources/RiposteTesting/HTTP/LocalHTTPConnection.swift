/// One client's connection: reads a request, writes the answer, and ends or hangs.
final class LocalHTTPConnection {
    let socket: LocalSocket
    private var parser: HTTPRequestParser
    private var output: ArraySlice<UInt8> = []
    private var phase = Phase.reading

    private enum Phase {
        case reading
        case writing(staysOpen: Bool)
        case hanging, ended
    }

    init(_ socket: LocalSocket, _ limits: LocalHTTPServer.Limits) {
        self.socket = socket
        parser = HTTPRequestParser(limits)
    }

    var hasEnded: Bool { if case .ended = phase { true } else { false } }
    var wantsToWrite: Bool { if case .writing = phase { true } else { false } }

    /// Takes what came. While the connection hangs, all that matters is that the client has gone.
    func readable(_ buffer: inout [UInt8], answer: (LocalHTTPServer.Request) -> LocalHTTPServer.Response) {
        switch (phase, socket.receive(&buffer)) {
        case (_, .closed): phase = .ended
        case (.reading, .bytes(let bytes)):
            switch parser.read(bytes) {
            case .incomplete: break
            case .refused(let status): respond(LocalHTTPServer.Response.text("refused", status: status), to: "GET")
            case .request(let request): respond(answer(request), to: request.method)
            }
        default: break
        }
    }

    func writable() {
        guard case .writing(let staysOpen) = phase else { return }
        guard output.isEmpty || drain() else {
            phase = .ended
            return
        }
        if output.isEmpty { phase = staysOpen ? .hanging : .ended }
    }

    private func respond(_ response: LocalHTTPServer.Response, to method: String) {
        let (bytes, staysOpen) = response.wire(for: method)
        output = bytes[...]
        phase = .writing(staysOpen: staysOpen)
        writable()
    }

    private func drain() -> Bool {
        guard let count = socket.send(output) else { return false }
        output = output.dropFirst(count)
        return true
    }
}
