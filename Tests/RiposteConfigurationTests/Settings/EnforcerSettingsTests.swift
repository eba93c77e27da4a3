import Riposte
import RiposteConfiguration
import Testing

@Suite struct `the enforcers of the settings` {
    private func read(_ yaml: String) -> (enforcers: [EnforcerName: EnforcerSettings]?, findings: [String]) {
        let (settings, findings) = SettingsReader().read(Array("enforcers: \(yaml)".utf8), file: "/etc/riposte/riposte.yaml")
        return (settings?.enforcers, findings.map { $0.description.replacing("/etc/riposte/riposte.yaml:", with: "") })
    }

    @Test func `have a name and a type each`() {
        #expect(SettingsReader().read(Array("store: x".utf8), file: "f").settings?.enforcers == [:])
        let (enforcers, findings) = read(
            "{firewall: {type: nftables}, web: {type: nftables, table: riposte-web}, root: {type: helper}, other: {type: helper, socket: h.sock}}"
        )
        #expect(findings == [])
        #expect(
            enforcers == [
                "firewall": .nftables(table: "riposte"), "web": .nftables(table: "riposte-web"), "root": .helper(socket: nil),
                "other": .helper(socket: "/etc/riposte/h.sock"),
            ])
    }

    @Test(arguments: [
        ("{firewall: {}}", "1:23: error: enforcer “firewall” needs a “type”: nftables or helper"),
        ("{firewall: {type: nftable}}", "1:30: error: “type” cannot be “nftable”; did you mean “nftables”?"),
        ("{firewall: {type: nftables, tabel: x}}", "1:40: error: unknown key “tabel” in enforcer “firewall”; did you mean “table”?"),
        ("{firewall: {type: nftables, socket: x}}", "1:48: error: “socket” belongs to the type helper; take it out"),
        ("{firewall: {type: nftables, table: 1}}", "1:47: error: “table” must be text; got 1; put it into quotes if it is meant as text"),
        (
            "{firewall: {type: nftables, table: filter}}",
            "1:47: error: “table” is riposte, or riposte and more of a-z, 0-9, - and _, 64 characters at most; got “filter”"
        ),
        (
            "{a: {type: nftables}, b: {type: nftables}}",
            "1:37: error: “b” and “a” have the same table “riposte”; take one of them out, or give it another"
        ),
        ("[firewall]", "1:12: error: “enforcers” must be a map; got a list"),
    ])
    func `are refused with the place and what to write instead`(yaml: String, findings: String) {
        #expect(read(yaml).findings.joined(separator: "|") == findings)
    }
}
