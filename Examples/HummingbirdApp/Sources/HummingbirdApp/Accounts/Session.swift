import Riposte
import RiposteHummingbird
import Synchronization

/// One browser that has given a right password.
struct Session: Sendable {
    /// What it is called in events and incidents. The cookie, which is its secret, is known to the browser alone.
    var id: String
    var user: String
    var began: Timestamp
    /// Whether the password was right and the second factor is still to come: then nobody is signed in yet.
    var isWaiting: Bool
    var hasSecondFactor: Bool
    /// How many wrong codes it bears.
    var triesLeft = 5
    /// The secret that is being set up.
    var newSecret: [UInt8]?

    var signedIn: SignedIn? {
        isWaiting ? nil : SignedIn(user: user, session: id, since: began, hasSecondFactor: hasSecondFactor)
    }
}

/// All sessions, in memory.
final class SessionBook: SessionDirectory {
    static let lifetime = Duration.hours(12)
    static let capacity = 100_000

    let name: DirectoryName = "sessions"
    private let sessions = Mutex<[String: Session]>([:])
    private let clock = SystemClock()

    /// Begins a session. The answer is its cookie.
    func begin(_ user: String, isWaiting: Bool = false, hasSecondFactor: Bool = false) -> String {
        let cookie = Random.word()
        let now = clock.now()
        let session = Session(
            id: "s-" + Random.word().prefix(12).lowercased(), user: user, began: now, isWaiting: isWaiting, hasSecondFactor: hasSecondFactor
        )
        sessions.withLock { sessions in
            if sessions.count >= Self.capacity { sessions = sessions.filter { now - $0.value.began < Self.lifetime } }
            if sessions.count < Self.capacity { sessions[Digest.of(cookie)] = session }
        }
        return cookie
    }

    func session(_ cookie: String) -> Session? {
        let now = clock.now()
        return sessions.withLock { $0[Digest.of(cookie)] }.flatMap { now - $0.began < Self.lifetime ? $0 : nil }
    }

    func end(_ id: String) { sessions.withLock { sessions in sessions = sessions.filter { $0.value.id != id } } }

    /// Ends a user's sessions that came in by the password alone.
    func endThoseWithoutFactor(of user: String) { _ = remove { $0.user == user && !$0.isWaiting && !$0.hasSecondFactor } }

    func change(_ id: String, _ body: (inout Session) -> Void) {
        sessions.withLock { sessions in
            for (key, session) in sessions where session.id == id {
                var session = session
                body(&session)
                sessions[key] = session
            }
        }
    }

    /// Uses up one of the wrong codes that a session bears, before the code is looked at: of many at once no more are looked at.
    ///
    /// - Returns: how many are left; `nil` = this one was too many.
    func useTry(_ id: String) -> Int? {
        sessions.withLock { sessions in
            guard let key = sessions.first(where: { $0.value.id == id })?.key, var session = sessions[key], session.triesLeft > 0 else {
                return nil
            }
            session.triesLeft -= 1
            sessions[key] = session
            return session.triesLeft
        }
    }

    func revokeSessions(of user: String, before time: Timestamp, key: String) -> SessionChange {
        remove { $0.user == user && $0.began <= time }
    }

    func terminateSession(_ session: String, of user: String?, key: String) -> SessionChange { remove { $0.id == session } }

    private func remove(_ isGone: (Session) -> Bool) -> SessionChange {
        sessions.withLock { sessions in
            let before = sessions.count
            sessions = sessions.filter { !isGone($0.value) }
            return sessions.count == before ? .none : .ended(before - sessions.count)
        }
    }
}
