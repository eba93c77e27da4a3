import Glibc
internal import Riposte

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The accounts of this machine: reads its files, and changes them with `chage` alone, which has its own locks. Blocks, and
/// belongs on a thread that may. Never touches root, system and service accounts, nor the last administrator.
struct LocalAccounts: Sendable {
    /// Another root than this machine's, for `chage --root`.
    var root = ""
    var chage = "/usr/bin/chage"
    /// Accounts that are never touched: break-glass ones.
    var spared: Set<String> = []
    var clock: any WallClock = SystemClock()

    /// What can be put on an account here. A block would need a second place to write it to.
    static let restrictions: Set<AccountRestriction> = [.lock, .passwordReset]

    func carryOut(_ errand: LocalErrand) throws -> LocalAnswer {
        let users = try read()
        guard let user = users.users[errand.user] else {
            if case .lift = errand.task { return .alreadySo }
            return .noSuchAccount
        }
        if case .look(let restriction) = errand.task { return isUnder(restriction, user) ? .restricted : .free }
        // Nothing of ours is there, so an order that was refused has left nothing to take back for ever.
        if case .lift(let restriction) = errand.task, !isOurs(restriction, user) { return .alreadySo }
        if let refusal = refusal(errand.task, user, users) { return .refused(refusal) }
        switch errand.task {
        case .look: return .free
        case .restrict(.lock): return try lock(user)
        case .lift(.lock): return try unlock(user)
        case .restrict(.passwordReset): return try forceReset(user)
        case .lift(.passwordReset): return try clearReset(user)
        case .restrict, .lift: return .refused("this machine's accounts have no place for that")
        case .endSessions(let time): return .ended(try LocalSessions.end(of: user.number, before: time))
        }
    }

    private func refusal(_ task: LocalErrand.Task, _ user: LocalAccount, _ users: LocalAccountFiles) -> String? {
        // What was put on an account before it was protected is taken back all the same.
        if case .lift = task {} else if spared.contains(user.name) { return "\(user.name) is protected" }
        if let refusal = users.refusal(for: user) { return refusal }
        if case .restrict = task { return users.lastAdministratorRefusal(for: user, today: today) }
        return nil
    }

    private var today: Int { Int(clock.now().seconds / 86_400) }

    private func isUnder(_ restriction: AccountRestriction, _ user: LocalAccount) -> Bool {
        switch restriction {
        case .lock: !LocalExpiry.isOpen(user.expiryDay, today: today)
        case .passwordReset: user.passwordDay == 0
        case .block, .secondFactor: false
        }
    }

    /// Whether it could be what we have put there.
    private func isOurs(_ restriction: AccountRestriction, _ user: LocalAccount) -> Bool {
        restriction == .lock ? LocalExpiry.isOurs(user.expiryDay) : isUnder(restriction, user)
    }

    // MARK: - Changing

    private func lock(_ user: LocalAccount) throws -> LocalAnswer {
        guard LocalExpiry.isOpen(user.expiryDay, today: today) else { return .alreadySo }
        guard let day = LocalExpiry.locked(user.expiryDay) else {
            return .refused("\(user.name) expires so far in the future that the day could not be kept")
        }
        return try change(user, "--expiredate", day) { $0.expiryDay == day }
    }

    private func unlock(_ user: LocalAccount) throws -> LocalAnswer {
        guard let day = user.expiryDay, LocalExpiry.isOurs(day) else { return .alreadySo }
        let earlier = LocalExpiry.unlocked(day)
        return try change(user, "--expiredate", earlier ?? -1) { $0.expiryDay == earlier }
    }

    private func forceReset(_ user: LocalAccount) throws -> LocalAnswer {
        guard user.passwordDay != 0 else { return .alreadySo }
        guard user.hasPassword else { return .refused("\(user.name) has no password that could be changed; a lock keeps keys out, too") }
        return try change(user, "--lastday", 0) { $0.passwordDay == 0 }
    }

    /// The day of the earlier change is gone; the age of the password counts from today.
    private func clearReset(_ user: LocalAccount) throws -> LocalAnswer {
        guard user.passwordDay == 0 else { return .alreadySo }
        return try change(user, "--lastday", today) { $0.passwordDay != 0 }
    }

    /// What the program says of itself is not believed: the files are read again.
    private func change(_ user: LocalAccount, _ option: String, _ day: Int, _ isDone: (LocalAccount) -> Bool) throws -> LocalAnswer {
        let place = root.isEmpty ? [] : ["--root", root]
        let (code, said) = try ChildProgram.run(chage, place + [option, String(day), "--", user.name], limit: .seconds(20))
        guard let after = try read().users[user.name] else { return .noSuchAccount }
        guard isDone(after) else {
            let words = said.isEmpty ? "it ended with \(code) and changed nothing" : said
            throw DirectoryFailure(.transient, "\(chage): \(words)")
        }
        return .changed
    }

    // MARK: - Reading

    private func read() throws -> LocalAccountFiles {
        LocalAccountFiles(
            passwd: try text("/etc/passwd"), shadow: try text("/etc/shadow"), group: try text("/etc/group"),
            definitions: (try? text("/etc/login.defs")) ?? "", administratorGroups: LocalGroups.administrators)
    }

    private func text(_ path: String) throws -> String {
        do { return String(decoding: try Data(contentsOf: URL(filePath: root + path)), as: UTF8.self) } catch {
            throw DirectoryFailure(.transient, "\(path) cannot be read, which takes the rights of root")
        }
    }
}
