import Synchronization

/// Somebody who has an account. The mail address is its id.
struct User: Sendable {
    var id: String
    var password: PasswordHash
    /// The secret of the second factor; `nil` = none is set up.
    var secret: [UInt8]?
    /// The time step of the last code that was accepted: no code works twice.
    var lastStep: UInt64 = 0
}

/// All accounts, in memory: a restart forgets them. In earnest this is your database.
final class UserBook: Sendable {
    private let users = Mutex<[String: User]>([:])

    subscript(_ id: String) -> User? { users.withLock { $0[id] } }

    /// Sets the password of an account, which is made where there is none.
    func set(_ password: PasswordHash, of id: String) {
        users.withLock { users in
            if users[id] == nil { users[id] = User(id: id, password: password) } else { users[id]?.password = password }
        }
    }

    /// Takes a code, once; false where it is wrong, or was used before. `secret` becomes the account's where it has none.
    func accept(_ code: String, _ secret: [UInt8], of id: String, at seconds: Int64) -> Bool {
        users.withLock { users in
            guard let user = users[id], user.secret == nil || user.secret == secret,
                let step = OneTimeCode(secret: secret).step(of: code, at: seconds, after: user.secret == secret ? user.lastStep : 0)
            else { return false }
            users[id]?.secret = secret
            users[id]?.lastStep = step
            return true
        }
    }
}
