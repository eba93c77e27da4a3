import Riposte
import RiposteConfiguration
import Testing

@Suite struct `the shipped playbooks` {
    @Test func `all load, without a word`() {
        let read = ShippedPlaybooks.files.map { PlaybookFile.read($0.bytes, file: $0.name) }
        #expect(read.flatMap(\.findings) == [])
        #expect(
            ShippedPlaybooks.slugs == [
                "account_takeover_response", "brute_force_response", "credential_stuffing_response", "critical-anomaly-auto-block",
            ])
    }

    @Test func `answer what they are for`() throws {
        func answers(_ detector: DetectorName, _ severity: Severity) -> [PlaybookSlug] {
            let anomaly = Anomaly(
                id: "a", detector: detector, severity: severity, targets: TargetSet(), first: Timestamp(seconds: 0),
                last: Timestamp(seconds: 0),
                count: 1, summary: "")
            return ShippedPlaybooks.all.map(\.playbook).filter { $0.matches(anomaly) }.map(\.slug)
        }
        #expect(answers(.bruteForceByAddress, .high) == ["brute_force_response"])
        #expect(answers(.bruteForceByAddress, .medium) == [])
        #expect(answers(.bruteForceDistributed, .critical) == ["brute_force_response", "critical-anomaly-auto-block"])
        #expect(answers(.credentialStuffing, .medium) == ["credential_stuffing_response"])
        #expect(
            answers(.credentialStuffing, .critical) == [
                "account_takeover_response", "credential_stuffing_response", "critical-anomaly-auto-block",
            ])
        #expect(answers(.successAfterFailures, .critical) == ["account_takeover_response", "critical-anomaly-auto-block"])
    }

    @Test func `use actions that there are`() throws {
        let actions = try ActionRegistry(
            ["block_ip", "enable_enhanced_logging", "lock_account", "log_event", "notify_admin", "webhook"].map {
                ClosureAction($0) { _ in .success("") }
            })
        let linter = PlaybookLinter(actions: actions, detectors: [.bruteForceByAddress, .credentialStuffing, .successAfterFailures])
        let playbooks = ShippedPlaybooks.all.map { located in
            // The actions here have no parameters, and parameters are not what this is about.
            var located = located
            for index in located.steps.indices { located.steps[index].step.parameters = [:] }
            return located
        }
        #expect(linter.findings(for: playbooks).isEmpty)
    }
}
