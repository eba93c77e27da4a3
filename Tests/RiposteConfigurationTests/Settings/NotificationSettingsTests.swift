import Riposte
import RiposteConfiguration
import Testing

private func read(_ yaml: String) -> (settings: Settings?, findings: [String]) {
    let file = "/etc/riposte/riposte.yaml"
    let (settings, findings) = SettingsReader().read(Array(yaml.utf8), file: file)
    return (settings, findings.map { $0.description.replacing("\(file):", with: "") })
}

@Suite struct `settings of notifications` {
    @Test func `say who is told of what, and when`() throws {
        let (settings, findings) = read(
            """
            routes:
              - {severity: critical, channels: [pager, sms]}
              - {severity: [low, info], playbooks: [night_watch, day_watch], channels: log}
              - channels: [slack]
            channels:
              slack:
                type: slack
                url_env: S
                min_severity: medium
                digest: 15m
                quiet_hours: {from: "22:00", to: "7:00", timezone: UTC}
                escalate_after: 15m
                escalate_to: pager
              pager:
                {type: pagerduty, routing_key_env: P, escalate_after: 1h, escalate_to: [sms, log]}
              sms:
                type: sms
                account_sid: AC1
                auth_token_env: T
                from: Riposte
                to: "+41791110001"
                digest: {every: 1h, below: critical}
                quiet_hours:
                  - {from: "22:00", to: "06:00", timezone: Europe/Zurich, except: none}
                  - {from: "12:00", to: "13:00", timezone: Europe/Zurich, except: high}
            """)
        #expect(findings == [])
        let rules = try #require(settings).notifications
        #expect(
            rules.routes == [
                .init(severity: .atLeast(.critical), channels: ["pager", "sms"]),
                .init(severity: .exactly([.low, .info]), playbooks: ["night_watch", "day_watch"], channels: ["log"]),
                .init(channels: ["slack"]),
            ])
        let zone = try #require(TimeZoneRule("Europe/Zurich"))
        #expect(
            rules.channels == [
                "slack": DeliveryRules(
                    minimumSeverity: .medium, digest: .init(every: .minutes(15), below: .high),
                    quietHours: [QuietHours(from: 1320, to: 420, zone: .utc, except: .critical)],
                    handOver: .init(after: .minutes(15), to: ["pager"])),
                "pager": DeliveryRules(handOver: .init(after: .hours(1), to: ["sms", "log"])),
                "sms": DeliveryRules(
                    digest: .init(every: .hours(1), below: .critical),
                    quietHours: [
                        QuietHours(from: 1320, to: 360, zone: zone, except: nil), QuietHours(from: 720, to: 780, zone: zone, except: .high),
                    ]),
            ])
        #expect(read("store: x").settings?.notifications == NotificationRules())
    }

    @Test(arguments: [
        ("min_severity: hgih", "1:41: error: unknown severity “hgih”; did you mean “high”?"),
        ("min_severty: high", "1:27: error: unknown key “min_severty” in channel “x”; did you mean “min_severity”?"),
        ("digest: 15", "1:35: error: “digest” must be a duration such as 30s, 5m or 1h; got 15; write 15s for seconds or 15m for minutes"),
        ("digest: 25h", "1:35: error: “digest” is at most 24h"),
        ("digest: {below: high}", "1:35: error: “digest” needs “every”; write {every: 15m, below: high}"),
        ("quiet_hours: {from: \"22:00\"}", "1:40: error: “quiet_hours” needs “to”"),
        (
            "quiet_hours: {from: \"22:00\", to: \"24:00\"}",
            "1:60: error: “to” must be a time of the day from 00:00 to 23:59; got “24:00”; write it in quotes: \"22:00\""
        ),
        (
            "quiet_hours: {from: 22, to: \"07:00\"}",
            "1:47: error: “from” must be a time of the day from 00:00 to 23:59; got 22; write it in quotes: \"22:00\""
        ),
        (
            "quiet_hours: {from: \"07:00\", to: \"7:00\"}",
            "1:40: error: “from” and “to” are the same: these quiet hours never begin or never end; use two times"
        ),
        (
            "quiet_hours: {from: \"22:00\", to: \"07:00\", timezone: Europe/Zuerich}",
            "1:79: error: there is no time zone “Europe/Zuerich” in this system's database; one is called Europe/Berlin, one UTC"
        ),
        (
            "quiet_hours: {from: \"22:00\", to: \"07:00\", except: all}",
            "1:77: error: unknown severity “all”; there is: critical, high, info, low, medium"
        ),
        (
            "quiet_hours: [{from: \"22:00\", to: \"07:00\"}, {from: \"06:00\", to: \"08:00\"}]",
            "1:71: error: these quiet hours (06:00–08:00) overlap others (22:00–07:00); make one of them"
        ),
        ("escalate_after: 15m", "1:43: error: “escalate_after” needs “escalate_to”: the channel that is told then"),
        ("escalate_to: log", "1:40: error: “escalate_to” needs “escalate_after”; write “escalate_after: 15m”"),
        ("escalate_after: 15m, escalate_to: lgo", "1:61: error: there is no channel “lgo”; did you mean “log”?"),
        ("escalate_after: 15m, escalate_to: x", "1:61: error: this escalates in a circle: “x” to “x”; leave one “escalate_to” out"),
    ])
    func `of a channel that cannot be so are refused`(keys: String, finding: String) {
        #expect(read("channels: {x: {type: log, \(keys)}}").findings == [finding])
    }

    @Test(arguments: [
        ("{severity: high, channels: [slak]}", "1:37: error: there is no channel “slak”; there is: log"),
        ("{severity: high}", "1:10: error: a route needs “channels”: who is told"),
        ("{severity: hihg, channels: log}", "1:21: error: unknown severity “hihg”; did you mean “high”?"),
        (
            "{channel: log}",
            "1:11: error: unknown key “channel” in a route; did you mean “channels”?|1:10: error: a route needs “channels”: who is told"
        ),
        ("x", "1:10: error: a route must be a map; got “x”"),
    ])
    func `of a route that cannot be so are refused`(route: String, findings: String) {
        #expect(Set(read("routes: [\(route)]").findings) == Set(findings.split(separator: "|").map(String.init)))
    }

    @Test func `say nothing of channels that could not be read`() {
        #expect(
            read("routes: []").findings == ["1:9: error: “routes” is an empty list: nobody would be told; leave it out for every channel"])
        #expect(
            read("routes: {a: b}").findings == [
                "1:9: error: “routes” must be a list; got a map; write - {severity: high, channels: [slack]}"
            ])
        let findings = read("channels: {x: {type: lgo}}\nroutes: [{channels: [y]}]").findings
        #expect(findings == ["1:22: error: “type” cannot be “lgo”; did you mean “log”?"])
        let circle = read(
            """
            channels:
              a: {type: log, escalate_after: 1m, escalate_to: b}
              b: {type: log, escalate_after: 1m, escalate_to: [log, c]}
              c: {type: log, escalate_after: 1m, escalate_to: a}
            """)
        #expect(circle.findings == ["2:51: error: this escalates in a circle: “a” to “b” to “c” to “a”; leave one “escalate_to” out"])
        let digest = read("channels: {p: {type: pagerduty, routing_key_env: P, digest: 15m}}").findings
        #expect(digest == ["1:61: error: a digest has no place here: each incident has an alert of its own; leave “digest” out"])
    }
}
