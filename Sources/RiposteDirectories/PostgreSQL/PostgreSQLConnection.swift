internal import CLibpq
internal import Riposte

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// One connection for one order: one transaction, then it hangs up. Belongs to one thread, and waits no longer than its
/// deadline, whatever the server does.
final class PostgreSQLConnection {
    private let handle: OpaquePointer
    private let password: SecretValue?
    private let deadline: ContinuousClock.Instant
    /// A commit has been sent: from then on it is not known without an answer whether it was done.
    private var isCommitting = false

    private init(_ handle: OpaquePointer, _ password: SecretValue?, _ deadline: ContinuousClock.Instant) {
        (self.handle, self.password, self.deadline) = (handle, password, deadline)
    }

    deinit { PQfinish(handle) }

    /// Connects and signs in.
    static func open(
        _ parameters: [String: String], password: SecretValue?, deadline: ContinuousClock.Instant
    ) throws(DirectoryFailure) -> PostgreSQLConnection {
        var parameters = parameters
        parameters["client_encoding"] = "UTF8"
        parameters["application_name"] = parameters["application_name"] ?? "riposte"
        if let password { parameters["password"] = password.revealed }
        let sorted = parameters.sorted { $0.key < $1.key }
        let started = withCStrings(sorted.map(\.key) + [nil]) { keywords in
            withCStrings(sorted.map(\.value) + [nil]) { PQconnectStartParams(keywords, $0, 0) }
        }
        guard let started else { throw DirectoryFailure(.transient, "no memory for a connection") }
        // Else libpq prints what the server says beside its answers, as it is, into our own log.
        PQsetNoticeReceiver(started, { _, _ in }, nil)
        let connection = PostgreSQLConnection(started, password, deadline)
        try connection.connect()
        return connection
    }

    private func connect() throws(DirectoryFailure) {
        // So that a refusal carries its code, which is all that tells a wrong password from a server that is starting.
        PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
        var state = PQstatus(handle) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING
        while state != PGRES_POLLING_OK {
            switch state {
            case PGRES_POLLING_READING: try wait(for: POLLIN)
            case PGRES_POLLING_WRITING: try wait(for: POLLOUT)
            default: throw refused()
            }
            state = PQconnectPoll(handle)
        }
        PQsetErrorVerbosity(handle, PQERRORS_DEFAULT)
        guard PQsetnonblocking(handle, 1) == 0 else { throw refused() }
    }

    /// A name may lead to several addresses, and several hosts may be set: each try has its own line, and the last is the one that
    /// libpq did not go on from. The lines between say where in the server's source.
    private func refused() -> DirectoryFailure {
        let lines = String(cString: PQerrorMessage(handle)).split(separator: "\n").map(String.init)
        let tries = lines.filter { $0.hasPrefix("connection to server ") }
        let shown = (tries.isEmpty ? lines.prefix(1) : tries.suffix(4)).map { ServerText.shown($0, withholding: password) }
        let state = lines.last { SQLState(in: $0) != nil }.flatMap { SQLState(in: $0) }
        let words = shown.isEmpty ? "libpq does not say why" : shown.joined(separator: "; ")
        // libpq has no code of its own; the server's words are in lines that have one.
        guard state == nil, !tries.isEmpty, tries.allSatisfy({ $0.contains("certificate") }) else {
            return DirectoryFailure(state?.kind ?? .transient, "no connection: \(words)")
        }
        return DirectoryFailure(
            .permanent,
            "no connection: \(words). Renew the server's certificate, name the file with its authority in “sslrootcert”, or write the "
                + "name that is in it as “host”")
    }

    // MARK: - A transaction

    /// Begins one that the server ends by itself before we would give it up.
    func begin(readOnly: Bool = false) throws(DirectoryFailure) {
        let left = max(left * 9 / 10, 1)
        _ = try run("BEGIN\(readOnly ? " READ ONLY" : ""); SET LOCAL statement_timeout = \(left)") { PQsendQuery(handle, $0) }
    }

    func execute(_ text: String, _ values: [String?]) throws(DirectoryFailure) -> SQLAnswer {
        let isSent: (String) -> Int32 = { [handle] text in
            withCStrings(values) { PQsendQueryParams(handle, text, Int32(values.count), nil, $0, nil, nil, 0) }
        }
        return try run(text, isSent)
    }

    func commit() throws(DirectoryFailure) {
        isCommitting = true
        let answer = try run("COMMIT") { PQsendQuery(handle, $0) }
        // PostgreSQL says ROLLBACK to a commit of what had failed.
        guard answer.command == "COMMIT" else {
            throw DirectoryFailure(.permanent, "the server answered \(ServerText.shown(answer.command, withholding: password)) to COMMIT")
        }
    }

    private func run(_ text: String, _ send: (String) -> Int32) throws(DirectoryFailure) -> SQLAnswer {
        guard send(text) == 1 else { throw broken() }
        try flush()
        _ = PQsetSingleRowMode(handle)
        var answer = SQLAnswer()
        var failure: DirectoryFailure?
        while let result = try next() {
            defer { PQclear(result) }
            failure = failure ?? take(result, into: &answer)
            // A copy would wait for data that we have none of.
            if let failure, failure.kind == .permanent, isCopy(result) { throw failure }
        }
        if let failure { throw failure }
        return answer
    }

    private func isCopy(_ result: OpaquePointer) -> Bool {
        [PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH].contains(PQresultStatus(result))
    }

    /// `nil` where there is nothing wrong with it.
    private func take(_ result: OpaquePointer, into answer: inout SQLAnswer) -> DirectoryFailure? {
        switch PQresultStatus(result) {
        case PGRES_SINGLE_TUPLE:
            if answer.rows == 0, PQnfields(result) > 0 {
                answer.value = PQgetisnull(result, 0, 0) == 1 ? nil : String(cString: PQgetvalue(result, 0, 0))
            }
            answer.rows += 1
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK:
            answer.changed = Int(String(cString: PQcmdTuples(result))) ?? 0
            answer.command = String(cString: PQcmdStatus(result))
        case PGRES_FATAL_ERROR: return rejected(result)
        default: return DirectoryFailure(.permanent, "the statement is of a kind that does not work here")
        }
        return nil
    }

    private func rejected(_ result: OpaquePointer) -> DirectoryFailure {
        func field(_ code: Character) -> String? {
            PQresultErrorField(result, Int32(code.asciiValue ?? 0)).map { String(cString: $0) }
        }
        // Without a code it is libpq that speaks: the connection has ended.
        guard let state = field("C").flatMap({ SQLState($0) }) else { return broken() }
        let message = ServerText.shown(field("M") ?? "the server refused", withholding: password)
        let kind = state.kind == .unknown && !isCommitting ? .transient : state.kind
        return DirectoryFailure(kind, "\(message) (\(state))")
    }

    // MARK: - Waiting

    private func next() throws(DirectoryFailure) -> OpaquePointer? {
        while PQisBusy(handle) == 1 {
            try wait(for: POLLIN)
            guard PQconsumeInput(handle) == 1 else { throw broken() }
        }
        return PQgetResult(handle)
    }

    private func flush() throws(DirectoryFailure) {
        while true {
            switch PQflush(handle) {
            case 0: return
            case 1:
                try wait(for: POLLIN | POLLOUT)
                guard PQconsumeInput(handle) == 1 else { throw broken() }
            default: throw broken()
            }
        }
    }

    /// Milliseconds, at least none.
    private var left: Int { Int(max(deadline - .now, .zero) / .milliseconds(1)) }

    private func wait(for events: Int32) throws(DirectoryFailure) {
        while true {
            var entry = pollfd(fd: PQsocket(handle), events: Int16(events), revents: 0)
            let left = left
            let count = left == 0 ? 0 : poll(&entry, 1, Int32(clamping: left))
            if count > 0 { return }
            if count == 0 { throw late() }
            guard errno == EINTR else { throw DirectoryFailure(kindOfSilence, "cannot wait for the server (error \(errno))") }
        }
    }

    /// What was not committed the server takes back when the connection ends.
    private var kindOfSilence: FailureKind { isCommitting ? .unknown : .transient }
    private var openEnd: String { isCommitting ? "; it may have been done" : "" }

    private func late() -> DirectoryFailure { DirectoryFailure(kindOfSilence, "the server gave no answer in time\(openEnd)") }

    private func broken() -> DirectoryFailure { DirectoryFailure(kindOfSilence, "the connection to the server has ended\(openEnd)") }
}

/// What came of a statement.
struct SQLAnswer: Sendable, Hashable {
    /// How many rows it gave.
    var rows = 0
    /// The first column of the first row; `nil` for NULL, and without rows.
    var value: String?
    /// How many rows it changed, or selected.
    var changed = 0
    /// `UPDATE 1`, `SELECT 0`.
    var command = ""
}
