import Testing

@testable import Riposte

@Suite struct `a statement with names` {
    private func read(_ text: String, _ known: [String] = ["user", "until", "effect"]) throws(SQLStatement.Problem) -> SQLStatement {
        try SQLStatement(text, subject: "user", known: known)
    }

    @Test(arguments: [
        ("UPDATE u SET l = :until WHERE n = :user", "UPDATE u SET l = $1 WHERE n = $2", ["until", "user"]),
        ("SELECT :user, :user, :until", "SELECT $1, $1, $2", ["user", "until"]),
        ("SELECT :user::text, now()::date", "SELECT $1::text, now()::date", ["user"]),
        ("SELECT ':until', E'\\':until', \":until\", :user", "SELECT ':until', E'\\':until', \":until\", $1", ["user"]),
        ("SELECT 'it''s :until' || :user", "SELECT 'it''s :until' || $1", ["user"]),
        ("SELECT $$:until$$, $a$ $$ :until $a$, :user", "SELECT $$:until$$, $a$ $$ :until $a$, $1", ["user"]),
        ("-- :until\nSELECT :user /* :until /* :until */ ' */", "-- :until\nSELECT $1 /* :until /* :until */ ' */", ["user"]),
        ("SELECT f(a => :user, b := 1);", "SELECT f(a => $1, b := 1);", ["user"]),
        ("SELECT a$1b, x[1:2] FROM t WHERE n=:user", "SELECT a$1b, x[1:2] FROM t WHERE n=$1", ["user"]),
        ("SELECT time '12:30', :user", "SELECT time '12:30', $1", ["user"]),
    ])
    func `has its values bound by number, and everything else as it was`(text: String, numbered: String, names: [String]) throws {
        let statement = try read(text)
        #expect(statement.text == numbered)
        #expect(statement.names == names)
    }

    @Test(arguments: [
        ("SELECT 1", "the statement does not say “:user”, so it would be about everybody"),
        ("SELECT ':user'", "the statement does not say “:user”, so it would be about everybody"),
        ("SELECT :usr", "there is no value “:usr” for it"), ("SELECT :user, $1", "values have names and no numbers"),
        ("SELECT :user; DROP TABLE u", "it is more than one statement"), ("SELECT :user, 'x", "a text in quotes does not end"),
        ("SELECT :user, E'x\\'", "a text in quotes does not end"), ("SELECT :user /* x", "a comment does not end"),
        ("SELECT :user, $q$ x", "a text between dollars does not end"), ("SELECT :user \0", "it holds a NUL"),
    ])
    func `is refused where it cannot be bound`(text: String, message: String) {
        #expect { try read(text) } throws: { ($0 as? SQLStatement.Problem)?.message == message }
    }
}
