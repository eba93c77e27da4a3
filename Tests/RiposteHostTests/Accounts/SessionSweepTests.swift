import Riposte
import Testing

@testable import RiposteHost

@Suite struct `what goes with a user's earlier sessions` {
    private typealias Running = SessionSweep.Running
    private let time = Timestamp(seconds: 1_800_000_000)

    /// - Parameter age: seconds before the time; negative = after it.
    private func running(_ process: Int32, in session: Int32, under parent: Int32, age: Int64) -> Running {
        Running(process: process, parent: parent, session: session, began: Timestamp(seconds: time.seconds - age))
    }

    private func selected(_ sweep: inout SessionSweep, _ all: [Running]) -> [Int32] { sweep.select(all).map(\.process).sorted() }

    @Test func `is each process of them, and no sign-in since`() {
        var sweep = SessionSweep(before: time)
        let all = [
            running(10, in: 10, under: 5, age: 100), running(11, in: 10, under: 10, age: -3), running(20, in: 20, under: 6, age: -1),
            running(21, in: 20, under: 20, age: -2),
        ]
        #expect(selected(&sweep, all) == [10, 11])
        #expect(sweep.count == 1)
    }

    @Test func `is what they begin, also when whoever began it is gone`() {
        var sweep = SessionSweep(before: time)
        let hour: Int64 = -3600
        let first = [
            running(10, in: 10, under: 5, age: 100), running(30, in: 30, under: 10, age: hour), running(40, in: 40, under: 30, age: hour),
        ]
        #expect(selected(&sweep, first) == [10, 30, 40])
        #expect(selected(&sweep, [running(40, in: 40, under: 1, age: hour)]) == [40])
        #expect(selected(&sweep, [running(41, in: 40, under: 1, age: hour)]) == [41])
        #expect(sweep.count == 3)
        #expect(selected(&sweep, []) == [])
    }

    @Test func `is what was left behind at that moment, and not what a new sign-in has put into the background`() {
        var sweep = SessionSweep(before: time)
        let hops = [running(50, in: 50, under: 1, age: 0), running(61, in: 60, under: 1, age: -59)]
        let later = [running(70, in: 70, under: 1, age: -60)]
        let signIn = [running(80, in: 80, under: 7, age: -1), running(81, in: 80, under: 1, age: -2)]
        #expect(selected(&sweep, hops + later + signIn) == [50, 61])
    }
}
