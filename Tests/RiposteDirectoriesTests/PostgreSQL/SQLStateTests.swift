import Riposte
import Testing

@testable import RiposteDirectories

@Suite struct `the code of a server's refusal` {
    @Test(arguments: [
        ("40001", FailureKind.transient), ("40P01", .transient), ("57014", .transient), ("57P01", .transient), ("53300", .transient),
        ("55P03", .transient), ("25006", .transient), ("08006", .transient), ("58030", .transient), ("40003", .unknown),
        ("42601", .permanent), ("42501", .permanent), ("23505", .permanent), ("22P02", .permanent), ("28P01", .permanent),
        ("3D000", .permanent), ("P0001", .permanent),
    ])
    func `says whether trying again helps`(code: String, kind: FailureKind) {
        #expect(SQLState(code)?.kind == kind)
    }

    @Test func `is read from the message of a connection that did not come about`() {
        #expect(SQLState(in: "connection to server failed: FATAL:  28P01: password authentication failed\nLOCATION: x")?.code == "28P01")
        #expect(SQLState(in: "connection to server at \"db\", port 5432 failed: Connection refused") == nil)
        #expect(SQLState("4200") == nil)
        #expect(SQLState("42p01") == nil)
    }
}
