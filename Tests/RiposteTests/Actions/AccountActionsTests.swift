import RiposteTesting
import Synchronization
import Testing

@testable import Riposte

@Suite struct `the actions on accounts and sessions` {
    private let clock = ManualClock()
    private let takeover = anomaly("a", .successAfterFailures, .critical, users: ["alice"])

    private func playbook(_ actions: ActionName...) -> Playbook {
        Playbook("p", triggers: [Trigger()], steps: actions.map { Step($0) })
    }

    private func parts() -> (board: DecisionBoard, directory: InMemoryAccountDirectory, accounts: AccountDirectories) {
        let (board, directory) = (DecisionBoard(clock: clock), InMemoryAccountDirectory())
        return (board, directory, AccountDirectories([directory], decisions: board, isObeyed: true))
    }

    private func findings<Action: ResponseAction>(
        _ action: Action, _ board: DecisionBoard, target: Target, values: [String: any ContextValue] = [:],
        parameters: [String: JSONValue] = [:], world: @escaping @Sendable () -> String = { "" }
    ) async throws -> [String] {
        try await ActionContract(action, parameters: parameters, values: values, target: target, now: clock.now()) {
            "\(board.snapshot.all.map { "\($0.target) \($0.type) \($0.until.map(\.description) ?? "-") \($0.terms as Any)" }) \(world())"
        }.findings()
    }

    @Test func `keep the contract of actions`() async throws {
        let (board, directory, accounts) = parts()
        let world: @Sendable () -> String = { "\(directory.restrictions(on: "alice"))" }
        let (store, user) = (InMemoryStore(), Target.user("alice"))
        #expect(try await findings(BlockUser(accounts: accounts, store: store), board, target: user, world: world) == [])
        #expect(try await findings(RequireTwoFactor(accounts: accounts), board, target: user, world: world) == [])
        let mailer = InMemoryMailer()
        #expect(
            try await findings(ForcePasswordReset(accounts: accounts, mailer: mailer, store: store), board, target: user, world: world)
                == [])
        #expect(Set(mailer.sent.map(\.key)).count == mailer.sent.count)
        #expect(try await findings(RateLimitIP(decisions: board), board, target: target("203.0.113.9")) == [])
        #expect(try await findings(EnableEnhancedLogging(decisions: board), board, target: user) == [])
        #expect(
            try await findings(SetContext(), board, target: user, parameters: ["values": ["queue": "fraud"]]) == [
                "the same step carried out again did not say .unchanged: set queue"
            ])
    }

    @Test func `keep the contract of actions where nothing can be taken back`() async throws {
        let (board, directory) = (DecisionBoard(clock: clock), InMemorySessionDirectory())
        let sessions = SessionDirectories([directory], decisions: board)
        for session in ["s1", "s2"] { directory.begin(session, of: "alice", at: clock.now() - .hours(1)) }
        let world: @Sendable () -> String = { "\(directory.sessions(of: "alice"))" }
        #expect(try await findings(TerminateSession(sessions: sessions), board, target: .session("s1"), world: world) == [])
        #expect(directory.sessions(of: "alice") == ["s2"], "the other one goes on")
        #expect(try await findings(RevokeSessions(sessions: sessions), board, target: .user("alice"), world: world) == [])
        #expect(directory.sessions(of: "alice").isEmpty)
    }

    @Test func `bear any number of sessions that is said to have been ended`() {
        let answers: [DirectoryAnswer<SessionChange>] = [
            DirectoryAnswer("a", .ended(.max)), DirectoryAnswer("b", .ended(.max)), DirectoryAnswer("c", .ended(nil)),
        ]
        #expect(SessionOutcome(isNew: true, answers: answers).count == .max)
    }

    @Test func `put a user under what they say, and nothing else, until it is taken back`() async throws {
        let directory = InMemoryAccountDirectory()
        let cases: [(ActionName, AccountRestriction)] = [
            (.lockAccount, .lock), (.blockUser, .block), (.forcePasswordReset, .passwordReset), (.requireTwoFactor, .secondFactor),
            (.require2FA, .secondFactor),
        ]
        for (action, restriction) in cases {
            let bench = try Bench([playbook(action)], directories: [directory])
            try await bench.answer(takeover)
            #expect(directory.restrictions(on: "alice").keys.map(\.self) == [restriction])
            let verdict = bench.board.snapshot.verdict(for: "alice", at: bench.clock.now())
            #expect((verdict.lockedUntil != nil) == (restriction == .lock))
            #expect((verdict.blockedUntil != nil) == (restriction == .block))
            #expect(verdict.mustResetPassword == (restriction == .passwordReset))
            #expect(verdict.mustUseSecondFactor == (restriction == .secondFactor))
            #expect(bench.board.snapshot.verdict(for: "bob", at: bench.clock.now()) == .free)
            try await bench.responder.undo(bench.incidents[0].id, actor: "ann")
            #expect(directory.restrictions(on: "alice").isEmpty)
            #expect(bench.board.snapshot.verdict(for: "alice", at: bench.clock.now()) == .free)
        }
    }

    @Test func `hold until the user has done what is asked, and not for an hour`() async throws {
        let directory = InMemoryAccountDirectory()
        let bench = try Bench([playbook(.forcePasswordReset, .requireTwoFactor)], directories: [directory])
        try await bench.answer(takeover)
        try await bench.pass(.hours(24 * 100))
        #expect(Set(directory.restrictions(on: "alice").keys) == [.passwordReset, .secondFactor])
        try await bench.responder.fulfilled(.passwordReset, by: "alice")
        #expect(directory.restrictions(on: "alice").keys.map(\.self) == [.secondFactor])
        #expect(!bench.board.snapshot.verdict(for: "alice", at: bench.clock.now()).mustResetPassword)
        // Seen in the directory, where the user did it there.
        _ = directory.lift(AccountOrder("alice", .secondFactor, until: nil, effect: "e", incident: "i"))
        bench.clock.advance(by: .minutes(2))
        try await bench.responder.watch.look()
        #expect(directory.restrictions(on: "alice").isEmpty, "it is not asked for anew")
        #expect(!bench.board.snapshot.verdict(for: "alice", at: bench.clock.now()).mustUseSecondFactor)
    }

    @Test func `leave alone what was so before, and end with the last incident that wanted them`() async throws {
        let (held, free) = (InMemoryAccountDirectory("held"), InMemoryAccountDirectory("free"))
        _ = held.restrict(AccountOrder("alice", .lock, until: nil, effect: "e", incident: "i"))
        let bench = try Bench([playbook(.lockAccount)], directories: [held, free])
        try await bench.answer(takeover)
        try await bench.answer(anomaly("b", .successAfterFailures, .critical, from: "198.51.100.7", users: ["alice"]))
        let incidents = try await bench.incidents
        #expect(incidents.count == 2)
        try await bench.responder.undo(incidents[0].id, actor: "ann")
        #expect(free.restrictions(on: "alice")[.lock] != nil)
        try await bench.responder.undo(incidents[1].id, actor: "ann")
        #expect(free.restrictions(on: "alice").isEmpty)
        #expect(held.restrictions(on: "alice")[.lock] != nil)
    }

    @Test func `fail where no directory knows the account, and where a directory throws go on in the others`() async throws {
        let strangers = InMemoryAccountDirectory("strangers", accounts: ["bob"])
        let bench = try Bench([playbook(.lockAccount)], directories: [strangers])
        let report = try #require(try await bench.answer(takeover).first)
        #expect(report.steps.first?.outcome.message == "no account directory knows alice (strangers)")
        #expect(!bench.locks("alice"))
        let both = try Bench([playbook(.lockAccount)], directories: [strangers, InMemoryAccountDirectory("staff")])
        #expect(try await both.answer(takeover).first?.story == ["lock_account alice succeeded"])
    }

    @Test func `one directory that is down holds up no other, is tried again, and is lifted again with the rest`() async throws {
        let (up, down) = (InMemoryAccountDirectory("up"), FailingDirectory())
        let (clock, store) = (ManualClock(autoAdvances: true), InMemoryStore())
        let board = DecisionBoard(clock: clock)
        let lock = LockAccount(accounts: AccountDirectories([up, down], decisions: board), store: store)
        let responder = try IncidentResponder(
            playbooks: [playbook(.lockAccount)], actions: [lock], store: store, decisions: board, clock: clock, logger: Bench.quiet)
        down.fails(.transient)
        let run = try await responder.handle(takeover)[0]
        try await responder.drain()
        let retry = try await store.journal(of: run).compactMap {
            if case .retry(_, let outcome, _) = $0.record { outcome.message } else { nil }
        }
        #expect(retry.first == "alice is not locked everywhere: down: no answer; done in up")
        #expect(up.restrictions(on: "alice")[.lock] != nil)
        #expect(try await store.run(run)?.status == .failed)
        let incident = try #require(try await store.incidents(IncidentQuery()).first?.id)
        let effects = try await responder.undo(incident, actor: "ann")
        #expect(effects.map(\.state) == [.undoing])
        #expect(up.restrictions(on: "alice").isEmpty)
        down.fails(nil)
        clock.advance(by: .minutes(6))
        try await responder.drain()
        #expect(try await store.effects(.open).isEmpty)
    }

    @Test func `void sessions from before the attack's end and not those that begin later, and undo leaves them void`() async throws {
        let directory = InMemorySessionDirectory()
        let revoke = Playbook("p", triggers: [Trigger()], cooldown: .minutes(10), steps: [Step(.revokeSessions)])
        let bench = try Bench([revoke], sessions: [directory])
        directory.begin("old", of: "alice", at: noon - .hours(1))
        try await bench.answer(takeover)
        #expect(directory.sessions(of: "alice").isEmpty)
        let first = try #require(bench.board.snapshot.verdict(for: "alice", at: bench.clock.now()).sessionsNotBefore)
        bench.clock.advance(by: .minutes(11))
        directory.begin("new", of: "alice", at: bench.clock.now() - .seconds(5))
        try await bench.answer(anomaly("b", .successAfterFailures, .critical, users: ["alice"], at: bench.clock.now() + .seconds(1)))
        #expect(directory.sessions(of: "alice").isEmpty, "a later attack in the same incident ends what began in between")
        let second = try #require(bench.board.snapshot.verdict(for: "alice", at: bench.clock.now()).sessionsNotBefore)
        #expect(second > first)
        let report = try await bench.responder.undo(.incident(bench.incidents[0].id), actor: "ann")
        #expect(report.text.contains("stays: it cannot be taken back"))
        #expect(bench.board.snapshot.verdict(for: "alice", at: bench.clock.now()).sessionsNotBefore == second)
        let next = try Bench(disk: bench.disk, clock: bench.clock)
        try await next.responder.recover()
        #expect(next.board.snapshot.verdict(for: "alice", at: bench.clock.now()).sessionsNotBefore == second)
        try await next.pass(.hours(24 * 31))
        #expect(try await next.disk.effects(.open).isEmpty)
    }

    @Test func `end one session where one is named, and never all of them`() async throws {
        let directory = InMemorySessionDirectory()
        for session in ["s1", "s2"] { directory.begin(session, of: "alice", at: noon - .hours(1)) }
        let bench = try Bench([playbook(.terminateSession)], sessions: [directory])
        #expect(try await bench.answer(takeover).first?.story == ["terminate_session failed"])
        #expect(directory.sessions(of: "alice") == ["s1", "s2"])
        var named = anomaly("b", .successAfterFailures, .critical, from: "198.51.100.7", users: ["alice"])
        named.targets.sessions = ["s1"]
        try await bench.answer(named)
        #expect(directory.sessions(of: "alice") == ["s2"])
        let (snapshot, now) = (bench.board.snapshot, bench.clock.now())
        #expect(snapshot.hasEnded(session: "s1", at: now) && !snapshot.hasEnded(session: "s2", at: now))
    }

    @Test func `give each step of a playbook its own parameters, and the strictest limit holds`() async throws {
        let steps = [(100, 60), (5, 60), (50, 60)].map { limit, window in
            Step(.rateLimitIP, parameters: ["limit": .int(limit), "window_seconds": .int(window), "duration_minutes": 60])
        }
        let bench = try Bench([Playbook("p", triggers: [Trigger()], steps: steps)])
        #expect(try await bench.answer(takeover).first?.steps.map(\.outcome.kind) == [.succeeded, .succeeded, .unchanged])
        let decision = try #require(bench.board.snapshot.decision(for: IPAddress("203.0.113.9")!, at: bench.clock.now()))
        #expect(decision.type == .throttle && decision.terms?.rate == RateLimit(5, per: 60))
        #expect(decision.until == noon + .minutes(60) || decision.until! - noon < .minutes(61), "minutes are minutes")
    }

    @Test func `log at the level that was asked for, for all whom the attack is about`() async throws {
        let bench = try Bench([Playbook("p", triggers: [Trigger()], steps: [Step(.enableEnhancedLogging, parameters: ["level": "trace"])])])
        try await bench.answer(takeover)
        let (snapshot, now) = (bench.board.snapshot, bench.clock.now())
        #expect(snapshot.verdict(for: "alice", at: now).logLevel == "trace")
        #expect(snapshot.logLevel(for: IPAddress("203.0.113.9")!, at: now) == "trace")
        #expect(snapshot.logLevel(for: IPAddress("203.0.113.10")!, at: now) == nil)
        #expect(snapshot.verdict(for: IPAddress("203.0.113.9")!, at: now) == .pass, "it keeps nobody out")
        try await bench.pass(.minutes(61))
        #expect(bench.board.snapshot.logLevel(for: IPAddress("203.0.113.9")!, at: bench.clock.now()) == nil)
        #expect(bench.board.snapshot.isEmpty)
    }

    @Test func `write one mail for an incident and user, whose link lifts the lock of that incident once`() async throws {
        let mailer = InMemoryMailer()
        let tokens = try UnlockTokens(secret: Array(repeating: 7, count: 32))
        let bench = try Bench([playbook(.lockAccount, .notifyUser, .notifyUser)], mailer: mailer, tokens: tokens)
        #expect(
            try await bench.answer(takeover).first?.steps.map(\.outcome.kind) == [.succeeded, .succeeded, .unchanged])
        guard case .wasThisYou(_, let token?, _)? = mailer.sent.first?.message, mailer.sent.count == 1 else {
            Issue.record("no mail with a link")
            return
        }
        for forged in [token + "x", String(token.dropLast(4)) + "AAAA", "", ".", "a.b", String(repeating: "A", count: 10_000)] {
            await #expect(throws: UnlockTokenError.invalid) { try await bench.responder.unlock(with: forged, from: tokens) }
        }
        let others = try UnlockTokens(secret: Array(repeating: 8, count: 32))
        await #expect(throws: UnlockTokenError.invalid) { try await bench.responder.unlock(with: token, from: others) }
        #expect(bench.locks("alice"))
        #expect(try await bench.responder.unlock(with: token, from: tokens).map(\.state) == [.ended])
        #expect(!bench.locks("alice"))
        #expect(try await bench.responder.unlock(with: token, from: tokens).isEmpty, "it is good once")
        bench.clock.advance(by: .hours(25))
        await #expect(throws: UnlockTokenError.expired) { try await bench.responder.unlock(with: token, from: tokens) }
    }

    @Test func `write a link that is spent once it has lifted something, also for what comes later and after a restart`() async throws {
        let mailer = InMemoryMailer()
        let tokens = try UnlockTokens(secret: Array(repeating: 7, count: 32))
        let lock = Playbook("p", triggers: [Trigger()], cooldown: .minutes(10), steps: [Step(.notifyUser), Step(.lockAccount)])
        let bench = try Bench([lock], mailer: mailer, tokens: tokens)
        try await bench.answer(takeover)
        guard case .wasThisYou(let incident, let token?, _)? = mailer.sent.first?.message else {
            Issue.record("no mail with a link")
            return
        }
        #expect(
            try await bench.responder.unlock(with: tokens.token(for: "bob", in: incident.id, until: .distantFuture), from: tokens).isEmpty)
        #expect(bench.locks("alice"), "the link of another user lifts nothing of hers")
        let lifted = try await bench.responder.unlock(with: token, from: tokens)
        #expect(lifted.map(\.state) == [.ended])
        bench.clock.advance(by: .minutes(11))
        try await bench.answer(anomaly("b", .successAfterFailures, .critical, users: ["alice"], at: bench.clock.now()))
        #expect(bench.locks("alice"))
        #expect(try await bench.incidents.count == 1 && mailer.sent.count == 1)
        #expect(try await bench.responder.unlock(with: token, from: tokens).isEmpty)
        #expect(bench.locks("alice"))
        let next = try Bench([lock], disk: bench.disk, clock: bench.clock, mailer: mailer, tokens: tokens)
        try await next.responder.recover()
        #expect(try await next.responder.unlock(with: token, from: tokens).isEmpty)
        #expect(next.locks("alice"))
    }

    @Test func `write no mail again that is on record, wherever the process is killed, and again what is not`() async throws {
        let playbooks = [playbook(.notifyUser, .notifyUser, .forcePasswordReset)]
        let whole = try Bench(playbooks, mailer: InMemoryMailer())
        try await whole.answer(takeover)
        for call in 1...whole.store.calls {
            let (first, second) = (InMemoryMailer(), InMemoryMailer())
            let killed = try Bench(playbooks, mailer: first)
            killed.store.crash(at: call, when: .after)
            _ = try? await killed.answer(takeover)
            let recorded = try await recorded(killed.disk)
            let restarted = try Bench(playbooks, disk: killed.disk, mailer: second)
            try await restarted.answer(takeover)
            for mail in ["was_this_you", "password_reset"] {
                let counts = [first, second].map { $0.sent.count { $0.key.hasSuffix("\(mail):alice") } }
                #expect(counts[1] == (recorded.contains(mail) ? 0 : 1), "killed after call \(call): \(mail) \(counts)")
                #expect(!recorded.contains(mail) || counts[0] == 1)
            }
        }
    }

    /// Which mails the journals say have gone out.
    private func recorded(_ disk: InMemoryStore) async throws -> Set<String> {
        var mails: Set<String> = []
        for incident in try await disk.incidents(IncidentQuery()) {
            for run in try await disk.runs(of: incident.id) {
                for entry in try await disk.journal(of: run.id) {
                    guard case .outcome(_, let outcome) = entry.record else { continue }
                    if outcome.context["notified_user"] == "alice" { mails.insert("was_this_you") }
                    if outcome.context["reset_mail_sent"] == true { mails.insert("password_reset") }
                }
            }
        }
        return mails
    }

    @Test func `write one mail for an incident and user, whichever playbook does`() async throws {
        let mailer = ForgetfulMailer()
        let second = Playbook("q", triggers: [Trigger()], steps: [Step(.notifyUser, parameters: ["user": "alice"]), Step(.notifyUser)])
        let bench = try Bench([playbook(.notifyUser, .forcePasswordReset), second], mailer: mailer)
        try await bench.answer(takeover)
        let kinds = mailer.keys.sorted().map { $0.split(separator: ":").dropFirst().joined(separator: ":") }
        #expect(kinds == ["password_reset:alice", "was_this_you:alice"])
        try await bench.answer(anomaly("b", .successAfterFailures, .critical, users: ["alice", "bob"]))
        #expect(mailer.keys.count == 4, "bob is told what alice knows")
    }

    @Test func `say what has become of the account where the mail bounces, and take that back`() async throws {
        let mailer = ForgetfulMailer(.cannot("550 no such user", .permanent))
        let bench = try Bench([playbook(.forcePasswordReset, .notifyUser)], mailer: mailer)
        let steps = try #require(try await bench.answer(takeover).first?.steps)
        #expect(steps.map(\.outcome.kind) == [.failed, .failed])
        #expect(steps[0].outcome.message.hasSuffix("the mail could not be sent: 550 no such user"))
        #expect(steps[1].outcome.message == "could not ask alice: 550 no such user")
        #expect(mailer.keys.count == 2, "what is permanent is not tried again")
        #expect(bench.board.snapshot.verdict(for: "alice", at: bench.clock.now()).mustResetPassword)
        try await bench.responder.undo(bench.incidents[0].id, actor: "ann")
        #expect(!bench.board.snapshot.verdict(for: "alice", at: bench.clock.now()).mustResetPassword)
    }

    @Test func `try a mail again that is put off`() async throws {
        let mailer = ForgetfulMailer(.cannot("451 later", .transient), .sent)
        let bench = try Bench([playbook(.notifyUser)], mailer: mailer)
        #expect(try await bench.answer(takeover).first?.steps.map(\.outcome.kind) == [.succeeded])
        #expect(mailer.keys.count == 2)
    }

    @Test func `sign links with a secret that is read when it is needed`() async throws {
        let mailer = ForgetfulMailer()
        let tokens = UnlockTokens(secret: .environment("RIPOSTE_TEST_NOT_SET"))
        let bench = try Bench([playbook(.notifyUser)], mailer: mailer, tokens: tokens)
        let outcome = try #require(try await bench.answer(takeover).first?.steps.first?.outcome)
        #expect(outcome.failureKind == .transient && outcome.message.contains("the secret environment:RIPOSTE_TEST_NOT_SET is not set"))
        #expect(mailer.keys.isEmpty, "a mail without its link would be the only one")
        #expect(throws: UnlockTokenError.shortSecret) { try UnlockTokens(secret: .environment("HOME")).check() }
    }

    @Test func `do not let a step point later ones at somebody else`() throws {
        for name in ["ip", "user", "incident"] {
            #expect(throws: ParameterError.self) { try SetContext.Parameters(ParameterValues(["values": [name: "bob"]])) }
        }
    }
}

/// A directory that is down when a test says so.
private final class FailingDirectory: AccountDirectory {
    let name: DirectoryName = "down"
    let restrictions = Set(AccountRestriction.allCases)
    private let base = InMemoryAccountDirectory("down")
    private let failure = Keys()

    func fails(_ kind: FailureKind?) { failure.set(kind?.rawValue) }

    func standing(of user: String, _ restriction: AccountRestriction) async throws -> AccountStanding {
        if failure.value != nil { throw EnforcementError("no answer") }
        return base.standing(of: user, restriction)
    }

    func restrict(_ order: AccountOrder) async throws -> AccountChange { try await answer { base.restrict(order) } }
    func lift(_ order: AccountOrder) async throws -> AccountChange { try await answer { base.lift(order) } }

    private func answer(_ body: () -> AccountChange) async throws -> AccountChange {
        if let kind = failure.value.flatMap(FailureKind.init(rawValue:)) { return .cannot("no answer", kind) }
        return body()
    }

    private final class Keys: Sendable {
        private let state = Mutex<String?>(nil)
        var value: String? { state.withLock(\.self) }
        func set(_ value: String?) { state.withLock { $0 = value } }
    }
}

/// Sends whatever it is told to, as after a restart, or answers as it is told to: in turn, the last answer for ever.
private final class ForgetfulMailer: Mailer {
    private let state: Mutex<(keys: [String], answers: [MailOutcome])>

    init(_ answers: MailOutcome...) { state = Mutex(([], answers)) }

    /// One for each mail that was asked for.
    var keys: [String] { state.withLock(\.keys) }

    func send(_ message: AccountMail, to user: String, key: String) async throws -> MailOutcome {
        state.withLock { state in
            state.keys.append(key)
            return state.answers.count > 1 ? state.answers.removeFirst() : state.answers.first ?? .sent
        }
    }
}
