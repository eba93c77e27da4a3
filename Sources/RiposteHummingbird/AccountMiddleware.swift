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
/// | locked | goes on: nobody *new* signs in (ask ``EventReporter/standing(of:)`` there); or is signed out, see ``LockedSessions`` |
/// | session ended, or begun before the account's sessions were revoked | is nobody's: 401, or on to the page for signing in |
/// | must reset the password, must pass a second factor | 403, or on to the page for that, until it is done |
/// | logged in more detail | logs at that level |
///
/// Whoever may go on is in the context as ``RequestSecurity/account``. Take the identity from there.
public struct AccountMiddleware<Context: SecuredRequestContext>: RouterMiddleware {
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
        let account = try await identify(request, context)
        var context = context
        context.security.account = account
        if let account, let refusal = obey(account, request, &context) { return refusal }
        return try await next(request, context)
    }

    /// What is answered instead of the page; `nil` = the request goes on, as whom the context says. The snapshot is let go before.
    private func obey(_ account: SignedIn, _ request: Request, _ context: inout Context) -> Response? {
        let snapshot = security.decisions.snapshot
        let (demand, level) = snapshot.standing(of: account, at: clock.now(), locked)
        if let level { context.log(at: level) }
        guard let demand else { return nil }
        switch pages.answer(to: demand, path: request.uri.path, isReading: request.method == .get || request.method == .head) {
        case .goOn: return nil
        case .goOnAsNobody:
            context.security.account = nil
            return nil
        case .detour(let page): return .detour(to: page)
        case .refuse(let status):
            return .refusal(status, references.reference(for: snapshot[demand.key(account)], context.logger))
        }
    }
}

/// What becomes of the sessions of an account that is locked.
public enum LockedSessions: String, Sendable, Hashable, CaseIterable {
    /// They go on: ten wrong passwords of a stranger put nobody out who is in.
    case goOn
    /// They are nobody's while the lock lasts.
    case areNobodys
}
