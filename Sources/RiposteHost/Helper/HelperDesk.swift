internal import Riposte

/// What root's helper does with a request, and what it will not do whoever asks: a daemon that has been taken over still
/// cannot cut this machine off from itself or from half the network.
struct HelperDesk: Sendable {
    /// The enforcer of a store's table.
    let enforcer: @Sendable (_ store: String) throws -> any Enforcer
    /// Asked anew for each request: addresses of this machine come and go. Where they cannot be told, nothing is done.
    let protected: @Sendable () throws -> ProtectedTargets
    /// Works on this machine's accounts; `nil` = they are not this helper's business.
    var accounts: (@Sendable (LocalErrand) async throws -> LocalAnswer)?

    func answer(_ request: HelperRequest) async -> HelperReply {
        do {
            return try await carryOut(request)
        } catch let error as EnforcementError {
            return .failed(error.description, error.kind)
        } catch {
            return .failed("\(error)", .transient)
        }
    }

    private func carryOut(_ request: HelperRequest) async throws -> HelperReply {
        guard request.store.hasPrefix("/"), request.store.utf8.count <= 4096 else {
            return .refused("a store is named by its absolute path")
        }
        if case .account(let errand) = request.verb { return try await carryOut(errand) }
        let enforcer = try enforcer(request.store)
        let protected = try protected()
        switch request.verb {
        case .probe, .account: return .done
        case .apply(let bans, let lifted):
            if let refusal = bans.lazy.compactMap({ protected.refusal(for: .address($0.range)) }).first { return .refused(refusal) }
            try await enforcer.apply(bans.map(\.decision), lifting: lifted.map { DecisionKey(target: .address($0), type: .ban) })
            return .done
        case .compare(let bans):
            let (allowed, refusals) = sort(bans, protected)
            return .drift(try await enforcer.compare(allowed.map(\.decision)).adding(refusals))
        case .reconcile(let bans):
            let (allowed, refusals) = sort(bans, protected)
            return .drift(try await enforcer.reconcile(allowed.map(\.decision)).adding(refusals))
        case .remove: return .removed(try await enforcer.remove())
        }
    }

    private func carryOut(_ errand: LocalErrand) async throws -> HelperReply {
        guard let accounts else { return .refused("it was not started with --accounts") }
        do { return .account(try await accounts(errand)) } catch let error as DirectoryFailure {
            return .failed(error.message, error.kind)
        }
    }

    /// One ban that is refused does not keep the others from being carried out.
    private func sort(_ bans: [HelperBan], _ protected: ProtectedTargets) -> (allowed: [HelperBan], refusals: [String]) {
        var refusals: [String] = []
        let allowed = bans.filter { ban in
            guard let refusal = protected.refusal(for: .address(ban.range)) else { return true }
            refusals.append("the helper refuses it: \(refusal)")
            return false
        }
        return (allowed, refusals)
    }
}

extension EnforcementDrift {
    fileprivate func adding(_ refusals: [String]) -> EnforcementDrift {
        var drift = self
        drift.missing += refusals.count
        drift.structure += refusals.prefix(3)
        return drift
    }
}
