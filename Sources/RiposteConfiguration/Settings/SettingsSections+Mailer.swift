internal import Riposte

extension SettingsSections {
    private static let mailerKeys =
        serverKeys + [
            "application", "address", "reset_link", "unlock_link", "unlock_secret_env", "unlock_secret_file", "texts",
        ]

    /// After the accounts, which may know addresses.
    mutating func readMailer(_ value: LocatedValue) {
        let errors = values.findings.count
        let literal = withoutSecrets(
            value, ["password", "unlock_secret"], variables: ["password": "SMTP_PASSWORD", "unlock_secret": "RIPOSTE_UNLOCK_SECRET"])
        guard let map = values.map(literal, "“mailer”", known: Self.mailerKeys, later: []) else { return }
        for key in ["host", "from", "application"] where map[key] == nil { values.error(value.location, "“mailer” needs “\(key)”") }
        var mailer = MailerSettings(
            email: mailServer(map), application: map["application"].flatMap { oneLine($0, "application") } ?? "")
        mailer.address = map["address"].flatMap { addressTemplate($0) }
        mailer.resetLink = map["reset_link"].flatMap { mailLink($0, "reset_link", known: ["user"]) }
        mailer.unlock = unlockLink(map)
        if let value = map["texts"] { mailer.texts = mailTexts(value) }
        if let value = map["texts"], mailer.unlock != nil, !hasLink(mailer.texts.wasThisYou) {
            values.warning(value.location, "the text of “was_this_you” has no {{ link }}, so nobody gets the unlock link")
        }
        if map["address"] == nil, !settings.accounts.values.contains(where: \.tellsMailAddresses) {
            values.error(
                value.location, "nothing tells the mail addresses of users",
                "write address: \"{{ user }}@example.org\", or have one of “accounts” tell them (docs/accounts.md)")
        }
        if !hasErrors(since: errors) { settings.mailer = mailer }
    }

    private mutating func oneLine(_ value: LocatedValue, _ what: String) -> String? {
        guard let text = values.text(value, what) else { return nil }
        if text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) { return text }
        values.error(value.location, "“\(what)” is one line")
        return nil
    }

    private mutating func addressTemplate(_ value: LocatedValue) -> String? {
        guard let text = oneLine(value, "address") else { return nil }
        do throws(MailText.Problem) { _ = try MailAddressTemplate(text) } catch {
            values.error(value.location, "“address”: \(error.message)", error.suggestion)
            return nil
        }
        return text
    }

    private mutating func unlockLink(_ map: [String: LocatedValue]) -> MailerSettings.UnlockLink? {
        let secret = reference(map, "unlock_secret")
        guard let value = map["unlock_link"] else {
            if let value = map["unlock_secret_env"] ?? map["unlock_secret_file"] {
                values.error(value.location, "a secret for links needs “unlock_link”: the application's page that they lead to")
            }
            return nil
        }
        if map["unlock_secret_env"] == nil, map["unlock_secret_file"] == nil {
            values.error(
                value.location, "“unlock_link” needs a secret to sign tokens with, of at least 32 bytes",
                "make one (openssl rand -hex 32 > unlock.key) and write “unlock_secret_file: unlock.key”")
        }
        guard let url = mailLink(value, "unlock_link", known: ["token"], needed: true), let secret else { return nil }
        return MailerSettings.UnlockLink(url: url, secret: secret)
    }

    private mutating func mailLink(_ value: LocatedValue, _ what: String, known: [String], needed: Bool = false) -> String? {
        guard let text = values.text(value, what), let template = mailText(value, what, text, known: known) else { return nil }
        if needed, template.names.isEmpty {
            let name = "{{ \(known.joined()) }}"
            values.error(value.location, "“\(what)” has no place for \(name)", "put \(name) into its path or query")
            return nil
        }
        if let problem = WebhookURL.problem(in: text) {
            values.error(value.location, "“\(what)”: \(problem.message)", problem.suggestion)
            return nil
        }
        if text.lowercased().hasPrefix("http://"), !Self.isThisMachine(WebhookURL.host(of: text)) {
            values.error(value.location, "“\(what)” would be opened in the clear, and whoever listens could use it first", "use https://")
            return nil
        }
        return text
    }

    // MARK: - Texts

    private func hasLink(_ text: AccountMailTexts.Text) -> Bool {
        (try? MailText(text.body, known: AccountMailTexts.questionNames))?.names.contains("link") ?? false
    }

    private mutating func mailTexts(_ value: LocatedValue) -> AccountMailTexts {
        var texts = AccountMailTexts()
        guard let map = values.map(value, "“texts”", known: ["password_reset", "was_this_you"], later: []) else { return texts }
        if let value = map["password_reset"] {
            texts.passwordReset = mailText(value, "password_reset", texts.passwordReset, AccountMailTexts.resetNames)
        }
        if let value = map["was_this_you"] {
            texts.wasThisYou = mailText(value, "was_this_you", texts.wasThisYou, AccountMailTexts.questionNames)
        }
        return texts
    }

    private mutating func mailText(
        _ value: LocatedValue, _ what: String, _ usual: AccountMailTexts.Text, _ names: [String]
    ) -> AccountMailTexts.Text {
        var text = usual
        guard let map = values.map(value, "“\(what)”", known: ["subject", "body"], later: []) else { return text }
        if let value = map["subject"], let subject = oneLine(value, "subject"),
            mailText(value, "subject", subject, known: AccountMailTexts.subjectNames) != nil
        {
            text.subject = subject
        }
        if let value = map["body"], let body = values.text(value, "body"), mailText(value, "body", body, known: names) != nil {
            text.body = body
        }
        return text
    }

    private mutating func mailText(_ value: LocatedValue, _ what: String, _ text: String, known: [String]) -> MailText? {
        do throws(MailText.Problem) { return try MailText(text, known: known) } catch {
            values.error(value.location, "“\(what)”: \(error.message)", error.suggestion)
            return nil
        }
    }
}

extension AccountSettings {
    var tellsMailAddresses: Bool {
        switch self {
        case .ldap: true
        case .postgreSQL(let settings): settings.statements[AccountVerb.mailAddress.rawValue] != nil
        case .webhook(let settings): settings.mailAddressURL != nil
        case .local, .helper: false
        }
    }
}
