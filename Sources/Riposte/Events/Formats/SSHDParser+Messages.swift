extension SSHDParser {
    /// A day: how long sshd must have said nothing itself before PAM's lines count.
    private static let silence: Int64 = 86_400_000_000

    // MARK: Failures

    /// `Failed password for [invalid user ]U from A port P ssh2`, and with `keyboard-interactive/pam` for `password`.
    mutating func failed(_ message: SSHDMessage, _ line: Span<UInt8>, into events: inout [Event]) -> LineVerdict {
        guard let start = line.end(of: "Failed ", at: message.start) else { return .irrelevant }
        lastSpoken = message.time
        if let user = line.end(of: "password for ", at: start) { return attempt(.password, message, line, from: user, into: &events) }
        guard let device = line.end(of: "keyboard-interactive", at: start) else {
            attempts.noteKeys(key: message.key, time: message.time)
            return .irrelevant
        }
        guard let space = line.first(0x20, from: device, to: device + 20), let user = line.end(of: " for ", at: space) else {
            return .irrelevant
        }
        return attempt(.keyboard, message, line, from: user, into: &events)
    }

    /// `error: PAM: Authentication failure for [illegal user ]U from A`.
    mutating func pamError(_ message: SSHDMessage, _ line: Span<UInt8>, into events: inout [Event]) -> LineVerdict {
        guard let start = line.end(of: "error: PAM: ", at: message.start) else { return .irrelevant }
        if let user = line.end(of: "User account has expired for ", at: start) {
            return attempt(.pamError, message, line, from: user, reason: .expired, into: &events)
        }
        let user =
            line.end(of: "Authentication failure for ", at: start) ?? line.end(of: "Authentication error for ", at: start)
            ?? line.end(of: "User not known to the underlying authentication module for ", at: start)
        guard let user else { return .irrelevant }
        return attempt(.pamError, message, line, from: user, into: &events)
    }

    /// A failure whose user starts at `start` and whose peer stands at the message's end.
    private mutating func attempt(
        _ stage: AttemptTable.Stage, _ message: SSHDMessage, _ line: Span<UInt8>, from start: Int, reason given: Event.Reason? = nil,
        into events: inout [Event]
    ) -> LineVerdict {
        let unknown = line.end(of: "invalid user ", at: start) ?? line.end(of: "illegal user ", at: start)
        let isUnknown = unknown != nil
        let userStart = unknown ?? start
        guard userStart <= message.end, let tail = PeerTail(line, userStart..<message.end) else { return .irrelevant }
        guard let peer = tail.peer else { return .badAddress }
        let opening = attempts.open(stage, key: message.key, peer: peer, time: message.time)
        var isCounted = opening.isContinued
        if opening.isContinued ? opening.earlier == .pam : stage != .password {
            isCounted = unansweredPAM.take(peer.address, at: message.time) || isCounted
        }
        let reason = given ?? (opening.refusal != .none ? opening.refusal : isUnknown ? .unknownUser : .badCredentials)
        let event = Event(
            time: message.time, kind: .login, outcome: .failure, reason: reason,
            method: stage == .password ? .password : .keyboardInteractive,
            address: peer.address, port: peer.port, user: line.name(in: userStart..<tail.userEnd),
            count: isCounted ? max(message.count - 1, 1) : message.count)
        return record(event, of: message, isCounted: isCounted && message.count == 1, into: &events)
    }

    /// `Invalid user U from A port P`; the port is missing before OpenSSH 7.5.
    mutating func invalidUser(_ message: SSHDMessage, _ line: Span<UInt8>, into events: inout [Event]) -> LineVerdict {
        guard let start = line.end(of: "Invalid user ", at: message.start), start <= message.end,
            let tail = PeerTail(line, start..<message.end)
        else { return .irrelevant }
        lastSpoken = message.time
        guard let peer = tail.peer else { return .badAddress }
        _ = attempts.open(.named, key: message.key, peer: peer, time: message.time)
        let event = Event(
            time: message.time, kind: .login, outcome: .failure, reason: .unknownUser, address: peer.address, port: peer.port,
            user: line.name(in: start..<tail.userEnd))
        return record(event, of: message, into: &events)
    }

    /// `User U from A not allowed because not listed in AllowUsers`, `User U not allowed because account is locked`.
    ///
    /// The latter names no address: it only gives the attempts that follow their reason.
    mutating func notAllowed(_ message: SSHDMessage, _ line: Span<UInt8>, into events: inout [Event]) -> LineVerdict {
        guard let start = line.end(of: "User ", at: message.start),
            let because = line.last(" not allowed because ", in: start..<message.end)
        else { return .irrelevant }
        let reason: Event.Reason = line.has(" not allowed because account is locked", at: because) ? .locked : .disabled
        lastSpoken = message.time
        guard let tail = PeerTail(line, start..<because) else {
            attempts.refuse(key: message.key, reason: reason, stage: .refused, peer: nil, time: message.time)
            return .irrelevant
        }
        guard let peer = tail.peer else { return .badAddress }
        attempts.refuse(key: message.key, reason: reason, stage: .named, peer: peer, time: message.time)
        let event = Event(
            time: message.time, kind: .login, outcome: .failure, reason: reason, address: peer.address, port: peer.port,
            user: line.name(in: start..<tail.userEnd))
        return record(event, of: message, into: &events)
    }

    /// `error: maximum authentication attempts exceeded for [invalid user ]U from A port P ssh2 [preauth]`.
    mutating func tooManyAttempts(_ message: SSHDMessage, _ line: Span<UInt8>, into events: inout [Event]) -> LineVerdict {
        guard attempts.stage(of: message.key, at: message.time) == .none,
            let start = line.end(of: "error: maximum authentication attempts exceeded for ", at: message.start)
        else { return .irrelevant }
        let unknown = line.end(of: "invalid user ", at: start)
        let isUnknown = unknown != nil
        let userStart = unknown ?? start
        guard userStart <= message.end, let tail = PeerTail(line, userStart..<message.end) else { return .irrelevant }
        guard let peer = tail.peer else { return .badAddress }
        let event = Event(
            time: message.time, kind: .login, outcome: .failure, reason: isUnknown ? .unknownUser : .badCredentials, address: peer.address,
            port: peer.port, user: line.name(in: userStart..<tail.userEnd))
        return record(event, of: message, into: &events)
    }

    // MARK: PAM

    /// `pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=A  user=U`.
    ///
    /// In sshd's hands `ruser` is always empty, so the first ` ruser= rhost=` is PAM's own; `user=` comes last and may hold
    /// anything.
    mutating func pamFailure(_ message: SSHDMessage, _ line: Span<UInt8>, into events: inout [Event]) -> LineVerdict {
        guard message.time.microseconds(since: lastSpoken) > Self.silence else { return .irrelevant }
        guard let (peer, user) = pamPeer(message, line) else { return .irrelevant }
        guard let peer else { return .badAddress }
        let opening = attempts.open(.pam, key: message.key, peer: peer, time: message.time)
        if !opening.isContinued { unansweredPAM.add(peer.address, at: message.time) }
        return record(pamEvent(message, peer, user), of: message, isCounted: opening.isContinued, into: &events)
    }

    /// `PAM 2 more authentication failures; logname= uid=0 euid=0 tty=ssh ruser= rhost=A  user=U`.
    mutating func morePAMFailures(_ message: SSHDMessage, _ line: Span<UInt8>, into events: inout [Event]) -> LineVerdict {
        guard attempts.stage(of: message.key, at: message.time) == .pam,
            let start = line.end(of: "PAM ", at: message.start), let end = line.first(0x20, from: start, to: start + 5),
            line.has(" more authentication failure", at: end), let count = line.number(in: start..<end, atMost: 4), count > 0
        else { return .irrelevant }
        guard let (peer, user) = pamPeer(message, line) else { return .irrelevant }
        guard let peer else { return .badAddress }
        attempts.forget(key: message.key)
        var event = pamEvent(message, peer, user)
        event.count = UInt32(count)
        return record(event, of: message, into: &events)
    }

    private func pamEvent(_ message: SSHDMessage, _ peer: Peer, _ user: String?) -> Event {
        Event(
            time: message.time, kind: .login, outcome: .failure, reason: user == nil ? .unknownUser : .badCredentials, method: .password,
            address: peer.address, user: user)
    }

    private func pamPeer(_ message: SSHDMessage, _ line: Span<UInt8>) -> (Peer?, user: String?)? {
        var index = message.start
        while index < message.end, !line.has(" ruser= rhost=", at: index) { index += 1 }
        guard let start = line.end(of: " ruser= rhost=", at: index), start < message.end else { return nil }
        let end = line.first(0x20, from: start, to: message.end) ?? message.end
        guard end > start else { return nil }
        var userStart = end
        while userStart < message.end, line[userStart] == 0x20 { userStart += 1 }
        let user = line.end(of: "user=", at: userStart).map { line.name(in: $0..<message.end) }
        return (IPAddress(span: line.extracting(start..<end)).map { Peer(address: $0) }, user)
    }

    // MARK: Successes and ends

    /// `Accepted publickey for U from A port P ssh2: ED25519 SHA256:…`.
    ///
    /// Here the first place that fits is taken: the name is that of an existing account, while what follows `ssh2:` may
    /// hold a certificate's free text.
    mutating func accepted(_ message: SSHDMessage, _ line: Span<UInt8>, into events: inout [Event]) -> LineVerdict {
        guard let start = line.end(of: "Accepted ", at: message.start), let methodEnd = line.first(0x20, from: start, to: start + 40),
            let userStart = line.end(of: " for ", at: methodEnd)
        else { return .irrelevant }
        lastSpoken = message.time
        attempts.forget(key: message.key)
        var index = userStart
        while let space = line.first(0x20, from: index, to: message.end) {
            if let peer = acceptedPeer(line, at: space, to: message.end) {
                let event = Event(
                    time: message.time, kind: .login, outcome: .success, method: Self.method(line, start), address: peer.address,
                    port: peer.port, user: line.name(in: userStart..<space))
                return record(event, of: message, into: &events)
            }
            index = space + 1
        }
        return .badAddress
    }

    /// Reads ` from A port P ssh2` at `start`, ended by the line's end or a colon.
    private func acceptedPeer(_ line: Span<UInt8>, at start: Int, to end: Int) -> Peer? {
        guard line.has(" from ", at: start), let addressEnd = line.first(0x20, from: start + 6, to: min(end, start + 56)),
            line.has(" port ", at: addressEnd), let portEnd = line.first(0x20, from: addressEnd + 6, to: addressEnd + 12),
            line.has(" ssh2", at: portEnd), portEnd + 5 == end || line.byte(portEnd + 5) == 0x3A || line.byte(portEnd + 5) == 0x20,
            let port = line.number(in: addressEnd + 6..<portEnd, atMost: 5).flatMap({ UInt16(exactly: $0) }),
            let address = IPAddress(span: line.extracting(start + 6..<addressEnd))
        else { return nil }
        return Peer(address: address, port: port)
    }

    private static func method(_ line: Span<UInt8>, _ start: Int) -> Event.Method {
        if line.has("password ", at: start) { return .password }
        if line.has("publickey ", at: start) { return .publicKey }
        return line.has("keyboard-interactive", at: start) ? .keyboardInteractive : .other
    }

    /// `Connection closed by authenticating user U A port P [preauth]` and its like: the end of a connection.
    mutating func closed(_ message: SSHDMessage, _ line: Span<UInt8>, into events: inout [Event]) -> LineVerdict {
        lastSpoken = message.time
        let isKnown = attempts.stage(of: message.key, at: message.time) != .none
        attempts.forget(key: message.key)
        guard !isKnown, let start = authenticatingUser(message, line),
            let tail = PeerTail(line, start..<message.end, hasFrom: false)
        else { return .irrelevant }
        guard let peer = tail.peer else { return .badAddress }
        let event = Event(
            time: message.time, kind: .login, outcome: .unknown, address: peer.address, port: peer.port,
            user: line.name(in: start..<tail.userEnd))
        return record(event, of: message, into: &events)
    }

    private func authenticatingUser(_ message: SSHDMessage, _ line: Span<UInt8>) -> Int? {
        let start = message.start
        let peer =
            line.end(of: "Connection closed by ", at: start) ?? line.end(of: "Connection reset by ", at: start)
            ?? line.end(of: "Disconnected from ", at: start)
        guard let peer, let user = line.end(of: "authenticating user ", at: peer), user <= message.end else { return nil }
        return user
    }
}
