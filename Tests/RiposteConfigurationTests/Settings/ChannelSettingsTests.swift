import Riposte
import RiposteConfiguration
import Testing

private func read(_ yaml: String) -> (settings: Settings?, findings: [String]) {
    let file = "/etc/riposte/riposte.yaml"
    let (settings, findings) = SettingsReader().read(Array(yaml.utf8), file: file)
    return (settings, findings.map { $0.description.replacing("\(file):", with: "") })
}

@Suite struct `channel settings` {
    @Test func `name chats, pagers, telephones and syslog servers`() throws {
        let (settings, findings) = read(
            """
            channels:
              teams: {type: teams, url_env: TEAMS_WEBHOOK_URL}
              discord: {type: discord, url_file: discord.url}
              genie: {type: opsgenie, api_key_env: OPSGENIE_API_KEY, region: eu, source: web01}
              sms: {type: sms, account_sid: AC1, auth_token_file: twilio, from: "+41790000001", to: ["+41 79 111 00 01", "+41791110002"]}
              one: {type: sms, account_sid: AC1, auth_token_env: T, from: Riposte, to: "+41791110001", url: "https://sms.example.org"}
              plain: {type: syslog, host: 127.0.0.1}
              safe:
                {type: syslog, host: Logs.Example.org, port: 10514, protocol: tls, facility: authpriv, source: web01, max_size: 2048, ca_file: ca.pem}
              people: {type: file, path: people.log}
            """)
        #expect(findings == [])
        let channels = try #require(settings).channels
        #expect(channels["teams"] == .teams(url: .environment("TEAMS_WEBHOOK_URL")))
        #expect(channels["discord"] == .discord(url: .file("/etc/riposte/discord.url")))
        #expect(channels["genie"] == .opsgenie(OpsgenieSettings(apiKey: .environment("OPSGENIE_API_KEY"), region: .eu, source: "web01")))
        #expect(
            channels["sms"]
                == .sms(
                    SMSSettings(
                        account: "AC1", token: .file("/etc/riposte/twilio"), from: "+41790000001", to: ["+41 79 111 00 01", "+41791110002"])
                ))
        #expect(
            channels["one"]
                == .sms(
                    SMSSettings(
                        url: "https://sms.example.org", account: "AC1", token: .environment("T"), from: "Riposte", to: ["+41791110001"])))
        #expect(channels["plain"] == .syslog(SyslogSettings(host: "127.0.0.1")))
        #expect(
            channels["safe"]
                == .syslog(
                    SyslogSettings(
                        host: "logs.example.org", port: 10514, transport: .tls, facility: "authpriv", source: "web01", maximumSize: 2048,
                        authorities: "/etc/riposte/ca.pem")))
        #expect(channels["people"] == .log(path: "/etc/riposte/people.log"))
        #expect(channels["sms"]?.secrets == [.file("/etc/riposte/twilio")] && channels["teams"]?.secrets.count == 1)
    }

    @Test func `do not name in a webhook's templates what there is not`() {
        let yaml = """
            channels:
              a:
                type: webhook
                url: "https://h/{{ notification.id }}/{{ incident }}"
                headers: {X-Kind: "{{ notification.kin }}"}
                body: {all: "{{ notification }}", some: ["{{notification.facts}}", {x: "{{ notification.titel }}"}]}
            """
        #expect(
            read(yaml).findings.map { $0.prefix { $0 != ";" } } == [
                "4:10: error: there is no “incident” for a template here",
                "5:23: error: there is no “notification.kin” for a template here",
                "6:76: error: there is no “notification.titel” for a template here",
            ])
    }

    @Test(arguments: [
        ("{type: teams}", "1:15: error: channel “x” needs “url_env” or “url_file”: where its URL is"),
        (
            "{type: discord, url: \"https://discord.com/api/webhooks/1/hunter2\"}",
            "1:36: error: “url” is a secret and does not belong into this file; put it into the environment and write “url_env: DISCORD_WEBHOOK_URL”, or into a file and write “url_file: PATH”"
        ),
        ("{type: opsgenie}", "1:15: error: channel “x” needs “api_key_env” or “api_key_file”: where the key of its API integration is"),
        (
            "{type: opsgenie, api_key: hunter2}",
            "1:41: error: “api_key” is a secret and does not belong into this file; put it into the environment and write “api_key_env: OPSGENIE_API_KEY”, or into a file and write “api_key_file: PATH”"
        ),
        ("{type: opsgenie, api_key_env: A, region: europe}", "1:56: error: “region” cannot be “europe”; there is: eu, us"),
        ("{type: opsgenie, api_key_env: A, region: eu, url: \"https://a.b\"}", "1:65: error: “url” and “region” exclude each other"),
        (
            "{type: opsgenie, api_key_env: A, url: \"http://a.b\"}",
            "1:53: error: the API key would go over the network in the clear; use https"
        ),
        ("{type: sms, auth_token_env: A, from: R, to: \"+41791110001\"}", "1:15: error: channel “x” needs “account_sid”"),
        (
            "{type: sms, account_sid: AC1, from: R, to: \"+41791110001\"}",
            "1:15: error: channel “x” needs “auth_token_env” or “auth_token_file”: where the account's token is"
        ),
        (
            "{type: sms, account_sid: AC1, auth_token_env: A, from: R, to: [\"0791110001\"]}",
            "1:78: error: “to” holds telephone numbers such as \"+41791234567\"; got “0791110001”; write it with its country code, in quotes"
        ),
        (
            "{type: sms, account_sid: AC1, auth_token_env: A, from: R, to: []}",
            "1:77: error: “to” is an empty list; name somebody to send messages to"
        ),
        ("{type: syslog}", "1:15: error: channel “x” needs “host”"),
        ("{type: syslog, host: h, protocol: tlss}", "1:49: error: “protocol” cannot be “tlss”; did you mean “tls”?"),
        ("{type: syslog, host: h, facility: local8}", "1:49: error: “facility” cannot be “local8”; did you mean “local0”?"),
        ("{type: syslog, host: h, max_size: 100}", "1:49: error: “max_size” must be a whole number from 480 to 65000; got 100"),
        ("{type: syslog, host: h, protocol: tcp, ca_file: a}", "1:63: error: “ca_file” means nothing without “protocol: tls”"),
        (
            "{type: syslog, host: \"h:514\"}",
            "1:36: error: “host” is the name or address of a syslog server; got “h:514”; the port goes under “port”"
        ),
        ("{type: file}", "1:15: error: channel “x” needs “path”: the file to append to"),
        ("{type: disord, url_env: A}", "1:22: error: “type” cannot be “disord”; did you mean “discord”?"),
    ])
    func `that cannot work are refused`(channel: String, finding: String) {
        #expect(read("channels: {x: \(channel)}").findings == [finding])
    }
}
