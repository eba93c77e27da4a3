import Glibc
import Riposte
import Testing

@testable import RiposteHost

@Suite struct `an error of the operating system` {
    @Test func `says how to be let in`() {
        let error = SourceError(errno: EACCES, path: "/var/log/auth.log")
        #expect(error.message == "/var/log/auth.log: permission denied; add the user to group adm")
        #expect(error.code == .permissionDenied)
        #expect(SourceError(errno: EACCES, path: "/srv/a.log").message.contains("group adm") == false)
    }

    @Test func `is said in the system's words where we have none`() {
        #expect(SourceError(errno: EIO, path: "/a").message == "/a: input/output error")
        #expect(SourceError(errno: EMFILE, doing: "make a pipe").message == "cannot make a pipe: too many open files")
    }
}
