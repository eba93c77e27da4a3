internal import HTTPTypes
public import Hummingbird
internal import Logging
public import Riposte

/// Obeys what is decided of accounts and sessions. Comes after whatever knows who is signed in; it is told by a closure and reads no
/// cookie itself.
///
/// | Decided | A request of that account |
/// | --- | --- |
/// | blocked | 403, on every path |
/// | locked | goes on: nobody *new* signs in (ask `EventReporter.standing(of:)` there); or is signed out, see ``LockedSessions`` |
/// | session ended, or begun before the account's sessions were revoked | is nobody's: 401, or on to the page for signing in |
/// | must reset the password, must pass a second factor | 403, or on to the page for that, until it is done |
/// | logged in more detail | logs at that level |
///
/// Whoever may go on is in the context as ``RequestSecurity/account``. Take the identity from there.
public struct AccountMiddleware<Context: SecuredRequestContext>: RouterMiddleware {
    /// Tells who is signed in with a request; `nil` = nobody. Reads the host's own session.
    ///
    /// What it throws ends the request.
    public typealias Identify = @Sendable (Request, Context) async throws -> SignedIn?

    private let security: EventReporter
    private let pages: AccountPages
    private let locked: LockedSessions
    private let references = ReferenceBook()
    private let clock: any WallClock
    private let identify: Identify

    /// - Parameter identify: who is signed in; `nil` = nobody.
    public init(
        _ security: EventReporter, pages: AccountPages = AccountPages(), locked: LockedSessions = .goOn,
        clock: any WallClock = SystemClock(), identify: @escaping Identify
    ) {
        self.security = security
        self.pages = pages
        self.locked = locked
        self.clock = clock
        self.identify = identify
    }

    @concurrent public func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard let order = order(about: try await identify(request, context), request, context) else {
            return try await next(request, context)
        }
        switch order {
        case .refuse(let response): return response
        case .log(let level):
            var context = context
            context.log(at: level)
            return try await next(request, context)
        }
    }

    private enum Order {
        case refuse(Response)
        case log(String)
    }

    /// Notes who goes on, if anybody; the answer is what else is to be done, `nil` = nothing, as with most requests.
    private func order(about account: SignedIn?, _ request: Request, _ context: Context) -> Order? {
        let known = context.security
        known.account = account
        guard let account else { return nil }
        let snapshot = security.decisions.snapshot
        let (demand, level) = snapshot.standing(of: account, at: clock.now(), locked)
        guard let demand else { return level.map { .log($0) } }
        switch pages.answer(to: demand, path: request.uri.path, isReading: request.method == .get || request.method == .head) {
        case .goOn: break
        case .goOnAsNobody: known.account = nil
        case .detour(let page): return .refuse(.detour(to: page))
        case .refuse(let status):
            var logger = context.logger
            if let level { logger.detail(level) }
            return .refuse(.refusal(status, references.reference(for: snapshot[demand.key(account)], logger), to: request))
        }
        return level.map { .log($0) }
    }
}

/// What becomes of the sessions of an account that is locked.
public enum LockedSessions: String, Sendable, Hashable, CaseIterable {
    /// They go on: ten wrong passwords of a stranger put nobody out who is in.
    case goOn
    /// They are nobody's while the lock lasts.
    case areNobodys
}
