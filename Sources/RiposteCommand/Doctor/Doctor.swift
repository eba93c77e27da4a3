import Logging
import Riposte
import RiposteConfiguration
import RiposteHost
import RiposteSQLite

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Looks at every part that a configuration names, as the user who asks. Changes nothing, and contacts nobody but this machine and the
/// servers that hold accounts.
struct Doctor {
    let loaded: LoadedConfiguration
    let logger: Logger

    func examine() async -> [Checkup] {
        var checkups = [Self.user]
        let (store, decisions) = await examineStore()
        checkups += store
        checkups.append(protection)
        for source in loaded.settings.sources { checkups.append(await examine(source)) }
        checkups += await examineEnforcers(decisions)
        for (name, channel) in loaded.settings.channels.sorted(by: { $0.key < $1.key }) {
            checkups.append(await examine(channel, name))
        }
        for (name, webhook) in loaded.settings.actions.sorted(by: { $0.key < $1.key }) {
            checkups.append(await examine("action \(name)", webhook.secrets, nothing: "an HTTP request without a secret"))
        }
        for (name, command) in loaded.settings.commands.sorted(by: { $0.key < $1.key }) {
            checkups.append(await examine("action \(name)", [], nothing: "its program is there") { try runnable(command.command[0]) })
        }
        for (name, path) in loaded.settings.logChannels.sorted(by: { $0.key < $1.key }) {
            checkups.append(await examine("log_channel \(name)", [], nothing: "can be written") { try writable(path) })
        }
        checkups += await examineAccounts()
        if let mailer = loaded.settings.mailer { checkups.append(await examine(mailer)) }
        return checkups
    }

    // MARK: - Who we are

    private static var user: Checkup {
        let name = SystemUser.name
        let needs = "a user of its own without rights; see docs/privilege.md"
        guard geteuid() == 0 else { return Checkup("user", .ok, "runs as \(name)", needs: needs) }
        return Checkup(
            "user", .warning, "runs as root; what it reads is written by strangers, so give serve a user of its own", needs: needs)
    }

    // MARK: - Parts

    /// Who will be left alone: what the guard rests on.
    private var protection: Checkup {
        let needs = "this machine's addresses (AF_NETLINK), routes (/proc/net) and groups"
        do {
            let targets = try Assembly.protected(loaded.settings.protected)
            let known = [
                "own addresses: \(targets.ownAddresses.count)",
                "gateways: \(targets.gateways.count)", "proxies: \(targets.proxies.count)",
                "networks: \(targets.networks.count)", "accounts: \(targets.users.count)",
                "administrators: \(targets.administrators.count)",
            ].joined(separator: ", ")
            guard targets.administrators.isEmpty else { return Checkup("protected", .ok, known, needs: needs) }
            let missing = "nobody is known as an administrator, so the last one is not either: protected: {administrators: […]}"
            return Checkup("protected", .warning, "\(known); \(missing)", needs: needs)
        } catch {
            return Checkup("protected", .failing, "\(error)", needs: needs)
        }
    }

    private func examineStore() async -> ([Checkup], [Decision]) {
        let path = loaded.settings.store
        let needs = "a local folder that this user may write, with room"
        guard access(path, F_OK) == 0 else {
            let isWritable = access(Self.folder(of: path), W_OK | X_OK) == 0
            let detail =
                isWritable
                ? "\(path) is not there yet, and can be made" : "\(path) is not there, and the folder cannot be written by this user"
            return ([Checkup("store", isWritable ? .ok : .failing, detail, needs: needs)], [])
        }
        var decisions: [Decision] = []
        let checkup = await Checkup("store", needs: needs) {
            let access = EngineAccess(loaded: loaded, logger: logger)
            decisions = try await access.withStore { try await $0.decisions(at: SystemClock().now()) }
            let daemon = try await access.daemon().map { "\($0.name) works on it" } ?? "no daemon works on it"
            guard let room = Self.room(path), room < 100 << 20 else { return (.ok, daemon) }
            return (.warning, "\(daemon); only \(room >> 20) MiB are free there")
        }
        return ([checkup], decisions)
    }

    /// Bytes that are free for this user where `path` lies.
    private static func room(_ path: String) -> UInt64? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        return UInt64(status.f_bavail) * UInt64(status.f_frsize)
    }

    private func examine(_ source: SourceSettings) async -> Checkup {
        switch source.origin {
        case .file(let path):
            return await Checkup("source \(source.name)", needs: "read permission (logs of Debian: group adm)") {
                guard access(path, F_OK) == 0 else { return (.warning, "is not there yet; it is waited for") }
                guard access(path, R_OK) == 0 else { return (.failing, "this user may not read it") }
                return (.ok, "can be read")
            }
        case .journal(let unit):
            return await Checkup("source \(source.name)", needs: "group systemd-journal") {
                let hasEntries = try JournalSource.hasEntries(of: unit)
                return hasEntries ? (.ok, "can be read") : (.warning, "holds nothing of \(unit) that this user can see")
            }
        case .standardInput: return Checkup("source stdin", .ok, "read to its end, once", needs: "nothing")
        }
    }

    private func examineEnforcers(_ all: [Decision]) async -> [Checkup] {
        let decisions = all.filter { $0.target.kind == .address }
        guard !loaded.settings.enforcers.isEmpty else {
            return [Checkup("enforcers", .warning, "none: decisions wait for programs that ask for them", needs: "nothing")]
        }
        var checkups: [Checkup] = []
        for (name, settings) in loaded.settings.enforcers.sorted(by: { $0.key < $1.key }) {
            checkups.append(
                await Checkup("enforcer \(name)", needs: Self.needs(settings)) {
                    guard let enforcer = try EnforcerFactory.enforcers(loaded.settings).first(where: { $0.name == name }) else {
                        return (.failing, "could not be made")
                    }
                    let drift = try await enforcer.compare(decisions)
                    return drift.isEmpty ? (.ok, "holds \(decisions.count) decisions") : (.warning, "drifted: \(drift)")
                })
        }
        return checkups
    }

    private static func needs(_ settings: EnforcerSettings) -> String {
        switch settings {
        case .nftables: "CAP_NET_ADMIN (AmbientCapabilities= in the unit), or the helper"
        case .helper: "riposte-helper running as root with --user set to this user"
        }
    }

    private func examineAccounts() async -> [Checkup] {
        guard !loaded.settings.accounts.isEmpty else {
            let detail = "locks are recorded in Riposte's own account state, which nothing enforces yet"
            return [Checkup("accounts", .warning, detail, needs: "nothing")]
        }
        var checkups: [Checkup] = []
        for (name, settings) in loaded.settings.accounts.sorted(by: { $0.key < $1.key }) {
            let secrets = settings.secrets.map { ", \($0)" }.joined()
            checkups.append(
                await Checkup("accounts \(name)", needs: Self.needs(settings) + secrets) {
                    for secret in settings.secrets { _ = try secret.resolve() }
                    guard let directory = try AccountFactory.backEnds(loaded.settings).examinable(name) else {
                        return (.ok, "its settings can be used; it is not contacted before it is needed")
                    }
                    return (.ok, try await directory.examine())
                })
        }
        return checkups
    }

    private static func needs(_ settings: AccountSettings) -> String {
        switch settings {
        case .postgreSQL: "a database user who may carry out its statements and nothing else"
        case .webhook: "a service that checks the signature"
        case .local: "to be root, or the helper"
        case .helper: "riposte-helper --accounts running as root with --user set to this user"
        case .ldap: "an entry that may search accounts and write the attributes of “marks”"
        }
    }

    private func examine(_ mailer: MailerSettings) async -> Checkup {
        let needs = (["a mail server that takes mail for all users"] + mailer.secrets.map(\.description)).joined(separator: ", ")
        return await Checkup("mailer", needs: needs) {
            try readable(mailer.email.authorities)
            for secret in mailer.secrets { _ = try secret.resolve() }
            try mailer.unlock.map { try UnlockTokens(secret: $0.secret).check() }
            let books = try AccountFactory.backEnds(loaded.settings).books.map(\.name.rawValue)
            let sources = books + [mailer.address].compactMap(\.self)
            let link = mailer.unlock == nil ? "; its mails hold no unlock link" : ""
            return (.ok, "addresses come from \(sources.joined(separator: ", then "))\(link); no mail is sent to try it")
        }
    }

    private func examine(_ channel: ChannelSettings, _ name: ChannelName) async -> Checkup {
        let part = "channel \(name)"
        switch channel {
        case .log(let path):
            return await examine(part, [], nothing: "told through the program's own log or a file") { try path.map(writable) }
        case .slack(let url), .teams(let url), .discord(let url):
            return await examine(part, [url], nothing: "") { try encrypted(url) }
        case .webhook, .pagerDuty, .opsgenie, .sms:
            return await examine(part, channel.secrets, nothing: "an HTTP request without a secret")
        case .email(let email):
            return await examine(part, channel.secrets, nothing: "mail goes out without signing in") { try readable(email.authorities) }
        case .syslog(let syslog):
            return await examine(part, [], nothing: "messages go out without signing in") { try readable(syslog.authorities) }
        }
    }

    private func readable(_ authorities: String?) throws {
        guard let authorities, access(authorities, R_OK) != 0 else { return }
        throw Failure("the certificate authorities in “\(authorities)” cannot be read: \(String(cString: strerror(errno)))")
    }

    private func writable(_ path: String) throws {
        var status = stat()
        let isThere = stat(path, &status) == 0
        if isThere, status.st_mode & S_IFMT != S_IFREG { throw Failure("“\(path)” is no regular file") }
        guard access(isThere ? path : Self.folder(of: path), isThere ? W_OK : W_OK | X_OK) != 0 else { return }
        throw Failure("“\(path)” cannot be written by this user: \(String(cString: strerror(errno)))")
    }

    private static func folder(of path: String) -> String {
        let folder = FilePath.folder(of: path)
        return folder.isEmpty ? "." : folder
    }

    private func runnable(_ program: String) throws {
        guard access(program, X_OK) != 0 else { return }
        throw Failure("“\(program)” cannot be run by this user: \(String(cString: strerror(errno)))")
    }

    /// Nothing is sent to such a webhook otherwise: its URL is the key to it.
    private func encrypted(_ url: Secret) throws {
        guard try url.resolve().revealed.lowercased().hasPrefix("https://") == false else { return }
        throw Failure("the URL in \(url) does not begin with https://")
    }

    private func examine(_ part: String, _ secrets: [Secret], nothing: String, also look: () throws -> Void = {}) async -> Checkup {
        let needs = secrets.isEmpty ? "nothing" : secrets.map(\.description).joined(separator: ", ")
        return await Checkup(part, needs: needs) {
            try look()
            for secret in secrets { _ = try secret.resolve() }
            return (.ok, secrets.isEmpty ? nothing : "its secrets are there (as this user sees them)")
        }
    }
}
