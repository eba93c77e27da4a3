import RiposteTesting
import Testing

@testable import Riposte

@Suite struct `an approval` {
    private let roles = ["security": ["ann", "bob"]]

    private func approval(_ rule: ApprovalRule = ApprovalRule()) -> Approval {
        Approval(
            "apr-1", playbook: "p", action: .blockIP, severity: .high, rule: rule, requestedAt: noon, expiresAt: noon + .hours(1))
    }

    private func vote(_ actor: String, _ decision: Vote.Decision = .grant, _ reason: String = "", after: Duration = .minutes(1)) -> Vote {
        Vote(actor: actor, decision: decision, reason: reason, at: noon + after)
    }

    @Test func `is answered once, by whoever comes first`() {
        for (first, second) in [(Vote.Decision.grant, Vote.Decision.deny), (.deny, .grant), (.grant, .grant), (.deny, .deny)] {
            var approval = approval()
            #expect(approval.take(vote("ann", first, "mine"), roles: [:]) == .decided)
            let answered = approval
            #expect(approval.take(vote("bob", second, "no, mine"), roles: [:]) == .late)
            #expect(approval == answered)
            #expect(approval.state == (first == .grant ? .granted : .denied))
            #expect(ApprovalAnswer(approval)?.sentence == "\(approval.state.rawValue) by ann: mine")
        }
    }

    @Test func `may be answered by those it names, and by those who have a role it names`() {
        let rule = ApprovalRule(approvers: ["security", "carol"])
        for actor in ["ann", "bob", "carol"] {
            var approval = approval(rule)
            #expect(approval.take(vote(actor), roles: roles) == .decided)
        }
        for actor in ["eve", "security", ""] {
            for decision in Vote.Decision.allCases {
                var approval = approval(rule)
                guard case .turnedAway = approval.take(vote(actor, decision), roles: roles) else {
                    Issue.record("\(actor) was not turned away")
                    continue
                }
                #expect(approval.state == .pending && approval.votes.isEmpty)
                #expect(approval.turnedAway.map(\.actor) == [actor])
            }
        }
    }

    @Test func `with four eyes is not let through by who has asked, under no other spelling either`() {
        for spelling in ["ann", "Ann", " ann"] {
            var approval = approval(ApprovalRule(requester: "ann"))
            guard case .turnedAway = approval.take(vote(spelling), roles: [:]) else {
                Issue.record("“\(spelling)” let it through")
                continue
            }
        }
    }

    @Test func `keeps no more of those it turns away than a few`() {
        var approval = approval(ApprovalRule(approvers: ["ann"]))
        for _ in 0..<1000 { _ = approval.take(vote("eve"), roles: [:]) }
        #expect(approval.turnedAway.count == 20)
    }

    @Test func `with a quorum of two takes two different people`() {
        var approval = approval(ApprovalRule(quorum: 2))
        #expect(approval.take(vote("ann"), roles: [:]) == .counted)
        #expect(approval.take(vote("ann"), roles: [:]) == .repeated)
        for spelling in ["ANN", "ann ", "a\u{200B}nn"] { #expect(approval.take(vote(spelling), roles: [:]) == .repeated) }
        #expect(approval.state == .pending && approval.missing == 1)
        #expect(approval.take(vote("bob", .grant, "agreed"), roles: [:]) == .decided)
        #expect(ApprovalAnswer(approval)?.sentence == "granted by ann and bob: agreed")
    }

    @Test func `is denied by one, who may have granted it before`() {
        for denier in ["ann", "bob"] {
            var approval = approval(ApprovalRule(quorum: 2))
            _ = approval.take(vote("ann"), roles: [:])
            #expect(approval.take(vote(denier, .deny, "wait"), roles: [:]) == .decided)
            #expect(ApprovalAnswer(approval)?.sentence == "denied by \(denier): wait")
        }
    }

    @Test func `wants four eyes: who has asked for the run may stop it and not let it through`() {
        let rule = ApprovalRule(requester: "ann")
        var first = approval(rule)
        guard case .turnedAway = first.take(vote("ann"), roles: [:]) else {
            Issue.record("ann let her own run through")
            return
        }
        #expect(first.take(vote("bob"), roles: [:]) == .decided)
        var second = approval(rule)
        #expect(second.take(vote("ann", .deny), roles: [:]) == .decided)
    }

    @Test func `that nobody answers in time is not granted, a moment later neither`() {
        var approval = approval(ApprovalRule(quorum: 2))
        _ = approval.take(vote("ann"), roles: [:])
        approval.expire(at: noon + .minutes(59))
        #expect(approval.state == .pending)
        #expect(approval.take(vote("bob", after: .hours(1)), roles: [:]) == .late)
        #expect(approval.state == .expired && approval.answeredAt == noon + .hours(1))
        #expect(ApprovalAnswer(approval)?.sentence == "not let through by 2 people within 1h; only ann granted it")
    }

    @Test func `is joined by others while nobody has voted and half of the time is left`() {
        #expect(approval().takesMore(at: noon + .minutes(30)))
        #expect(!approval().takesMore(at: noon + .minutes(30) + .microseconds(1)))
        var voted = approval(ApprovalRule(quorum: 2))
        _ = voted.take(vote("ann"), roles: [:])
        #expect(!voted.takesMore(at: noon + .minutes(2)))
    }
}
