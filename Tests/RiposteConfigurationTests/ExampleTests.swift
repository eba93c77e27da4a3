import Foundation
import Riposte
import RiposteConfiguration
import Testing

/// The repository's root, from where this file lies in it.
private let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

@Suite struct `the examples of the documentation` {
    @Test func `load`() throws {
        let settings = SettingsReader().read(file: root.appending(path: "docs/examples/riposte.yaml").path)
        #expect(settings.findings == [])
        let read = PlaybookFile.read(path: root.appending(path: "docs/examples/high_value_account_compromise.yaml").path)
        #expect(read.findings == [])
        #expect(
            read.playbooks.map(\.playbook) == [
                Playbook(
                    "high_value_account_compromise", triggers: [Trigger(detector: "credential_stuffing", severity: .atLeast(.critical))],
                    steps: [Step(.lockAccount), Step("freeze_stripe_account"), Step(.notifyAdmin, parameters: ["channel": "pagerduty"])])
            ])
    }

    @Test func `name every setting there is`() throws {
        let text = try String(contentsOf: root.appending(path: "docs/configuration.md"), encoding: .utf8)
        let unknown = SettingsReader().read(Array("zzzzzzzz: 1".utf8), file: "f").findings.first?.suggestion ?? ""
        let names = unknown.dropFirst("there is: ".count).split(separator: ", ")
        #expect(names.count > 15)
        for name in names { #expect(text.contains("`\(name)`"), "\(name) is not in docs/configuration.md") }
    }

    @Test func `are the shipped playbooks where the repository shows them`() throws {
        for file in ShippedPlaybooks.files {
            #expect(try Array(Data(contentsOf: root.appending(path: "Playbooks/\(file.name)"))) == file.bytes)
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: root.appending(path: "Playbooks").path + "/")
        #expect(names.sorted() == ShippedPlaybooks.files.map(\.name).sorted())
    }
}
