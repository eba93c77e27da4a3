import Riposte
import RiposteConfiguration
import Testing

@Suite struct `the mailer of the settings` {
    private static let base = "host: mail.example.org, from: s@example.org, application: Shop"

    private func read(_ yaml: String) -> (mailer: MailerSettings?, findings: [String]) {
        let (settings, findings) = SettingsReader().read(Array(yaml.utf8), file: "/etc/riposte/riposte.yaml")
        return (settings?.mailer, findings.map { $0.description.replacing("/etc/riposte/riposte.yaml:", with: "") })
    }

    @Test func `is not there unless it is written`() {
        #expect(SettingsReader().read(Array("store: x".utf8), file: "f").settings?.mailer == nil)
    }

    @Test func `has a server, an application, addresses, links and texts`() {
        let (mailer, findings) = read(
            """
            mailer:
              host: Mail.example.org
              port: 2525
              tls: implicit
              username: shop
              password_env: SMTP_PASSWORD
              from: Shop <s@example.org>
              ca_file: ca.pem
              application: Example Shop
              address: "{{user}}@example.org"
              reset_link: "https://shop.example.org/forgot?user={{ user }}"
              unlock_link: "https://shop.example.org/unlock/{{ token }}"
              unlock_secret_file: unlock.key
              texts:
                was_this_you: {subject: "{{ application }}: waren Sie das?"}
                password_reset:
                  body: |
                    Hallo {{ user }},
                    {{ link }}
            """)
        #expect(findings == [])
        var texts = AccountMailTexts()
        texts.wasThisYou.subject = "{{ application }}: waren Sie das?"
        texts.passwordReset.body = "Hallo {{ user }},\n{{ link }}"
        #expect(
            mailer
                == MailerSettings(
                    email: EmailSettings(
                        host: "mail.example.org", port: 2525, encryption: .implicit, username: "shop",
                        password: .environment("SMTP_PASSWORD"),
                        from: "Shop <s@example.org>", to: [], authorities: "/etc/riposte/ca.pem"),
                    application: "Example Shop", address: "{{user}}@example.org",
                    resetLink: "https://shop.example.org/forgot?user={{ user }}",
                    unlock: .init(url: "https://shop.example.org/unlock/{{ token }}", secret: .file("/etc/riposte/unlock.key")),
                    texts: texts))
        #expect(mailer?.secrets == [.environment("SMTP_PASSWORD"), .file("/etc/riposte/unlock.key")])
    }

    @Test(arguments: [
        "s: {type: ldap, url: \"ldaps://h\", base: b, filter: \"(uid={{ user }})\"}",
        "s: {type: postgresql, connection: {}, statements: {mail_address: \"SELECT email FROM users WHERE login = :user\"}}",
        "s: {type: webhook, url: \"https://h/\", signing_secret_env: K, verbs: lock, mail_address_url: \"https://h/{{ user }}\"}",
    ])
    func `needs no address where accounts tell theirs`(account: String) {
        let (mailer, findings) = read("accounts: {\(account)}\nmailer: {\(Self.base)}")
        #expect(findings == [] && mailer != nil)
    }

    @Test(arguments: [
        ("", "“mailer” needs “host”|“mailer” needs “from”|“mailer” needs “application”|nothing tells"),
        (
            "\(base)",
            "nothing tells the mail addresses of users; write address: \"{{ user }}@example.org\", or have one of “accounts” tell them"
        ),
        ("\(base), adress: x", "unknown key “adress” in “mailer”; did you mean “address”?|nothing tells"),
        ("\(base), address: ann@example.org", "“address”: this makes no mail addresses of names; write \"{{ user }}@example.org\""),
        ("\(base), address: \"{{ name }}@example.org\"", "“address”: there is no {{ name }}; there is: user"),
        ("\(base), address: \"{{ user }} x\"", "“address”: this makes no mail addresses of names"),
        ("\(base), address: \"{{ user }}\", to: x@example.org", "unknown key “to” in “mailer”"),
        (
            "\(base), address: \"{{ user }}\", password: hunter2",
            "“password” is a secret and does not belong into this file; put it into the environment and write “password_env: SMTP_PASSWORD”"
        ),
        (
            "\(base), address: \"{{ user }}\", unlock_secret: hunter2",
            "“unlock_secret” is a secret and does not belong into this file; put it into the environment and write “unlock_secret_env: RIPOSTE_UNLOCK_SECRET”"
        ),
        ("\(base), address: \"{{ user }}\", username: x", "a “username” needs a password"),
        (
            "host: mail.example.org, from: s@example.org, application: \"a\\nb\", address: \"{{ user }}\"",
            "“application” is one line"
        ),
        ("\(base), address: \"{{ user }}\", unlock_secret_env: K", "a secret for links needs “unlock_link”: the application's page"),
        (
            "\(base), address: \"{{ user }}\", unlock_link: \"https://h/{{ token }}\"",
            "“unlock_link” needs a secret to sign tokens with, of at least 32 bytes; make one (openssl rand -hex 32 > unlock.key)"
        ),
        (
            "\(base), address: \"{{ user }}\", unlock_link: \"https://h/\", unlock_secret_env: K",
            "“unlock_link” has no place for {{ token }}; put {{ token }} into its path or query"
        ),
        (
            "\(base), address: \"{{ user }}\", unlock_link: \"https://{{ token }}/\", unlock_secret_env: K",
            "“unlock_link”: the host of a URL is written out"
        ),
        (
            "\(base), address: \"{{ user }}\", unlock_link: \"http://h/{{ token }}\", unlock_secret_env: K",
            "“unlock_link” would be opened in the clear, and whoever listens could use it first; use https://"
        ),
        (
            "\(base), address: \"{{ user }}\", reset_link: \"shop.example.org/forgot\"",
            "“reset_link”: a URL begins with https:// or http://"
        ),
        (
            "\(base), address: \"{{ user }}\", reset_link: \"https://h/{{ token }}\"",
            "“reset_link”: there is no {{ token }}; there is: user"
        ),
        (
            "\(base), address: \"{{ user }}\", texts: {was_thisyou: {}}",
            "unknown key “was_thisyou” in “texts”; did you mean “was_this_you”?"
        ),
        (
            "\(base), address: \"{{ user }}\", texts: {was_this_you: {body: \"{{ pasword }}\"}}",
            "“body”: there is no {{ pasword }}; there is: address, application"
        ),
        (
            "\(base), address: \"{{ user }}\", texts: {password_reset: {body: \"{{ expires }}\"}}",
            "“body”: there is no {{ expires }}"
        ),
        (
            "\(base), address: \"{{ user }}\", texts: {password_reset: {subject: \"{{ link }}\"}}", "“subject”: there is no {{ link }}"
        ),
        ("\(base), address: \"{{ user }}\", texts: {password_reset: {subject: \"a\\nb\"}}", "“subject” is one line"),
        (
            "\(base), address: \"{{ user }}\", unlock_link: \"https://h/{{ token }}\", unlock_secret_env: K, texts: {was_this_you: {body: x}}",
            "warning: the text of “was_this_you” has no {{ link }}, so nobody gets the unlock link"
        ),
    ])
    func `is refused with the place and what to write instead`(yaml: String, said: String) {
        let findings = read("mailer: {\(yaml)}").findings
        for words in said.split(separator: "|") {
            #expect(findings.contains { $0.contains(words) && $0.hasPrefix("1:") }, "\(findings)")
        }
        #expect(findings.count == said.split(separator: "|").count, "\(findings)")
        #expect(!findings.joined().contains("hunter2"))
    }
}
