import Riposte
import RiposteConfiguration
import Testing

/// Reads a settings text as `/etc/riposte/riposte.yaml`.
private func read(_ yaml: String, file: String = "/etc/riposte/riposte.yaml") -> (settings: Settings?, findings: [String]) {
    let detectors = [
        "brute_force": [
            Parameter.count("threshold", in: 1...1000, default: 5, "Failures.").description,
            Parameter.duration("window", default: .minutes(10), "Time.").description,
        ],
        "credential_stuffing": [],
    ]
    let (settings, findings) = SettingsReader(detectors: detectors).read(Array(yaml.utf8), file: file)
    return (settings, findings.map { $0.description.replacing("\(file):", with: "") })
}

@Suite struct `the settings` {
    @Test func `of one line have the defaults`() throws {
        var expected = Settings()
        expected.store = "/etc/riposte/riposte.db"
        let (settings, findings) = read("store: riposte.db")
        #expect(settings == expected)
        #expect(findings == [])
        #expect(expected.isEnabled && expected.joinWindow == .hours(1) && expected.logLevel == .info)
        #expect(
            expected.channels == ["log": .log(path: nil)] && expected.shippedPlaybooks == .unlessOthers && expected.playbookPaths == nil)
        #expect(read("log_level: info").settings == expected)
    }

    @Test(arguments: [
        ("riposte.db", "riposte.yaml", "riposte.db"), ("data/x.db", "conf/riposte.yaml", "conf/data/x.db"),
        ("/var/x.db", "conf/r.yaml", "/var/x.db"),
        ("{sqlite: x.db}", "/r.yaml", "/x.db"), ("x.db", "./r.yaml", "x.db"),
    ])
    func `hold paths relative to their file's folder`(store: String, file: String, path: String) {
        #expect(read("store: \(store)", file: file).settings?.store == path)
    }

    @Test func `name sources`() throws {
        let (settings, findings) = read(
            """
            sources:
              - {file: /var/log/auth.log, format: sshd, timezone: Europe/Berlin, start: beginning}
              - {file: access.log}
              - {journal: ssh.service}
              - {stdin: true, format: jsonl}
            """)
        #expect(findings == [])
        #expect(
            settings?.sources == [
                SourceSettings(.file(path: "/var/log/auth.log"), format: .sshd, timeZone: "Europe/Berlin", start: .beginning),
                SourceSettings(.file(path: "/etc/riposte/access.log")), SourceSettings(.journal(unit: "ssh.service"), format: .sshd),
                SourceSettings(.standardInput, format: .jsonl),
            ])
        #expect(settings?.sources.map(\.name) == ["/var/log/auth.log", "/etc/riposte/access.log", "journal:ssh.service", "stdin"])
    }

    @Test func `hold playbooks, switches, protected targets and detectors' parameters`() throws {
        let (settings, findings) = read(
            """
            incident_response:
              enabled: false
              playbooks:
                brute_force_response:
                  trigger: {detector: brute_force, severity: high}
                  actions: [{action: block_ip, duration_minutes: 60}]
            playbooks: [playbooks, /srv/one.yaml]
            shipped_playbooks: [account_takeover_response]
            protected: {networks: [192.0.2.0/24, "2001:db8::1"], users: [root, deploy]}
            join_window: 30m
            detectors: {brute_force: {threshold: 3, window: 5m}, credential_stuffing: {}}
            log_channels: {security: security.log}
            allowed_networks: 10.0.0.0/8
            actor: ops
            log_level: warning
            """)
        #expect(findings == [])
        let read = try #require(settings)
        #expect(!read.isEnabled)
        #expect(
            read.playbooks.map(\.playbook) == [
                Playbook(
                    "brute_force_response", triggers: [Trigger(detector: "brute_force", severity: .atLeast(.high))],
                    steps: [Step(.blockIP, parameters: ["duration_minutes": 60])])
            ])
        #expect(read.playbookPaths == ["/etc/riposte/playbooks", "/srv/one.yaml"])
        #expect(read.shippedPlaybooks == .only(["account_takeover_response"]))
        #expect(
            read.protected.networks.map(\.description) == ["192.0.2.0/24", "2001:db8::1"] && read.protected.users == ["root", "deploy"])
        #expect(read.joinWindow == .minutes(30))
        #expect(read.detectors == ["brute_force": ["threshold": 3, "window": "5m"], "credential_stuffing": [:]])
        #expect(read.logChannels == ["security": "/etc/riposte/security.log"])
        #expect(read.allowedNetworks.map(\.description) == ["10.0.0.0/8"])
        #expect(read.actor == "ops" && read.logLevel == .warning)
    }

    @Test func `hold playbooks under “playbooks” too`() {
        #expect(read("playbooks: {p: {actions: [x]}}").settings?.playbooks.map(\.playbook) == [Playbook("p", steps: [Step("x")])])
    }

    @Test func `name channels and webhooks, their secrets by reference`() throws {
        let (settings, findings) = read(
            """
            channels:
              slack: {type: slack, url_env: SLACK_WEBHOOK_URL}
              file: {type: log, path: people.log}
              hook: {type: webhook, url_file: secrets/url, secret_env: TOKEN}
            actions:
              open_ticket:
                type: webhook
                url: "https://tickets.example.org:8443/api/{{ incident.id }}?a=b"
                method: PUT
                headers: {Accept: application/json, X-Api-Key: {env: API_KEY}, Authorization: {file: /run/secrets/auth}}
                body: {title: "{{ anomaly.summary }}", n: 1}
                signing_secret_file: secrets/signing
                expect: [200, 2xx, 300-302]
                timeout: 3s
            """)
        #expect(findings == [])
        #expect(
            settings?.channels == [
                "log": .log(path: nil), "slack": .slack(url: .environment("SLACK_WEBHOOK_URL")),
                "file": .log(path: "/etc/riposte/people.log"),
                "hook": .webhook(WebhookSettings(url: .secret(.file("/etc/riposte/secrets/url")), secret: .environment("TOKEN"))),
            ])
        #expect(
            settings?.actions == [
                "open_ticket": WebhookSettings(
                    url: .literal("https://tickets.example.org:8443/api/{{ incident.id }}?a=b"), method: .put,
                    headers: [
                        "Accept": .literal("application/json"), "X-Api-Key": .secret(.environment("API_KEY")),
                        "Authorization": .secret(.file("/run/secrets/auth")),
                    ], body: ["title": "{{ anomaly.summary }}", "n": 1], signingSecret: .file("/etc/riposte/secrets/signing"),
                    expect: [200...200, 200...299, 300...302], timeout: .seconds(3))
            ])
    }
}

@Suite struct `wrong settings` {
    @Test(arguments: [
        ("", "1:1: error: the file is empty; write at least “store: riposte.db”"),
        ("- x", "1:1: error: the settings must be a map; got a list"),
        ("store: x\n---\nstore: y", "3:1: error: a settings file is one document; another one begins here"),
        ("store: x\nstroe: y", "2:1: error: unknown key “stroe” in the settings; did you mean “store”?"),
        (
            "store: 1\nstore: 2",
            "2:1: error: “store” is there twice|1:8: error: “store” must be text; got 1; put it into quotes if it is meant as text"
        ),
        (
            "store: {postgres: x}",
            "1:9: error: unknown key “postgres” in “store”; there is: sqlite|1:8: error: “store” needs “sqlite” with a path"
        ),
        ("sources: {file: x}", "1:10: error: “sources” must be a list; got a map; begin each source with “- ”"),
        ("sources: [{format: sshd}]", "1:11: error: a source needs “file”, “journal” or “stdin”"),
        ("sources: [{file: x, stdin: true}]", "1:11: error: a source has one of “file”, “journal” and “stdin”"),
        ("sources: [{file: x, format: ssh}]", "1:29: error: “format” cannot be “ssh”; did you mean “sshd”?"),
        ("sources: [{file: x, start: middle}]", "1:28: error: “start” cannot be “middle”; there is: beginning, end"),
        ("sources: [{file: x}, {file: ./x}, {file: x}]", "1:35: error: two sources read /etc/riposte/x"),
        (
            "sources: [{file: x, timezone: Mars City}]",
            "1:31: error: “timezone” is a name of the time zone database such as Europe/Berlin or UTC; got “Mars City”"
        ),
        ("sources: [{journal: a, timezone: UTC}]", "1:34: error: “timezone” means nothing for the journal, whose times are exact"),
        ("sources: [{journal: a, format: nginx}]", "1:32: error: a journal is read as sshd; leave “format” out"),
        ("sources: [{stdin: false}]", "1:19: error: “stdin” can only be true; leave the source out"),
        ("sources: [{stdin: true, start: end}]", "1:32: error: “start” means nothing for stdin"),
        ("sources: [{file: x, frmat: sshd}]", "1:21: error: unknown key “frmat” in a source; did you mean “format”?"),
        ("enabled: on", "1:10: error: “enabled” must be true or false; got “on”"),
        ("enabled: true\nincident_response: {enabled: false}", "2:30: error: “enabled” is said here and in line 1; leave one of them out"),
        ("playbooks: 3", "1:12: error: “playbooks” must be text; got 3; put it into quotes if it is meant as text"),
        ("incident_response: {playbook: {}}", "1:21: error: unknown key “playbook” in “incident_response”; did you mean “playbooks”?"),
        ("incident_response: {playbooks: {p: {actions: []}}}", "1:46: error: a playbook needs at least one step"),
        (
            "shipped_playbooks: [brute_force_respons]",
            "1:21: error: “shipped_playbooks” cannot be “brute_force_respons”; did you mean “brute_force_response”?"
        ),
        (
            "protected: {networks: [300.0.0.1]}",
            "1:24: error: “networks” holds addresses (203.0.113.9) and networks (203.0.113.0/24); got “300.0.0.1”"
        ),
        (
            "protected: {nets: []}",
            "1:13: error: unknown key “nets” in “protected”; there is: administrators, gateways, networks, proxies, roles, users"
        ),
        (
            "join_window: 60",
            "1:14: error: “join_window” must be a duration such as 30s, 5m or 1h; got 60; write 60s for seconds or 60m for minutes"
        ),
        ("detectors: {brute_froce: {}}", "1:13: error: unknown detector “brute_froce”; did you mean “brute_force”?"),
        (
            "detectors: {brute_force: {treshold: 1}}",
            "1:27: error: unknown key “treshold” in detector “brute_force”; did you mean “threshold”?"
        ),
        ("detectors: {brute_force: {threshold: 0}}", "1:38: error: “threshold” must be a whole number from 1 to 1000; got 0"),
        ("detectors: {brute_force: {window: 600}}", "1:35: error: “window” must be a duration such as 30s, 5m or 1h; got 600"),
        ("log_channels: {security: 1}", "1:26: error: “security” must be text; got 1; put it into quotes if it is meant as text"),
        ("log_channels: {a b: x}", "1:16: error: a name holds letters, digits, “_”, “-” and “.”; got “a b”"),
        ("log_level: inf", "1:12: error: “log_level” cannot be “inf”; did you mean “info”?"),
        ("allowed_networks: [x]", "1:20: error: “allowed_networks” holds addresses (203.0.113.9) and networks (203.0.113.0/24); got “x”"),
    ])
    func `are refused with the place and what to write instead`(yaml: String, findings: String) {
        let (settings, found) = read(yaml)
        #expect(Set(found) == Set(findings.split(separator: "|").map(String.init)))
        #expect(settings == nil)
    }

    @Test(arguments: [
        (
            "{}",
            "1:15: error: channel “x” needs a “type”: log, file, webhook, slack, teams, discord, pagerduty, opsgenie, email, sms or syslog"
        ),
        ("x", "1:15: error: channel “x” must be a map; got “x”"),
        ("{type: slak}", "1:22: error: “type” cannot be “slak”; did you mean “slack”?"),
        ("{type: slack}", "1:15: error: channel “x” needs “url_env” or “url_file”: where its URL is"),
        ("{type: slack, url_env: A, url_file: b}", "1:51: error: “url_env” and “url_file” exclude each other"),
        ("{type: webhook}", "1:15: error: channel “x” needs a “url”"),
        ("{type: webhook, url: \"https://a.b\", url_env: A}", "1:60: error: “url” and a reference to one exclude each other"),
        (
            "{type: log, url: x}",
            "1:27: error: unknown key “url” in channel “x”; there is: digest, escalate_after, escalate_to, min_severity, path, quiet_hours, type"
        ),
        (
            "{type: webhook, url: \"https://a.b\", timeout: 5}",
            "1:60: error: “timeout” must be a duration such as 30s, 5m or 1h; got 5; write 5s for seconds or 5m for minutes"
        ),
        ("{type: webhook, url: \"https://a.b\", method: get}", "1:59: error: “method” cannot be “get”; did you mean “GET”?"),
        ("{type: webhook, url: \"https://a.b\", expect: 2x}", "1:59: error: “expect” holds statuses such as 200, 2xx or 200-299; got “2x”"),
        ("{type: webhook, url: \"https://a.b\", headers: {\"a b\": c}}", "1:61: error: “a b” is not a header's name"),
        ("{type: webhook, url: \"https://a.b\", headers: {a: \"b\\nc\"}}", "1:64: error: a header's value is one line"),
        ("{type: webhook, url: \"https://a.b\", headers: {a: b, A: c}}", "1:67: error: the header “A” is there twice"),
        (
            "{type: pagerduty}",
            "1:15: error: channel “x” needs “routing_key_env” or “routing_key_file”: where the key of its integration is"
        ),
        (
            "{type: pagerduty, routing_key: hunter2}",
            "1:46: error: “routing_key” is a secret and does not belong into this file; put it into the environment and write “routing_key_env: PAGERDUTY_ROUTING_KEY”, or into a file and write “routing_key_file: PATH”"
        ),
        (
            "{type: pagerduty, routing_key_env: hunter-2}",
            "1:50: error: “routing_key_env” must be the name of an environment variable, such as SLACK_WEBHOOK_URL"
        ),
        (
            "{type: pagerduty, routing_key_env: A, url: \"http://pager.example.org/\"}",
            "1:58: error: the routing key would go over the network in the clear; use https"
        ),
        ("{type: pagerduty, routing_key_env: A, url: \"https://a.b/{{ x }}\"}", "1:58: error: “{{ }}” has no place in this URL"),
        (
            "{type: pagerduty, routing_keyenv: A, routing_key_env: A}",
            "1:33: error: unknown key “routing_keyenv” in channel “x”; did you mean “routing_key_env”?"
        ),
        ("{type: pagerdury, routing_key_env: A}", "1:22: error: “type” cannot be “pagerdury”; did you mean “pagerduty”?"),
        ("{type: email, from: a@b.c, to: a@b.c}", "1:15: error: channel “x” needs “host”"),
        (
            "{type: email, host: \"h:25\", from: a@b.c, to: a@b.c}",
            "1:35: error: “host” is the name or address of a mail server; got “h:25”; the port goes under “port”"
        ),
        (
            "{type: email, host: h, from: a, to: a@b.c}",
            "1:44: error: “from” must be an address such as ann@example.org or “Ann <ann@example.org>”; got “a”"
        ),
        (
            "{type: email, host: h, from: a@b.c, to: [a@b.c, \"a@b.c, d@e.f\"]}",
            "1:63: error: “to” must be an address such as ann@example.org or “Ann <ann@example.org>”; got “a@b.c, d@e.f”"
        ),
        ("{type: email, host: h, from: a@b.c, to: []}", "1:55: error: “to” is an empty list; name somebody to send mail to"),
        (
            "{type: email, host: h, from: a@b.c, to: a@b.c, tls: startls}",
            "1:67: error: “tls” cannot be “startls”; did you mean “starttls”?"
        ),
        ("{type: email, host: h, from: a@b.c, to: a@b.c, port: 0}", "1:68: error: “port” must be a whole number from 1 to 65535; got 0"),
        (
            "{type: email, host: h, from: a@b.c, to: a@b.c, password: hunter2}",
            "1:72: error: “password” is a secret and does not belong into this file; put it into the environment and write “password_env: SMTP_PASSWORD”, or into a file and write “password_file: PATH”"
        ),
        (
            "{type: email, host: h, from: a@b.c, to: a@b.c, username: u}",
            "1:72: error: a “username” needs a password; write “password_env: SMTP_PASSWORD” or “password_file: PATH”"
        ),
        ("{type: email, host: h, from: a@b.c, to: a@b.c, password_env: P}", "1:76: error: a password needs a “username”"),
        (
            "{type: email, host: h, from: a@b.c, to: a@b.c, tls: none, username: u, password_env: P}",
            "1:67: error: the password would go over the network in the clear; use “tls: starttls” or “tls: implicit”"
        ),
        (
            "{type: email, host: h, from: a@b.c, to: a@b.c, tls: none}",
            "1:67: warning: mail goes over the network in the clear; use “tls: starttls” or “tls: implicit”"
        ),
    ])
    func `of a channel are refused`(channel: String, finding: String) {
        #expect(read("channels: {x: \(channel)}").findings == [finding])
    }

    @Test func `name PagerDuty and mail servers`() throws {
        let (settings, findings) = read(
            """
            channels:
              pagerduty: {type: pagerduty, routing_key_env: PAGERDUTY_ROUTING_KEY}
              eu:
                type: pagerduty
                routing_key_file: pager.key
                url: https://events.eu.pagerduty.com/v2/enqueue
                source: web01
              email:
                type: email
                host: SMTP.example.org
                username: riposte
                password_env: SMTP_PASSWORD
                from: Riposte <riposte@example.org>
                to: [ann@example.org, Bob <bob@example.org>]
                ca_file: ca.pem
              local: {type: email, host: localhost, port: 2525, tls: none, from: r@example.org, to: root@example.org}
            """)
        #expect(findings == [])
        let channels = try #require(settings).channels
        #expect(channels["pagerduty"] == .pagerDuty(PagerDutySettings(routingKey: .environment("PAGERDUTY_ROUTING_KEY"))))
        #expect(
            channels["eu"]
                == .pagerDuty(
                    PagerDutySettings(
                        routingKey: .file("/etc/riposte/pager.key"), url: "https://events.eu.pagerduty.com/v2/enqueue", source: "web01")))
        #expect(
            channels["email"]
                == .email(
                    EmailSettings(
                        host: "smtp.example.org", username: "riposte", password: .environment("SMTP_PASSWORD"),
                        from: "Riposte <riposte@example.org>", to: ["ann@example.org", "Bob <bob@example.org>"],
                        authorities: "/etc/riposte/ca.pem")))
        #expect(
            channels["local"]
                == .email(EmailSettings(host: "localhost", port: 2525, encryption: .none, from: "r@example.org", to: ["root@example.org"])))
    }

    @Test(arguments: ["block_ip", "lock_account", "log_event", "notify_admin", "webhook"])
    func `cannot take the name of one of Riposte's own actions`(name: String) {
        #expect(
            read("actions: {\(name): {type: webhook, url: \"https://a.b\"}}").findings == [
                "1:11: error: “\(name)” is one of Riposte's own actions; choose another name"
            ])
    }

    @Test(arguments: [
        "ftp://a.b", "//a.b", "a.b", "https://", "https:///x", "https://{{ host }}/x", "https://a.{{ x }}.b/", "{{ url }}", "https://a b/",
        "https://a.b:0/",
        "https://a.b:99999/", "https://a.b:{{ port }}/", "https://user:pass@a.b/", "https://a@b/", "https://-a.b/", "https://a..b/",
        "https://a.b/{{ x",
        "https://a.b/ x", "https://a.b/ä", "https://a.b\\@c/", "https://[::g]/", "https://[::1/", "HTTPS://{{x}}", "https://ä.b/",
        "http{{s}}://a.b",
    ])
    func `do not let a template or a stranger say where a request goes`(url: String) {
        let (settings, findings) = read("actions: {x: {url: \"\(url.replacing("\\", with: "\\\\"))\"}}")
        #expect(settings == nil)
        #expect(findings.count == 1 && findings[0].hasPrefix("1:20: error: "), "\(findings)")
    }

    @Test(arguments: [
        "https://a.b", "http://localhost:8080/x", "https://a.b/{{ x }}/y?z={{ anomaly.targets[0] }}", "https://[2001:db8::1]:443/",
        "HTTPS://A.B/x%20y#z",
        "https://192.0.2.1?x", "https://a_b.c/",
    ])
    func `let path and query be filled in`(url: String) {
        #expect(read("actions: {x: {url: \"\(url)\"}}").findings == [])
    }

    @Test func `say what is wrong with a URL`() {
        #expect(
            read("actions: {x: {url: \"https://me:x@a.b\"}}").findings == [
                "1:20: error: user and password do not belong into a URL; use secret_env, or a header with {env: NAME}"
            ])
        #expect(
            read("actions: {x: {url: \"https://{{ host }}/x\"}}").findings == [
                "1:20: error: the host of a URL is written out: “{{ }}” may stand in its path and query only"
            ])
    }

    @Test func `warn where a secret goes in the clear`() {
        #expect(
            read("actions: {x: {url: \"http://a.b\", secret_env: X}}").findings == [
                "1:20: warning: a secret goes over the network in the clear; use https"
            ])
    }

    @Test(arguments: [
        "channels: {x: {type: slack, url: \"https://hooks.slack.com/services/hunter2\"}}",
        "channels: {x: {type: webhook, url: \"https://hooks.slack.com/services/hunter2\"}}",
        "channels: {x: {type: webhook, url: \"https://a.b\", secret: hunter2}}",
        "actions: {x: {url: \"https://a.b\", signing_secret: hunter2}}",
        "actions: {x: {url: \"https://a.b\", token: hunter2}}", "actions: {x: {url: \"https://a.b\", secret_env: hunter2-x}}",
        "actions: {x: {url: \"https://me:hunter2@a.b\"}}", "actions: {x: {url: \"https://a.b\", headers: {Authorization: Bearer hunter2}}}",
        "actions: {x: {url: \"https://a.b\", headers: {X-Api-Key: hunter2}}}", "actions: {x: {url: \"hunter2\"}}",
        "actions: {x: {url: \"https://a.b\", headers: {X-Api-Key: {env: hunter2-x}}}}",
        "actions: {x: {url: \"https://a.b\", password: [hunter2]}}",
    ])
    func `that hold a secret are refused, and the secret is not repeated`(yaml: String) {
        let (settings, findings) = read(yaml)
        #expect(settings == nil)
        #expect(findings.count == 1, "\(findings)")
        #expect(!findings.joined().contains("hunter2"))
    }

    @Test(arguments: ["--ip={{ ip }}", "{{ ip }} {{ user }}", "{{ a b }}", "{{ .ip }}", "{{}}", "ip }}", "{{ ip"])
    func `give a program a value as an argument of its own only`(word: String) {
        #expect(
            read("actions: {x: {type: run_command, command: [/bin/true, \"{{ user.id }}\", \"{{ip}}\", -v, \"\(word)\"]}}").findings == [
                "1:86: error: “\(word)” must be one value such as {{ ip }} and nothing else: a value is an argument of its own"
            ])
    }

    @Test func `say where a Slack URL belongs`() {
        let advice = "put it into the environment and write “url_env: SLACK_WEBHOOK_URL”, or into a file and write “url_file: PATH”"
        #expect(
            read("channels: {slack: {type: slack, url: \"https://hooks.slack.com/x\"}}").findings == [
                "1:38: error: “url” is a secret and does not belong into this file; \(advice)"
            ])
    }

    @Test func `are all told at once, by line`() {
        let yaml = """
            stroe: x
            sources:
              - {file: 3}
              - {journl: ssh.service}
            enabled: maybe
            join_window: 1
            channels:
              a: {type: slack}
              b: {type: log, pth: x}
            actions:
              block_ip: {url: "https://a.b"}
            log_level: 5
            """
        #expect(
            read(yaml).findings.map { $0.prefix { $0 != " " } } == [
                "1:1:", "3:12:", "4:5:", "4:6:", "5:10:", "6:14:", "8:6:", "9:18:", "11:3:", "12:12:",
            ])
    }
}
